"""The cells of lessons 01, 04 and 05 behind one interface, so that a stack or a bidirectional layer takes any of them.

    cell = CELLS["gru"]                                          or "srn", "lstm"
    states = cell.forward(x, start, parameters)
    dx, dstart, dparameters = cell.backward(dstates, x, start, parameters)

``parameters`` is a dict of arrays by the cell's own names, such as {"W": …, "U": …, "b": …}; ``start`` is the tuple of
what the cell carries from step to step: (h0,), and (h0, c0) for the LSTM; ``states`` has in the same order what it
carries after each step: (h,) or (h, c), each (T, B, H). The first of them is always the output h. Shapes: ``x``
(T, B, D), ``start`` (B, H) each. Arrays are float64 or float32; a result has the dtype of its inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solutions import bptt, gru, lstm, srn


@dataclass(frozen=True)
class Cell:
    """One kind of cell.

    Attributes:
        name: "srn", "gru" or "lstm".
        carries: names of what goes from step to step: ("h",) or ("h", "c").
        shapes: ``shapes(D, H)`` → dict with the shape of each parameter.
        forward: ``forward(x, start, parameters)`` → tuple with each state after every step, (T, B, H).
        backward: ``backward(dstates, x, start, parameters)`` → dx, dstart (a tuple), dparameters (a dict), each in the
            shape of its variable; ``dstates`` has for each of ``states`` what it receives from outside, (T, B, H).
        from_torch: ``from_torch(weight_ih, weight_hh, bias_ih, bias_hh)`` → the parameters of PyTorch's layer.
    """

    name: str
    carries: tuple[str, ...]
    shapes: Callable
    forward: Callable
    backward: Callable
    from_torch: Callable

    def draw(self, rng, D, H):
        """Parameters drawn uniformly from ±1/√H, as PyTorch's layers draw theirs; float64."""
        return {name: rng.uniform(-(H**-0.5), H**-0.5, shape) for name, shape in self.shapes(D, H).items()}


def _stacked_shapes(blocks):
    return lambda D, H: {"W": (blocks * H, D), "U": (blocks * H, H), "b": (blocks * H,)}


def _srn_forward(x, start, parameters):
    return (srn.sequence(x, *start, **parameters),)


def _srn_backward(dstates, x, start, parameters):
    (h,), (dh,) = _srn_forward(x, start, parameters), dstates
    straight = np.eye(h.shape[2], dtype=h.dtype)  # what arrives comes through no output layer
    dz, dh0 = bptt.sweep(dh, h, np.zeros_like(h[0]), parameters["U"], straight)
    return dz @ parameters["W"], (dh0,), _weight_gradients(dz, x, h, *start)


def _gru_forward(x, start, parameters):
    return (gru.sequence(x, *start, **parameters),)


def _gru_backward(dstates, x, start, parameters):
    found = gru.backward(*dstates, x, *start, **parameters)
    return found.pop("x"), (found.pop("h0"),), found


def _gru_from_torch(weight_ih, weight_hh, bias_ih, bias_hh):
    ours = gru.from_torch(weight_ih, weight_hh, bias_ih, bias_hh)
    return dict(zip(("W", "U", "b", "b_m"), ours, strict=True))


def _lstm_forward(x, start, parameters):
    return lstm.sequence(x, *start, **parameters)[:2]


def _lstm_backward(dstates, x, start, parameters):
    """As `lstm.backward`, but the cell state of every step may receive a gradient, not only the last one's."""
    (h0, c0), (dh, dc) = start, dstates
    h, c, a = lstm.sequence(x, h0, c0, **parameters)
    before = np.concatenate([c0[None], c[:-1]])
    dz, dh_before, dc_before = np.empty_like(a), np.zeros_like(h0), np.zeros_like(c0)
    for t in reversed(range(len(x))):
        dz[t], dc_before = lstm.step_back(dh[t] + dh_before, dc[t] + dc_before, a[t], before[t])
        dh_before = dz[t] @ parameters["U"]
    return dz @ parameters["W"], (dh_before, dc_before), _weight_gradients(dz, x, h, h0)


def _weight_gradients(dz, x, h, h0):
    """∂L/∂W = Σ dz_tᵀ x_t, ∂L/∂U = Σ dz_tᵀ h_{t-1}, ∂L/∂b = Σ dz_t, over all steps and rows."""
    before = np.concatenate([h0[None], h[:-1]])
    return {"W": np.einsum("tbk,tbd->kd", dz, x), "U": np.einsum("tbk,tbh->kh", dz, before), "b": dz.sum(axis=(0, 1))}


def _summed_biases(weight_ih, weight_hh, bias_ih, bias_hh):
    return {"W": weight_ih, "U": weight_hh, "b": bias_ih + bias_hh}


def _gru_shapes(D, H):
    return {**_stacked_shapes(3)(D, H), "b_m": (H,)}


CELLS = {
    cell.name: cell
    for cell in (
        Cell("srn", ("h",), _stacked_shapes(1), _srn_forward, _srn_backward, _summed_biases),
        Cell("gru", ("h",), _gru_shapes, _gru_forward, _gru_backward, _gru_from_torch),
        Cell("lstm", ("h", "c"), _stacked_shapes(4), _lstm_forward, _lstm_backward, _summed_biases),
    )
}
"""The three cells by name."""
