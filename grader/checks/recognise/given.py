"""An input that came out as it was given, or two of them put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations

import numpy as np

from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds
from grader.checks.recognise.trial import Trial, never

MOST_PAIRED = 5
"""Of more inputs of one shape no pairs are looked at."""
ALONE: tuple[tuple[str, Callable[..., np.ndarray]], ...] = (
    ("{} as it was given", lambda a: a),
    ("−{}", lambda a: -a),
    ("{} in reverse order along its first axis, all of it", lambda a: a[::-1]),
)
PAIRED: tuple[tuple[str, Callable[..., np.ndarray]], ...] = (
    ("{} + {}", lambda a, b: a + b),
    ("{} − {}", lambda a, b: a - b),
    ("{1} − {0}", lambda a, b: b - a),
    ("{} ⊙ {}", lambda a, b: a * b),
)
"""What may come out of one input, or of two of one shape."""


def an_input(evidence: Evidence) -> str:
    """An input as it was given, or its transpose; the sum, difference or product of two."""
    alike, other = (_hypotheses(trials) for trials in (evidence.wrong, evidence.misshapen))
    return first_that_holds(evidence, alike) or first_that_holds(evidence, other, evidence.misshapen)


def _hypotheses(trials: tuple[Trial, ...]) -> Iterator[Hypothesis]:
    if not trials or not trials[0].got.ndim:
        return
    shape, arrays = trials[0].got.shape, trials[0].situation.arrays
    alike = [name for name, array in arrays.items() if array.shape == shape]
    for says, function in ALONE:
        for name in alike:
            yield says.format(f"`{name}`"), partial(_made, names=(name,), function=function)
    for name, array in arrays.items():
        if array.ndim == 2 and array.T.shape == shape:
            yield f"`{name}`, transposed", partial(_made, names=(name,), function=np.transpose)
    for pair in combinations(alike[:MOST_PAIRED], 2):
        for says, function in PAIRED:
            yield says.format(*(f"`{name}`" for name in pair)), partial(_made, names=pair, function=function)


def _made(trial: Trial, names: tuple[str, ...], function: Callable[..., np.ndarray]) -> np.ndarray:
    arrays = [trial.situation.arrays.get(name) for name in names]
    shapes = {None if array is None else array.shape for array in arrays}
    return never(trial) if None in shapes or len(shapes) > 1 else function(*arrays)
