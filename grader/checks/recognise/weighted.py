"""Each number times or divided by something of the case's own: a slope, a mask, a length, a number of its row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds
from grader.checks.recognise.trial import Trial, never

Form = Callable[[np.ndarray], np.ndarray]
FORMS: tuple[tuple[str, Form], ...] = (
    ("{}", lambda a: a),
    ("(1 − {})", lambda a: 1 - a),
    ("(1 − {}²)", lambda a: 1 - a * a),
    ("{} (1 − {})", lambda a: a * (1 - a)),
    ("{}²", lambda a: a * a),
)
"""What a factor may be made of an array."""
MOST_BLOCKS = 4


def weighted(evidence: Evidence) -> str:
    """Which array of the case the right answer was multiplied with, or divided by."""
    return first_that_holds(evidence.on_axes, _hypotheses(evidence.on_axes))


def named_arrays(trial: Trial, own: str) -> dict[str, np.ndarray]:
    """The finite arrays of a case by name: inputs, and right outputs but the own one."""
    known = trial.situation.known
    return known if own in trial.situation.arrays else {k: v for k, v in known.items() if k != f"`{own}`"}


def fitting(name: str, array: np.ndarray, trial: Trial) -> Iterator[tuple[str, np.ndarray]]:
    """The array, or each of its blocks along the last axis, where it goes along the right answer's last axes."""
    right = trial.expected
    if not 0 < array.ndim <= right.ndim or array.shape[:-1] != right.shape[right.ndim - array.ndim : -1]:
        return
    count, left = divmod(array.shape[-1], max(1, right.shape[-1]))
    if left or not 0 < count <= MOST_BLOCKS:
        return
    for place, block in enumerate(np.split(array, count, -1)):
        yield name if count == 1 else f"block {place + 1} of {name}", block


def _hypotheses(evidence: Evidence) -> Iterator[Hypothesis]:
    if not evidence.wrong or not evidence.axes:
        return
    first, own = evidence.wrong[0], evidence.output.name
    known = factors(first, own)
    if known:
        at_probes = np.array([first.at_probes(array) for array in known.values()])
        right = first.at_probes(first.expected)
        for form, function in FORMS:
            times = function(at_probes)
            for divided, made in ((False, right * times), (True, right / times)):
                for name in np.array(list(known))[first.may_be_like(made)]:
                    yield (
                        _phrase(form.replace("{}", name), divided),
                        partial(_weighed, own=own, name=name, function=function, divided=divided),
                    )
    yield from _by_length()


def _phrase(what: str, divided: bool) -> str:
    if divided:
        return f"the right answer divided by {what}, as if that factor was left out"
    return f"the right answer times {what}"


def factors(trial: Trial, own: str) -> dict[str, np.ndarray]:
    """The arrays by which each number of the right answer could be multiplied."""
    return {
        label: block for name, array in named_arrays(trial, own).items() for label, block in fitting(name, array, trial)
    }


def _weighed(trial: Trial, own: str, name: str, function: Form, divided: bool) -> np.ndarray | None:
    factor = factors(trial, own).get(name)
    if factor is None:
        return never(trial)
    made = trial.expected / function(factor) if divided else trial.expected * function(factor)
    return made if np.isfinite(made).all() else None


def _by_length() -> Iterator[Hypothesis]:
    """A mean over all steps in place of the real ones of each row, and the other way round."""
    ways: tuple[tuple[str, Callable[[np.ndarray, int], np.ndarray]], ...] = (
        ("the right answer times the length of its row", lambda n, steps: n),
        ("the right answer divided by the length of its row", lambda n, steps: 1 / n),
        ("the right answer times length / T of its row: as divided by all T steps", lambda n, steps: n / steps),
        ("the right answer times T / length of its row", lambda n, steps: steps / n),
        ("right but for B · length / the number of all real steps", lambda n, steps: len(n) * n / n.sum()),
        ("right but for the number of all real steps / (B · length)", lambda n, steps: n.sum() / (len(n) * n)),
    )
    for says, way in ways:
        yield says, partial(_per_row, way=way)


def _per_row(trial: Trial, way: Callable[[np.ndarray, int], np.ndarray]) -> np.ndarray | None:
    lengths, right = trial.situation.lengths, trial.expected
    if lengths is None or (lengths == 0).any() or right.ndim < 1:
        return None
    steps = trial.situation.sizes.get("T")
    places = [axis for axis, size in enumerate(right.shape) if size == len(lengths)]
    if steps is None or len(places) != 1:
        return None
    shape = [1] * right.ndim
    shape[places[0]] = len(lengths)
    return np.asarray(right * way(lengths.astype(float), steps).reshape(shape))
