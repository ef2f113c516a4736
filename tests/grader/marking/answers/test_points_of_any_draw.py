"""Does the same answer get the same points, whichever inputs are drawn for it? Asked of lessons 05 to 08."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from grader.checks.answers import collect
from grader.checks.score import points
from grader.checks.task import LESSONS, tasks_of
from grader.marking.answers.alternatives import alternatives
from grader.marking.answers.misconceptions import bank, mistaken
from grader.marking.answers.references import recording
from grader.marking.answers.references.live import one_thread, reference
from grader.marking.judge.referee import findings_of

DRAWS = range(3_000, 3_005)
"""Seeds as they are drawn for five submissions; `grader.marking.proving.fidelity.names` asks for twenty."""
TASKS = [task for module, lesson in LESSONS.items() if lesson >= "05" for task in tasks_of(module).values()]


def marks(task, function):
    """The points for each draw alone, without the recorded inputs."""
    with np.errstate(all="ignore"), warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        return {
            points(task, findings_of(task, [collect(task, function, case, seed) for case in task.cases]))
            for seed in DRAWS
        }


def as_marked(task, function):
    """The points for each two draws with the recorded inputs, as a submission is marked."""
    recorded = recording(task.module).seeds[task.name]
    with np.errstate(all="ignore"), warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        return {
            points(
                task,
                findings_of(
                    task,
                    [
                        collect(task, function, case, given)
                        for case in task.cases
                        for given in (recorded[case.label], seed, seed + 9)
                    ],
                ),
            )
            for seed in DRAWS
        }


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_right_answer_has_all_of_them(task):
    assert {way.__name__: marks(task, way) for way in (reference(task), *alternatives(task))} == {
        way.__name__: {task.points} for way in (reference(task), *alternatives(task))
    }


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_mistake_has_one_number_of_them_and_never_all(task):
    found = {entry.name: as_marked(task, mistaken(task, entry)) for entry in bank(task)}
    assert {name: some for name, some in found.items() if len(some) > 1 or task.points in some} == {}
