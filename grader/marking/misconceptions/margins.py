"""The two margins of every task: how far right answers stay under the tolerance, and mistakes above it.

Both should be at least `ENOUGH`; where they are not, the inputs are wrong, not the tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.checks.answers import Answer, collect
from grader.checks.compare import compare
from grader.checks.task import Task
from grader.marking import references
from grader.marking.alternatives import alternatives
from grader.marking.misconceptions.entries import bank, outputs_of

ENOUGH = 10.0
SEEDS = range(1000, 1005)
"""Not the seeds on which the noise was measured."""


@dataclass(frozen=True)
class Margin:
    """The margins of one task.

    Attributes:
        task: the task's name.
        right: tolerance / largest error of any right answer; ∞ where all are equal.
        noisiest: the right answer with that error, and its case.
        wrong: smallest error of any misconception / tolerance, where an error is the misconception's largest in a run
            of all cases; ∞ where all give another shape, no number, or another decision.
        mildest: the misconception with that error.
    """

    task: str
    right: float
    noisiest: str
    wrong: float
    mildest: str

    @property
    def enough(self) -> bool:
        return min(self.right, self.wrong) >= ENOUGH


def margins(task: Task) -> Margin:
    """The margins of a task, on seeds of their own."""
    floors = references.floors(task.module)[task.name]
    noise, wrong = {}, {}
    for seed in SEEDS:
        for way in alternatives(task):
            for case in task.cases:
                ratios = _ratios(task, collect(task, way, case, seed), floors)
                noise[f"{way.__name__} in {case.label}", seed] = max(ratios)
        for entry in bank(task):
            answers = [outputs_of(entry, task, case, seed) for case in task.cases]
            wrong[entry.name, seed] = max(ratio for answer in answers for ratio in _ratios(task, answer, floors))
    (noisiest, _), (mildest, _) = max(noise, key=noise.get), min(wrong, key=wrong.get)
    largest = max(noise.values())
    return Margin(task.name, 1 / largest if largest else np.inf, noisiest, min(wrong.values()), mildest)


def _ratios(task: Task, answer: Answer, floors: dict) -> Iterator[float]:
    """Error / tolerance of every output in a case; ∞ for what is wrong otherwise than by its value."""
    case = task.case(answer.case)
    right = references.reference_outputs(task, case, answer.seed)
    for finding in compare(task, case, answer, right, floors[case.label]):
        if finding.right or finding.kind == "value":
            yield finding.error / finding.tolerance if finding.tolerance else (0.0 if finding.right else np.inf)
        else:
            yield np.inf
