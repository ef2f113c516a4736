"""The tolerance policy: every number by which an answer is accepted stands here.

The error of an output is its largest absolute difference from the reference, divided by the largest absolute value in
the reference (by 1 where that is smaller, so that a reference of zeros works). Where the reference itself is inf or nan
only the same will do. The tolerance is

    max( FACTOR × measured noise floor, LEAST[dtype] )

The *noise floor* is measured when references are recorded (`grader record`): the largest error that right ways to
compute the same thing show among themselves (float32 against float64, other orders of summation, CPU against CUDA).
"""

from __future__ import annotations

import math

import numpy as np

FACTOR = 100.0
"""Ten for the margin that right answers must keep under the tolerance, times ten for orders of summation not tried."""

LEAST = {"float64": 1e-11, "float32": 1e-4}
"""About 4·10⁴ and 10³ units in the last place: sums of a few hundred terms through tanh and exp stay well below, and
the mildest mistakes we know stay far above (`grader margins` prints both)."""

CHANGE = 1e-12
"""Least change of an input that counts, of its weighted sum of absolute values: machines draw the same inputs, but for
the last bits of a norm or an inverse."""


def tolerance(dtype: str, floor: float = 0.0) -> float:
    """The largest error that is still right, for answers computed in ``dtype`` with that measured noise floor."""
    return max(FACTOR * floor, LEAST[dtype])


def projected(limit: float, entries: int) -> float:
    """How far apart projections of arrays may lie that are the same within a limit; see `grader.checks.signatures`.

    Relative to the arrays' scale. Right ways to compute the same thing differ by a `FACTOR`-th of the limit in each
    entry, so projections with normal weights by √entries of that; four standard deviations are allowed, and at least
    the limit itself. Of exact outputs, which have no limit, only the projections' own rounding is.
    """
    return max(limit, LEAST["float64"]) * max(1.0, 4.0 * math.sqrt(entries) / FACTOR)


def scale(reference: np.ndarray) -> float:
    """What an error is measured against: the largest absolute value of the reference's finite entries, at least 1."""
    largest = float(np.abs(reference).max(initial=0.0))
    if not math.isfinite(largest):
        largest = float(np.max(np.abs(reference), initial=0.0, where=np.isfinite(reference)))
    return max(1.0, largest)


def error(answer: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Error of every entry, relative to the `scale` of the reference; same shape as the reference.

    0 where both are the same, inf and nan included; ∞ where only one of them is finite, or they are inf and nan.
    """
    answer, reference = answer.astype(np.float64), reference.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # an answer may hold 1e308, inf, nan
        errors = np.abs(answer - reference) / scale(reference)
        if np.isfinite(errors).all():  # as almost always
            return np.asarray(errors)
    same = (answer == reference) | (np.isnan(answer) & np.isnan(reference))
    return np.where(same, 0.0, np.where(np.isnan(errors), np.inf, errors))
