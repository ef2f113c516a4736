"""A square matrix of a sum, or a square block of it, that is transposed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from grader.checks.recognise.around import AROUND, Around
from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds
from grader.checks.recognise.first_step import at_first_step
from grader.checks.recognise.trial import Trial, never
from grader.checks.recognise.weighted import MOST_BLOCKS, named_arrays


def transposed_factor(evidence: Evidence) -> str:
    """Which matrix is transposed, or which block of one."""
    evidence = evidence.on_axes
    first = at_first_step(evidence)
    said = first_that_holds(first, _hypotheses(first))
    return first_that_holds(evidence, _hypotheses(evidence)) or (said and f"{said}, at the first step")


def _hypotheses(evidence: Evidence) -> Iterator[Hypothesis]:
    if not evidence.wrong or not evidence.axes:
        return
    first, own = evidence.wrong[0], evidence.output.name
    for matrix, place, what in _square_blocks(first, own):
        block = _block(named_arrays(first, own)[matrix], first, place)
        for name, array in named_arrays(first, own).items():
            if array.shape == first.expected.shape:
                for around in _possible(first, array, block):
                    predicted = partial(_predicted, own=own, name=name, matrix=matrix, place=place, around=around)
                    yield f"the right answer but for {what} transposed{around.says}", predicted


def _possible(trial: Trial, array: np.ndarray, block: np.ndarray) -> Iterator[Around]:
    """What may stand around the sum, by the probes."""
    right, change = trial.at_probes(trial.expected), trial.at_probes(array @ block - array @ block.T)
    for around in AROUND:
        if trial.may_be_like(np.array([around.with_change(right, sign * change) for sign in (1.0, -1.0)])).any():
            yield around


def _square_blocks(trial: Trial, own: str) -> Iterator[tuple[str, int, str]]:
    """Name of a matrix, number of a block, and what that is called."""
    for name, matrix in named_arrays(trial, own).items():
        for place in range(count := _blocks(matrix, trial)):
            yield name, place, name if count == 1 else f"block {place + 1} of {name}"


def _blocks(matrix: np.ndarray, trial: Trial) -> int:
    """How many square blocks a matrix of state to state has, one below the other; 0 where it is none."""
    width = trial.expected.shape[-1]
    fits = matrix.ndim == 2 and matrix.shape[1] == width and width > 1 and not len(matrix) % width
    return len(matrix) // width if fits and len(matrix) <= MOST_BLOCKS * width else 0


def _block(matrix: np.ndarray, trial: Trial, place: int) -> np.ndarray:
    return np.split(matrix, _blocks(matrix, trial))[place]


def _predicted(trial: Trial, own: str, name: str, matrix: str, place: int, around: Around) -> np.ndarray | None:
    arrays = named_arrays(trial, own)
    array, whole = arrays.get(name), arrays.get(matrix)
    if array is None or whole is None or array.shape != trial.expected.shape:
        return never(trial)
    if trial.expected.shape[-1] == 1:
        return None  # a matrix of one number is its own transpose
    if place >= _blocks(whole, trial):
        return never(trial)
    block = _block(whole, trial, place)
    change = array @ block - array @ block.T
    made = [around.with_change(trial.expected, sign * change) for sign in (1.0, -1.0)]
    return next((each for each in made if trial.is_like(each)), never(trial))
