"""One factor in place of another: a slope of the wrong function, z in place of 1 − z, r in place of z."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from grader.checks.recognise.elementwise import sigmoid
from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds
from grader.checks.recognise.trial import Trial, never
from grader.checks.recognise.weighted import FORMS, Form, factors

MORE_FORMS: dict[str, Form] = {
    **dict(FORMS),
    "(1 − tanh² {})": lambda a: 1 - np.tanh(a) ** 2,
    "σ({}) (1 − σ({}))": lambda a: sigmoid(a) * (1 - sigmoid(a)),
    "tanh {}": np.tanh,
    "σ({})": sigmoid,
}
"""What a factor may be made of an array: its slopes, too, as if it stood before its function."""
Factor = tuple[str, str]
"""Name of an array, and a form."""


def replaced(evidence: Evidence) -> str:
    """Which factor stands in place of which other."""
    return first_that_holds(evidence.on_axes, _hypotheses(evidence.on_axes))


def _hypotheses(evidence: Evidence) -> Iterator[Hypothesis]:
    if not evidence.wrong or not evidence.axes:
        return
    first, own = evidence.wrong[0], evidence.output.name
    named = [
        ((name, form), first.at_probes(array)) for name, array in factors(first, own).items() for form in MORE_FORMS
    ]
    if not named:
        return
    values = np.array([MORE_FORMS[form](at_probes) for (_, form), at_probes in named])
    right = first.at_probes(first.expected)
    fits = first.may_be_like(right * values[:, None] / values[None])
    for new, old in zip(*np.nonzero(fits), strict=True):
        pair = (named[new][0], named[old][0])
        if new != old and (pair[0][0] == pair[1][0] or pair[0][1] == pair[1][1]):
            old_and_new = f"divided by {_said(pair[1])} and times {_said(pair[0])}"
            says = f"the right answer {old_and_new}, as if the latter stood for the former"
            yield says, partial(_predicted, own=own, new=pair[0], old=pair[1])


def _said(factor: Factor) -> str:
    name, form = factor
    return form.replace("{}", name)


def _predicted(trial: Trial, own: str, new: Factor, old: Factor) -> np.ndarray | None:
    arrays = factors(trial, own)
    if new[0] not in arrays or old[0] not in arrays:
        return never(trial)
    made = trial.expected * MORE_FORMS[new[1]](arrays[new[0]]) / MORE_FORMS[old[1]](arrays[old[0]])
    return made if np.isfinite(made).all() else None
