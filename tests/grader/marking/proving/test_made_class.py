"""Is the made class what it says, the same every time, and handed in whole?"""

from __future__ import annotations

import ast
from collections import Counter

import nbformat
import pytest

from grader.marking.desk.release import release
from grader.marking.proving import samples
from grader.marking.proving.made_class import MAKERS, SHARES, hand_in_class, made_class

LESSON = "01-srn"


def test_twenty_of_a_class_have_the_shares_and_every_class_is_the_same():
    assert Counter(pupil.kind for pupil in made_class(20)) == SHARES
    assert made_class(30)[:20] == made_class(20)
    assert made_class(40)[20:] != made_class(20)


@pytest.mark.parametrize("lesson", ["01-srn", "05-lstm"])
def test_who_makes_mistakes_changes_one_to_three_answers_and_who_is_right_keeps_the_lesson_s(lesson):
    own = samples.lesson_notebook(lesson)
    for number in range(6):
        made = MAKERS["mistakes"](samples.lesson_notebook(lesson), own, number)
        changed = [
            task
            for task in samples.tasks_of_notebook(own)
            if samples.answer_cell(made, task).source != samples.answer_cell(own, task).source
        ]
        assert len(changed) == 1 + number % 3
        assert all(ast.parse(samples.answer_cell(made, task).source) for task in changed)


def test_a_class_is_handed_in(course):
    release(course, LESSON, to_exchange=False)
    pupils = made_class(20)
    hand_in_class(course, LESSON, pupils)
    for pupil in pupils:
        nb = nbformat.read(course.submission(pupil.name, LESSON) / f"{LESSON}.ipynb", as_version=4)
        assert (nb.cells[2].source.startswith("while True")) == (pupil.kind == "endless")
