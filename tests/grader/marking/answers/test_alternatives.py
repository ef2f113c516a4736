"""Do right answers that are written differently get full points, and no misconception?"""

from __future__ import annotations

import importlib
from functools import lru_cache

import pytest

from grader.checks.answers import collect
from grader.checks.compare import compare
from grader.checks.score import points
from grader.checks.task import LESSONS, all_tasks, find_task, tasks_of
from grader.marking.answers.alternatives import alternatives
from grader.marking.answers.misconceptions import named
from grader.marking.answers.references import recorded_floors, reference_outputs

TASKS = list(all_tasks().values())
SEEDS = (101, 202, 303, 404, 505)
WRITTEN_DIFFERENTLY = [pytest.param(task, way, id=way.__name__) for task in TASKS for way in alternatives(task)]


@pytest.mark.parametrize(("task", "way"), WRITTEN_DIFFERENTLY)
def test_a_right_answer_gets_full_points_and_no_remark(task, way):
    answers = [collect(task, way, case, seed) for case in task.cases for seed in SEEDS]
    noise, findings = recorded_floors(task.module)[task.name], []
    for answer, right in zip(answers, right_outputs(task.name), strict=True):
        findings += compare(task, task.case(answer.case), answer, right, noise[answer.case])
    assert [finding for finding in findings if not finding.right] == []
    assert points(task, findings) == task.points
    assert named(task, answers, right=right_outputs(task.name)) == []


@lru_cache(maxsize=1)
def right_outputs(name):
    """The reference's outputs for every case and seed, computed once for all answers to a task."""
    task = find_task(name)
    return [reference_outputs(task, case, seed) for case in task.cases for seed in SEEDS]


@pytest.mark.parametrize("module", LESSONS)
def test_a_lesson_has_alternatives_for_each_of_its_tasks_and_for_no_other(module):
    lesson = importlib.import_module(f"grader.marking.answers.alternatives.{module}")
    assert set(lesson.ALTERNATIVES) == set(tasks_of(module))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_task_has_three_right_answers_written_differently(task):
    assert len({way.__name__ for way in alternatives(task)}) >= 3
