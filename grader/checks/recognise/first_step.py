"""The same evidence at the first time step alone, where no step before has spoiled anything."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from grader.checks.recognise.evidence import Evidence
from grader.checks.recognise.situation import Situation
from grader.checks.recognise.trial import Trial
from grader.checks.task import Inputs


class FirstStep(Situation):
    """A case at its first step: of the arrays over time the first place, under the same name."""

    def __init__(self, whole: Situation, steps: int) -> None:
        self.case, self.right, self._whole, self._steps = whole.case, {}, whole, steps

    @cached_property
    def inputs(self) -> Inputs:
        """What the student's code was given, for all steps."""
        return self._whole.inputs

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The sizes of the whole."""
        return self._whole.sizes

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """The finite arrays among the inputs, at the first step."""
        return {name: self._at_first(array) for name, array in self._whole.arrays.items()}

    def _at_first(self, array: np.ndarray) -> np.ndarray:
        over_time = array.ndim == 3 and len(array) == self._steps
        return np.asarray(array[0]) if over_time else array


def at_first_step(evidence: Evidence) -> Evidence:
    """The evidence at the first step; without trials where the output is not (time step, row, unit)."""
    if evidence.axes[:1] != ("time step",) or len(evidence.axes) != 3:
        return Evidence(evidence.task, evidence.output, ())
    trials = tuple(_first(each) for each in evidence.trials if each.same_shape and each.expected.ndim == 3)
    return Evidence(evidence.task, evidence.output, trials)


def _first(trial: Trial) -> Trial:
    situation = FirstStep(trial.situation, len(trial.expected))
    return Trial(situation, trial.got[:1].sum(axis=0), trial.expected[:1].sum(axis=0), trial.limit, trial.dtype)
