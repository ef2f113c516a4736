"""A term of a sum that is missing or counted twice: a bias, W's part or U's part, before tanh or σ too."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

import numpy as np

from grader.checks.recognise.around import AROUND, Around
from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds, where_wrong
from grader.checks.recognise.first_step import at_first_step
from grader.checks.recognise.trial import Trial, never
from grader.checks.recognise.weighted import fitting, named_arrays

Terms = dict[str, np.ndarray]
MOST_PAIRED = 8
"""Of more arrays no pairs are looked at."""


def terms(evidence: Evidence) -> str:
    """Which term of a sum was left out, or counted once more."""
    evidence = evidence.on_axes
    first = at_first_step(evidence)
    said = first_that_holds(first, _hypotheses(first))
    return first_that_holds(evidence, _hypotheses(evidence)) or (said and f"{said}, at the first step")


def added_number(evidence: Evidence) -> str:
    """The one whole number that is added to each, if it is the same in all cases."""
    trials = evidence.wrong
    offsets = [float(np.mean(trial.got - trial.expected)) for trial in trials]
    if len(offsets) < 2 or not all(abs(each - offsets[0]) <= 1e-6 * max(1, abs(offsets[0])) for each in offsets):
        return ""
    exactly = all(trial.is_like(trial.expected + each) for trial, each in zip(trials, offsets, strict=True))
    whole = round(offsets[0])
    if not whole or abs(offsets[0] - whole) > 1e-6 or not exactly:
        return ""
    return f"the right answer {'plus' if whole > 0 else 'minus'} {abs(whole)}{where_wrong(evidence)}"


def _hypotheses(evidence: Evidence) -> Iterator[Hypothesis]:
    if not evidence.wrong or not evidence.axes:
        return
    first, own = evidence.wrong[0], evidence.output.name
    known = _terms(first, own)
    if not known:
        return
    names, values = np.array(list(known)), np.array([first.at_probes(term) for term in known.values()])
    right = first.at_probes(first.expected)
    for around in AROUND:
        if np.isfinite(around.undone(first.expected)).all():
            for times in (-1.0, 1.0) if around.says else (-1.0, 1.0, -0.5, 0.5):
                for name in names[first.may_be_like(around.with_change(right, times * values))]:
                    yield (
                        _phrase(str(name), times, around),
                        partial(_with_term, own=own, name=str(name), times=times, around=around),
                    )


def _phrase(name: str, times: float, around: Around) -> str:
    if name.startswith("("):
        which = "former stood for the latter" if times > 0 else "latter stood for the former"
        return f"the right answer {'plus' if times > 0 else 'minus'} {name}{around.says}, as if the {which}"
    if abs(times) < 1:
        return f"the right answer {'plus' if times > 0 else 'minus'} half of {name}"
    if not around.says:
        return f"the right answer plus {name}" if times > 0 else f"the right answer minus {name}, as if it was left out"
    if times > 0:
        return f"the right answer but for {name} added once more{around.says}"
    return f"the right answer but for {name} taken away{around.says}, as if it was left out"


def _with_term(trial: Trial, own: str, name: str, times: float, around: Around) -> np.ndarray:
    term = _terms(trial, own).get(name)
    return never(trial) if term is None else around.with_change(trial.expected, times * term)


def _terms(trial: Trial, own: str) -> Terms:
    """What may be a term of the right answer: arrays along its last axes, pairs of them, and matrix products."""
    arrays = named_arrays(trial, own)
    alone = {label: block for name, array in arrays.items() for label, block in fitting(name, array, trial)}
    alone |= {label: made for name, array in arrays.items() for label, made in _reduced(name, array, trial)}
    found = alone | dict(_pairs(list(alone.items())[:MOST_PAIRED], trial))
    for name, array in arrays.items():
        if array.ndim in (2, 3) and array.shape[:-1] == trial.expected.shape[:-1]:
            for other, matrix in arrays.items():
                if matrix.ndim == 2 and other != name:
                    found.update(_products(name, array, other, matrix, trial))
    return found


def _reduced(name: str, array: np.ndarray, trial: Trial) -> Iterator[tuple[str, np.ndarray]]:
    """The largest and the mean over the last axis, where the right answer has all the axes but that."""
    if array.shape[:-1] == trial.expected.shape and array.ndim > 1:
        yield f"the largest of {name} over its last axis", array.max(axis=-1)
        yield f"the mean of {name} over its last axis", array.mean(axis=-1)


def _pairs(alone: list[tuple[str, np.ndarray]], trial: Trial) -> Iterator[tuple[str, np.ndarray]]:
    """Sums and differences of two arrays of one shape, and products of two of the right answer's shape."""
    for (one, a), (other, b) in combinations(alone, 2):
        if a.shape == b.shape:
            yield f"{one} + {other}", a + b
            yield f"({one} − {other})", a - b
            if a.shape == trial.expected.shape:
                yield f"{one} ⊙ {other}", a * b


def _products(
    name: str, array: np.ndarray, other: str, matrix: np.ndarray, trial: Trial
) -> Iterator[tuple[str, np.ndarray]]:
    if array.shape[-1] == matrix.shape[1]:
        yield from fitting(f"the product of {name} and {other}ᵀ", array @ matrix.T, trial)
    if array.shape[-1] == matrix.shape[0]:
        yield from fitting(f"the product of {name} and {other}", array @ matrix, trial)
