"""What recognisers look at: one output in all the cases in which it was handed out; how hypotheses are tried on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checks.answers import Answer
from grader.checks.recognise.situation import MOST_ENTRIES, Outputs, Situation
from grader.checks.recognise.trial import CLEARLY, Trial
from grader.checks.task import Output, Task

LEAST_ENTRIES = 3
"""So many numbers must differ from the right ones as a sentence says, in all cases together: fewer fit by chance."""
IN_WRONG_CASES = ", in the cases that are wrong"
TINY = 6
"""Arrays of fewer entries fit too much to be tried first."""


@dataclass(frozen=True)
class Evidence:
    """One output of a task in all cases in which it has numbers.

    Attributes:
        task: the task.
        output: the output.
        trials: one for each case.
    """

    task: Task
    output: Output
    trials: tuple[Trial, ...]

    @cached_property
    def wrong(self) -> tuple[Trial, ...]:
        """The trials with wrong numbers, all finite; first the smallest that is not tiny: it is quick."""
        found = [trial for trial in self.trials if trial.same_shape and not trial.right and trial.finite]
        return tuple(sorted(found, key=lambda trial: (trial.got.size < TINY, trial.got.size)))

    @cached_property
    def misshapen(self) -> tuple[Trial, ...]:
        """The trials of another shape."""
        return tuple(trial for trial in self.trials if not trial.same_shape and trial.finite)

    @cached_property
    def on_axes(self) -> Evidence:
        """The same, without the trials whose right answer has other axes than the task names, such as (B, H)."""
        kept = tuple(trial for trial in self.trials if trial.expected.ndim == len(self.axes))
        return Evidence(self.task, self.output, kept)

    @property
    def axes(self) -> tuple[str, ...]:
        """What each axis of the right answer is."""
        return self.output.axes


Recogniser = Callable[[Evidence], str]
"""What came out, as the end of the sentence "What came out is …"; or ""."""
Prediction = Callable[[Trial], np.ndarray | None]
"""What comes out of a mistake; None where that cannot be said, NaN in entries of which it cannot be said."""
Hypothesis = tuple[str, Prediction]
"""The end of the sentence "What came out is …", and what then comes out."""


def evidence_of(
    task: Task, answers: Iterable[Answer], expected: Sequence[Outputs], limits: Sequence[Mapping[str, float]]
) -> list[Evidence]:
    """The evidence for each output that is wrong somewhere, in the order of the task.

    Args:
        task: the task.
        answers: the student's.
        expected: for each answer the right outputs.
        limits: for each answer, by output, the largest relative error that is still right.
    """
    found: dict[str, list[Trial]] = {output.name: [] for output in task.outputs}
    for answer, right, limit in zip(answers, expected, limits, strict=True):
        situation = Situation(task, task.case(answer.case), answer.seed, right)
        for output in (output for output in task.outputs if output.name in answer.outputs):
            got = output.result(answer.outputs[output.name])
            if output.judged is None and max(got.size, right[output.name].size) <= MOST_ENTRIES:
                wanted = np.asarray(right[output.name]).astype(float)
                trial = Trial(situation, got.astype(float), wanted, limit[output.name], got.dtype)
                found[output.name].append(trial)
    every = [Evidence(task, output, tuple(found[output.name])) for output in task.outputs]
    return [each for each in every if not all(trial.right for trial in each.trials)]


def first_that_holds(
    evidence: Evidence, hypotheses: Iterable[Hypothesis], trials: Sequence[Trial] | None = None
) -> str:
    """What the first hypothesis says that explains every wrong trial; "" where none does.

    Args:
        evidence: of one output.
        hypotheses: in the order in which they are tried.
        trials: those that must be explained; by default those with wrong numbers.
    """
    trials = evidence.wrong if trials is None else trials
    if not trials:
        return ""
    with np.errstate(all="ignore"):
        return next(_said(evidence, trials, hypotheses), "")


def _said(evidence: Evidence, trials: Sequence[Trial], hypotheses: Iterable[Hypothesis]) -> Iterator[str]:
    for says, predicts in hypotheses:
        if explains(trials, predicts):
            yield says + _but_for_the_right_ones(evidence, predicts)


def explains(trials: Sequence[Trial], predicts: Prediction) -> bool:
    """Whether all trials came out as predicted, and enough of that is wrong to say so."""
    differing = told = 0
    for trial in trials:
        predicted = predicts(trial)
        if predicted is None or np.isnan(predicted).all():
            continue
        if not trial.is_like(predicted):
            return False
        found = trial.differing(predicted)
        differing += found
        told += found > 0
    return told > 0 and (differing >= LEAST_ENTRIES or (told > 1 and trials[0].expected.ndim == 0))


def where_wrong(evidence: Evidence) -> str:
    """That some cases are right, though what is said of the wrong ones would change them, too: they hold numbers.

    Of numbers within the tolerance of 0 it cannot be seen.
    """
    right = [trial for trial in evidence.trials if trial.right and trial.finite]
    shown = any(np.abs(trial.expected).max() > CLEARLY * trial.limit for trial in right)
    return IN_WRONG_CASES if shown else ""


def _but_for_the_right_ones(evidence: Evidence, predicts: Prediction) -> str:
    """That some cases are right although the mistake would show there, too."""
    for trial in evidence.trials:
        if trial.right and trial.finite:
            predicted = predicts(trial)
            if predicted is not None and trial.differing(predicted):
                return IN_WRONG_CASES
    return ""
