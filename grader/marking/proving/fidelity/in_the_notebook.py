"""What a notebook says of the known mistakes: which one it is, and how what came out follows from the right answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from grader.checks.answers import collect
from grader.checks.check import public_report
from grader.checks.expected import expected_outputs, noise_floors, public_seed
from grader.checks.known_mistakes import known
from grader.checks.recognise.sentences import Tried, true_again
from grader.checks.report import passed
from grader.checks.task import Case, Task, find_task
from grader.checks.undisturbed import undisturbed
from grader.marking.answers.misconceptions import bank, mistaken
from grader.marking.answers.references import reference_outputs
from grader.marking.proving.fidelity.trials import SUBMISSIONS, Trial

NOT_AGAIN = "not true of other inputs"
"""What should be said in place of a sentence that is true of the public inputs by accident."""


def mistakes_in_the_notebook(task: Task) -> Iterator[Trial]:
    """Each entry of the bank, answered to the public check."""
    sentences = {each.says for each in known(task)}
    for entry in bank(task):
        report = public_report(task, mistaken(task, entry))
        told = tuple(says for says in report.mistakes if says in sentences)
        yield _trial(task, "mistake in the notebook", entry.name, (entry.says,), told, passed(report))


def said_of_other_inputs(task: Task) -> Iterator[Trial]:
    """Each sentence on how what came out of an entry follows from the right answer, tried on inputs drawn anew."""
    cases = [case for case in task.cases if case.public]
    for entry in bank(task):
        function = mistaken(task, entry)
        with undisturbed(task.torch), np.errstate(all="ignore"):
            tried = [_tried(task, function, case, public_seed(task, case)) for case in cases]
            more = (_tried(task, function, case, seed) for seed in SUBMISSIONS for case in cases)
            found = true_again(task, tried, more)
        for says, again in found.items():
            yield _trial(task, "said of other inputs", entry.name, (says if again else NOT_AGAIN,), (says,))


def _tried(task: Task, function: object, case: Case, seed: int) -> Tried:
    return collect(task, function, case, seed), _right(task.name, case.label, seed), noise_floors(task, case)


@cache
def _right(name: str, label: str, seed: int) -> dict[str, np.ndarray]:
    """The right outputs: of the public inputs as a student's machine has them, of others computed."""
    task = find_task(name)
    case = task.case(label)
    return expected_outputs(task, case) if seed == public_seed(task, case) else reference_outputs(task, case, seed)


def _trial(
    task: Task, kind: str, name: str, wanted: tuple[str, ...], told: tuple[str, ...], public: bool = False
) -> Trial:
    return Trial(
        task=task.name,
        kind=kind,
        name=f"{name}, in the notebook",
        is_right=False,
        full=False,
        ratio=np.inf,
        error=np.inf,
        tolerance=0.0,
        floor=0.0,
        where="",
        wanted=wanted,
        told=told,
        public=public,
    )
