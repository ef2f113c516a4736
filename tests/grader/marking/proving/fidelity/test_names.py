"""Does the same answer get the same points, whoever hands it in, and in whatever course?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.task import LESSONS, find_task, tasks_of
from grader.marking.answers.alternatives import alternatives
from grader.marking.answers.misconceptions import bank, mistaken
from grader.marking.answers.references.live import reference
from grader.marking.proving.fidelity.names import NAMES, points_under_names
from solutions.srn import step


@pytest.mark.slow
@pytest.mark.parametrize("module", LESSONS)
def test_every_known_mistake_gets_one_number_of_points(module):
    varying = {}
    with np.errstate(all="ignore"):
        for task in tasks_of(module).values():
            for entry in bank(task):
                earned = points_under_names(task, mistaken(task, entry), NAMES if not task.torch else NAMES // 4)
                if len(earned) > 1 or max(earned) == task.points:
                    varying[f"{task.name}: {entry.name}"] = earned
    assert varying == {}


@pytest.mark.slow
@pytest.mark.parametrize("module", LESSONS)
def test_every_right_answer_gets_all_points(module):
    lost = {}
    for task in tasks_of(module).values():
        for way in (reference(task), *alternatives(task)):
            if (earned := points_under_names(task, way, names=2)) != {task.points}:
                lost[f"{task.name}: {way.__qualname__}"] = earned
    assert lost == {}


def test_a_mistake_that_shows_on_some_inputs_only_is_seen():
    """Wrong where the first number is large, which it is on none of the recorded inputs, and here and there else."""
    task = find_task("srn.step")

    def moody(x_t, h, W, U, b):
        return step(x_t, h, W, U, b) + (x_t[0, 0] > 1.2)

    assert len(points_under_names(task, moody)) > 1
