"""Are right and wrong answers on a wrong earlier one tried, and is it seen where follow-through marks them wrongly?"""

from __future__ import annotations

import pytest

from grader.checks.task import all_tasks, earlier_of, find_task
from grader.marking.proving.fidelity import follow_through
from grader.marking.proving.fidelity.page import wrongly_marked
from grader.marking.proving.fidelity.trials import try_all

SEQUENCE = find_task("srn.sequence")


def test_a_right_answer_and_one_with_a_mistake_of_its_own():
    right, wrong = found = try_all([SEQUENCE], ("follow-through",), workers=1)
    assert wrongly_marked(found) == []
    assert (right.is_right, right.full, right.told) == (True, True, ())
    assert (wrong.is_right, wrong.full, wrong.told) == (False, False, wrong.wanted)


def test_without_a_second_pass_the_right_one_is_marked_wrongly(monkeypatch):
    monkeypatch.setattr(follow_through, "followed", lambda first, second, asked: first)
    assert [trial.is_right for trial in wrongly_marked(list(follow_through.follow_throughs(SEQUENCE)))] == [True]


def test_where_all_is_given_the_wrong_one_is_marked_wrongly(monkeypatch):
    monkeypatch.setattr(follow_through.trials, "points", lambda task, findings: task.points)
    assert [trial.is_right for trial in wrongly_marked(list(follow_through.follow_throughs(SEQUENCE)))] == [False]


@pytest.mark.parametrize("task", [task for task in all_tasks().values() if task.builds_on], ids=lambda task: task.name)
def test_every_task_that_builds_on_others_is_tried_with_one_of_them(task):
    called = [
        each.name
        for each in earlier_of(task)
        for written in ("", follow_through.CALLING.get(task.name))
        if written is not None and each.function in follow_through._used(task, written)
    ]
    assert called
