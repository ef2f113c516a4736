"""How inputs are drawn: contractive recurrences, and nothing that is zero by accident."""

from __future__ import annotations

import numpy as np

from grader.checks.task import Case

MAX_GAIN = 1.2
"""A recurrence that stretches a difference of states by more than this lets right answers drift apart."""

GAIN = 0.9
"""Largest singular value of every drawn state-to-state matrix: below `MAX_GAIN`."""

ASYMMETRY = 0.3
"""Least ‖U − Uᵀ‖ / ‖U‖ of a square matrix: a transposed one must show."""


def state(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Inputs and states: standard normal."""
    return rng.standard_normal(shape)


def vector(rng: np.random.Generator, size: int) -> np.ndarray:
    """A bias: between 0.2 and 1 in absolute value, so that leaving it out shows."""
    drawn: np.ndarray = rng.uniform(0.2, 1.0, size) * rng.choice([-1.0, 1.0], size)
    return drawn


def matrix(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """A weight matrix, normal, scaled to the largest singular value `GAIN`; a square one is far from symmetric."""
    drawn = rng.standard_normal((rows, columns))
    largest = spectral_gain(drawn)
    while rows == columns > 1 and spectral_gain(drawn - drawn.T) < ASYMMETRY * largest:
        drawn = rng.standard_normal((rows, columns))
        largest = spectral_gain(drawn)
    return GAIN * drawn / largest


def spectral_gain(U: np.ndarray) -> float:
    """Largest singular value of U: how much one step can stretch a difference of states (tanh' ≤ 1)."""
    return float(np.linalg.svd(U, compute_uv=False).max())  # as `np.linalg.norm(U, 2)` does, without its detours


def recurrent_cases(letters: str) -> tuple[Case, ...]:
    """The cases of every recurrent task, with sizes of those letters: ordinary, float32, longer, T = 1, sizes of 1."""
    free = dict.fromkeys(letters)
    cases = [
        Case("ordinary", free, public=True),
        Case("another", free),
        Case("float32", free, dtype="float32", public=True),
    ]
    if "T" in free:
        cases.append(Case("longer", {**free, "T": 30}))
        cases.append(Case("T = 1", {**free, "T": 1}, edge=True, public=True))
    cases.append(Case("one row", {**free, "B": 1}, edge=True, public=True))
    cases.append(Case("every size 1", {**dict.fromkeys(letters, 1), **({"T": 4} if "T" in free else {})}, edge=True))
    return tuple(cases)
