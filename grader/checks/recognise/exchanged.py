"""Outputs that hold each other's values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.checks.recognise.evidence import LEAST_ENTRIES, Evidence
from grader.checks.recognise.trial import Trial


def another_output(evidence: Evidence) -> str:
    """The right values of another output; of whatever shape."""
    trials = (*evidence.wrong, *evidence.misshapen)
    if len(trials) < LEAST_ENTRIES and sum(trial.got.size for trial in trials) < LEAST_ENTRIES:
        return ""
    return next((f"what is asked for as `{name}`" for name in others_held(evidence)), "")


def others_held(evidence: Evidence) -> Iterator[str]:
    """Names of the outputs whose right values came out as this one, wherever it is wrong."""
    trials = (*evidence.wrong, *evidence.misshapen)
    for other in evidence.task.outputs:
        if trials and other.name != evidence.output.name and all(_holds(trial, other.name) for trial in trials):
            yield other.name


def _holds(trial: Trial, name: str) -> bool:
    right = np.asarray(trial.situation.right[name]).astype(float)
    return trial.is_like(right) and not np.isnan(right).any()


def exchanged(every: Sequence[Evidence]) -> str:
    """A sentence about results that hold each other's values; "" where none do.

    Args:
        every: the evidence of all outputs that are wrong.
    """
    found = {each.output.name: next(others_held(each), "") for each in every}
    held = {name: other for name, other in found.items() if other}
    if len(held) < 2 or set(held) != set(held.values()):
        return ""
    if sum(trial.got.size for each in every for trial in each.trials) <= LEAST_ENTRIES:
        return ""
    wanted, got = ([f"`{name}`" for name in names] for names in (held, held.values()))
    if len(held) == 2:
        return f"{' and '.join(wanted)} are exchanged: what came out as each is what is asked for as the other."
    return f"What came out as {', '.join(wanted)} is what is asked for as {', '.join(got)}, in this order."
