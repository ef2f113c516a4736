"""Lesson 02: gradients for a checker, of which some are right."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from grader.checks.task import Case, Inputs, Sizes
from grader.checks.tasks.bptt import checker_network
from grader.checks.tasks.drawing import matrix, state, vector


def checker_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A recurrent network with the loss Σ h ⊙ m, and right and wrong gradients of it by U, in random order."""
    given = {
        "x": state(rng, n["T"], n["B"], n["D"]),
        "h0": state(rng, n["B"], n["H"]),
        "W": matrix(rng, n["H"], n["D"]),
        "U": matrix(rng, n["H"], n["H"]),
        "b": vector(rng, n["H"]),
        "m": case.options.get("scale", 1.0) * state(rng, n["T"], n["B"], n["H"]),
    }
    parts = _gradient_parts(given)
    right, tiny = parts.sum(axis=0), 1e-3 * case.options.get("scale", 1.0)
    noise = rng.standard_normal(right.shape)
    size = max(np.abs(right).max(), tiny)
    one_off = right.copy()
    one_off.flat[rng.integers(right.size)] += 0.05 * size * rng.choice([-1.0, 1.0])
    clear = [right, 2 * right, -right, right + size * noise, 0.5 * right]
    subtle = [
        right,
        one_off,
        right + 0.01 * size * np.sign(noise),
        1.01 * right,
        right - parts[-1],
        right - parts[0],
        right.T,
    ]
    with_nan = right.copy()
    with_nan.flat[-1] = np.nan
    mixed = {"clear": [*clear, right], "subtle": [*subtle, with_nan, right]}
    return given | {name: np.stack([each[i] for i in rng.permutation(len(each))]) for name, each in mixed.items()}


def _gradient_parts(given: Inputs) -> np.ndarray:
    """The gradient of Σ h ⊙ m by U of every step alone, (T, H, H), by PyTorch's automatic differentiation."""
    import torch

    x, h, W, U, biases, m = checker_network(given)
    with torch.enable_grad():
        copies, total = [U.clone().requires_grad_() for _ in x], torch.zeros_like(m[0, 0, 0])
        for x_t, m_t, copy in zip(x, m, copies, strict=True):
            h = torch.rnn_tanh_cell(x_t, h, W, copy, *biases)
            total = total + (h * m_t).sum()
        return np.stack([part.numpy() for part in torch.autograd.grad(total, copies)])
