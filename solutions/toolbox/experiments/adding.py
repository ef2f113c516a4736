"""The adding problem: remember two numbers over a long sequence of others, and give their sum.

Each step of the input holds a number, uniform in [0, 1), and a mark, 0 or 1. Two steps are marked: one in the first
half of the sequence, one in the second half. The target is the sum of the two marked numbers. Always answering 1 has a
mean squared error of 1/6, the variance of the sum of two such numbers; a network is better only if it remembers.

Source: S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural Computation 9 (1997), experiment 4, in the form
of Q. V. Le, N. Jaitly, G. E. Hinton, arXiv:1504.00941 (2015). There the marks may stand elsewhere.
"""

from __future__ import annotations

import torch

BASELINE = 1 / 6
"""Mean squared error of always answering 1: 2 · 1/12."""

SOLVED = BASELINE / 10
"""A network counts as successful when its mean squared error on new sequences is below a tenth of that."""


def adding_problem(T, B, generator):
    """B sequences of T ≥ 2 steps and their sums.

    Args:
        generator: a `torch.Generator` on the CPU: the same numbers on every device.

    Returns:
        x (T, B, 2), the numbers in x[..., 0] and the marks in x[..., 1]; y (B, 1), the sums; both float32.
    """
    numbers = torch.rand(T, B, generator=generator)
    first = torch.randint(0, T // 2, (B,), generator=generator)
    second = torch.randint(T // 2, T, (B,), generator=generator)
    marks, row = torch.zeros(T, B), torch.arange(B)
    marks[first, row] = marks[second, row] = 1
    return torch.stack([numbers, marks], dim=-1), (numbers * marks).sum(0)[:, None]


def adding_batches(T, B, seed, device="cpu"):
    """Endless batches of new problems, as `training.train` wants them: x (T, B, 2), y (B, 1), start from zeros."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        x, y = adding_problem(T, B, generator)
        yield x.to(device), y.to(device), True


def last_error(o, y):
    """Mean squared error of the last step's output, o (T, B, 1), against the sums y (B, 1)."""
    return (o[-1] - y).pow(2).mean()


@torch.no_grad()
def error_on_new(model, T, B=1000, seed=1_000_000, device="cpu"):
    """Mean squared error of a network on B new problems, a float; ∞ if its weights are no longer numbers."""
    x, y, _ = next(adding_batches(T, B, seed, device))
    error = last_error(model(x)[0], y).item()
    return error if error == error else float("inf")
