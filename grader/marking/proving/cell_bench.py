"""The speed of our cells: forward and backward in NumPy, compared with PyTorch's layer and the textbook's loop.

    python -m grader.marking.proving.cell_bench

One thread, float32, all three in turn in one run, so that a busy machine slows all alike: the ratios count, not the
milliseconds. Another cell joins by one entry of `CELLS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import torch

from grader.marking.answers.alternatives import gru as gru_ways
from grader.marking.answers.alternatives import lstm as lstm_ways
from grader.marking.answers.references.live import one_thread
from solutions import gru, lstm

Size = tuple[int, int, int, int]
"""T, B, D, H."""
Gradients = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Cell:
    """A cell in three forms.

    Attributes:
        layer: PyTorch's class.
        parameters: makes our parameters from the layer's four arrays.
        ours, textbook: ``f(dh, x, h0, *parameters)`` runs forward and backward, and returns a dict of gradients with
            those of x and h0; a cell with more states than h starts them from h0 as well.
    """

    layer: type[torch.nn.Module]
    parameters: Callable[..., Any]
    ours: Callable[..., Any]
    textbook: Callable[..., Any]


def _both_from_h0(backward: Callable[..., Any]) -> Callable[..., Any]:
    """An LSTM's backward pass with c0 = h0: the gradient of h0 is the sum of both."""

    def run(dh: np.ndarray, x: np.ndarray, h0: np.ndarray, *parameters: np.ndarray) -> dict[str, np.ndarray]:
        found = backward(dh, np.zeros_like(h0), x, h0, h0, *parameters)
        return {**found, "h0": found["h0"] + found["c0"]}

    return run


CELLS: Mapping[str, Cell] = {
    "GRU": Cell(torch.nn.GRU, gru.from_torch, gru.backward, gru_ways.backward_step_by_step),
    "LSTM": Cell(
        torch.nn.LSTM,
        lambda W, U, b_ih, b_hh: (W, U, b_ih + b_hh),
        _both_from_h0(lstm.backward),
        _both_from_h0(lstm_ways.backward_step_by_step),
    ),
}
SIZES: tuple[Size, ...] = ((50, 8, 16, 32), (50, 32, 64, 128), (50, 64, 128, 256))
"""T, B, D, H: as in the lessons' experiments; as in an application; large."""


@dataclass(frozen=True)
class Timing:
    """Shortest times of one cell at one size, in seconds."""

    size: Size
    ours: float
    torchs: float
    textbook: float


def timings(cell: Cell, sizes: Sequence[Size] = SIZES, rounds: int = 7) -> Iterator[Timing]:
    """The shortest time of each form in several rounds, on one thread."""
    with one_thread():
        for size in sizes:
            ways = forms(cell, *size)
            rows = [[_seconds(way) for way in ways] for _ in range(rounds + 1)][1:]
            yield Timing(size, *np.min(rows, axis=0))


def forms(cell: Cell, T: int, B: int, D: int, H: int) -> tuple[Callable[[], Gradients], ...]:
    """Ours, PyTorch's and the textbook's, on the same numbers: each, called, returns its gradients of x and h0."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    layer = cell.layer(D, H)
    parameters = cell.parameters(*(p.detach().numpy() for p in layer.parameters()))
    x, h0, dh = (rng.standard_normal(shape, dtype=np.float32) for shape in ((T, B, D), (B, H), (T, B, H)))

    def torchs() -> Gradients:
        layer.zero_grad()
        given = torch.tensor(x, requires_grad=True), torch.tensor(h0, requires_grad=True)
        start = given[1][None]
        states = layer(given[0], (start, start) if isinstance(layer, torch.nn.LSTM) else start)[0]
        states.backward(torch.from_numpy(dh))
        return {name: each.grad.numpy() for name, each in zip(("x", "h0"), given, strict=True) if each.grad is not None}

    return lambda: cell.ours(dh, x, h0, *parameters), torchs, lambda: cell.textbook(dh, x, h0, *parameters)


def _seconds(way: Callable[..., Any]) -> float:
    begun = perf_counter()
    way()
    return perf_counter() - begun


def main(
    cells: Mapping[str, Cell] = CELLS,
    sizes: Sequence[Size] = SIZES,
    rounds: int = 7,
    say: Callable[[str], None] = print,
) -> None:
    """Print a line for each cell and size."""
    say("forward + backward, float32, one thread; × is the time of torch's layer")
    for name, cell in cells.items():
        for timing in timings(cell, sizes, rounds):
            T, B, D, H = timing.size
            ratios = f"ours {timing.ours / timing.torchs:5.2f} ×   textbook {timing.textbook / timing.torchs:5.2f} ×"
            ratios += f"   ours is {timing.textbook / timing.ours:4.2f} × as quick as the textbook's"
            say(f"{name:5} T={T} B={B} D={D} H={H}:   torch {1000 * timing.torchs:7.2f} ms   {ratios}")


if __name__ == "__main__":
    main()
