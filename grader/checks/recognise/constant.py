"""One and the same number everywhere."""

from __future__ import annotations

import numpy as np

from grader.checks.recognise.evidence import Evidence


def constant(evidence: Evidence) -> str:
    """The number that came out everywhere, in every case that is wrong, where the right ones are not all alike."""
    trials = evidence.wrong
    if sum(trial.got.size for trial in trials) < 3 or len(trials) < 2:
        return ""
    values = {float(trial.got.flat[0]) for trial in trials}
    if len(values) > 1 or any(np.ptp(trial.got) for trial in trials):
        return ""
    wanted = {float(value) for trial in trials for value in (trial.expected.min(), trial.expected.max())}
    return f"{values.pop() + 0.0:g} everywhere, in every case that is wrong" if len(wanted) > 1 else ""


def says_nothing(evidence: Evidence) -> bool:
    """Whether one number came out everywhere in all wrong cases: it would be a function of any right answer."""
    trials = (*evidence.wrong, *evidence.misshapen)
    return bool(trials) and len({float(value) for trial in trials for value in np.unique(trial.got)}) < 2
