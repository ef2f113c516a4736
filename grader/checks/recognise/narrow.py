"""Numbers that went through a narrower dtype: float32, float16, whole numbers."""

from __future__ import annotations

import numpy as np

from grader.checks.recognise.evidence import Evidence
from grader.checks.recognise.trial import Trial

DIGITS = {"float32": 2.0**-20, "float16": 2.0**-7}
"""How far from right, at most, numbers are that were computed so."""


def narrow(evidence: Evidence) -> str:
    """Which dtype every number of every wrong case fits, where they are right to its digits."""
    wide = [trial for trial in evidence.wrong if trial.situation.case.dtype == "float64" and trial.got.size]
    if not wide or evidence.output.exact or len(wide) < len(evidence.wrong):
        return ""
    for name, digits in DIGITS.items():
        if all(_fits(trial, name, digits) for trial in wide):
            return f"right to the digits of {name} alone, and each number of it fits that dtype: computed or kept in it"
    return ""


def _fits(trial: Trial, name: str, digits: float) -> bool:
    with np.errstate(all="ignore"):
        stored = trial.got.astype(name).astype(float)
    return bool((stored == trial.got).all()) and float(trial.errors.max()) <= digits
