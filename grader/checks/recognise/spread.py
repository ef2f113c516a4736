"""An axis that is summed, averaged or added up where it should not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds
from grader.checks.recognise.trial import Trial


def spread(evidence: Evidence) -> str:
    """Sums, means and running sums of the right answer along an axis."""
    return first_that_holds(evidence.on_axes, _hypotheses(evidence.on_axes))


def _hypotheses(evidence: Evidence) -> Iterator[Hypothesis]:
    for axis, name in enumerate(evidence.axes):
        for word, function in (("sum", np.sum), ("mean", np.mean), ("largest", np.max)):
            says = f"the {word} of the right answer over the axis {name}, the same at every {name}"
            yield says, partial(_all_alike, axis=axis, function=function)
        yield f"the running sum of the right answer along the axis {name}", partial(_running, axis=axis)
        yield f"the running sum of the right answer along the axis {name}, from its end", partial(_from_end, axis=axis)
        yield f"the change of the right answer from one {name} to the next", partial(_change, axis=axis)


def _all_alike(trial: Trial, axis: int, function: Callable[..., np.ndarray]) -> np.ndarray:
    return np.broadcast_to(function(trial.expected, axis=axis, keepdims=True), trial.expected.shape)


def _running(trial: Trial, axis: int) -> np.ndarray:
    return np.cumsum(trial.expected, axis)


def _from_end(trial: Trial, axis: int) -> np.ndarray:
    return np.flip(np.cumsum(np.flip(trial.expected, axis), axis), axis)


def _change(trial: Trial, axis: int) -> np.ndarray:
    first = np.take(trial.expected, [0], axis)
    return np.diff(trial.expected, axis=axis, prepend=np.zeros_like(first))
