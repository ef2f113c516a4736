"""What a student is told of errors in a marking run: one digit, so that numbers cannot be corrected by the feedback.

A public check tells more: its inputs are everybody's, and worth no points.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks.compare import Finding

SMALLEST = float(np.finfo(np.float64).tiny)
"""Smaller numbers have fewer digits, and their powers of ten may be 0."""


def coarsely(finding: Finding) -> Finding:
    """The finding with every error rounded to one significant digit."""
    return all_coarsely([finding])[0]


def all_coarsely(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings so; of what is right no picture is drawn, so no errors of its entries are kept."""
    errors = one_digit(np.array([finding.error for finding in findings])).tolist()
    return tuple(
        finding.but(error=error, errors=_told(finding)) for finding, error in zip(findings, errors, strict=True)
    )


def _told(finding: Finding) -> np.ndarray | None:
    """The rounded errors of a wrong output's entries."""
    return None if finding.errors is None or finding.kind == "right" else one_digit(finding.errors)


def one_digit(errors: np.ndarray) -> np.ndarray:
    """Errors rounded to one significant digit; 0, ∞ and NaN stay, and below the `SMALLEST` all are 0."""
    safe = np.where(np.isfinite(errors) & (errors >= SMALLEST), errors, 1.0)
    step = 10.0 ** np.floor(np.log10(safe))
    with np.errstate(over="ignore"):  # 1.79e308 becomes ∞
        rounded = np.round(safe / step) * step
    return np.where(safe == errors, rounded, np.where(errors < SMALLEST, 0.0, errors))
