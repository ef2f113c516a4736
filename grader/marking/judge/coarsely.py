"""What a student is told of errors in a marking run: one digit, so that numbers cannot be corrected by the feedback.

A public check tells more: its inputs are everybody's, and worth no points.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.checks.compare import Finding


def coarsely(finding: Finding) -> Finding:
    """The finding with every error rounded to one significant digit."""
    errors = None if finding.errors is None else one_digit(finding.errors)
    return replace(finding, error=float(one_digit(np.array(finding.error))), errors=errors)


def one_digit(errors: np.ndarray) -> np.ndarray:
    """Errors rounded to one significant digit; 0, ∞ and NaN stay."""
    safe = np.where(np.isfinite(errors) & (errors > 0), errors, 1.0)
    step = 10.0 ** np.floor(np.log10(safe))
    return np.where(safe == errors, np.round(safe / step) * step, errors)
