"""The right proportions with another total: not normalised, or over another axis than is asked."""

from __future__ import annotations

import numpy as np

from grader.checks.recognise.evidence import Evidence, where_wrong
from grader.checks.recognise.trial import Trial

LEAST = 3
"""Along an axis shorter than this all numbers are in proportion too easily."""


def normalised(evidence: Evidence) -> str:
    """Along which axis what came out is in proportion to the right answer, and what it sums to."""
    evidence = evidence.on_axes
    if not evidence.wrong or evidence.output.exact:
        return ""
    with np.errstate(all="ignore"):
        for axis, name in enumerate(evidence.axes):
            if _all_in_proportion(evidence, axis):
                but = _total(evidence, axis) + where_wrong(evidence)
                return f"in proportion to the right answer along the axis {name}{but}"
    return ""


def _all_in_proportion(evidence: Evidence, axis: int) -> bool:
    """Whether it holds in all cases, and with several factors in one where the axis is long."""
    told = False
    for trial in evidence.wrong:
        factors = _factors(trial, axis)
        if factors is None:
            return False
        told |= trial.got.shape[axis] >= LEAST and bool(np.ptp(factors) > 1e-3 * np.abs(factors).max(initial=0.0))
    return told


def _factors(trial: Trial, axis: int) -> np.ndarray | None:
    """The factors between what came out and the right answer along an axis; None where they are not in proportion."""
    got, right = np.moveaxis(trial.got, axis, -1), np.moveaxis(trial.expected, axis, -1)
    squares = (right * right).sum(-1, keepdims=True)
    factors = np.where(squares > 0, (got * right).sum(-1, keepdims=True) / np.where(squares > 0, squares, 1), 0)
    fits = (factors[squares > 0] != 0).all() and trial.is_like(np.moveaxis(factors * right, -1, axis))
    return factors[squares > 0] if fits else None


def _total(evidence: Evidence, axis: int) -> str:
    """That the numbers should sum to 1, and over what they do."""
    if not all(np.allclose(trial.expected.sum(axis), 1) for trial in evidence.wrong):
        return ", but for a factor that is not the same everywhere"
    for other, name in enumerate(evidence.axes):
        if other != axis and all(np.allclose(trial.got.sum(other), 1) for trial in evidence.wrong):
            return f", but it sums to 1 over the axis {name}"
    if all(np.allclose(trial.got.sum(), 1) for trial in evidence.wrong):
        return ", but all numbers together sum to 1"
    return ", but it does not sum to 1 there"
