"""Does the table say what was earned, and how long the rest takes?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.checks import progress
from grader.checks.due import Due
from grader.checks.progress import PLACE, remember
from grader.checks.task import LESSONS, find_task
from grader.marking.course.paths import LESSON_FOLDER
from grader.student.so_far import so_far


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setenv(PLACE, str(tmp_path / "progress.json"))
    monkeypatch.setattr(progress, "_here", set())


def by_lesson(places):
    return {row.lesson: row for row in so_far(places)}


def test_exercises_points_and_minutes_of_what_is_left():
    before = by_lesson([LESSON_FOLDER])["01-srn"]
    assert (before.passed, before.exercises, before.points, before.most) == (0, 8, 0, 24)
    remember(find_task("srn.step"), None, True)
    remember(find_task("srn.sequence"), None, False)
    after = by_lesson([LESSON_FOLDER])["01-srn"]
    assert (after.passed, after.points) == (1, 3)
    assert before.minutes - after.minutes == 10


def test_every_notebook_of_a_lesson_with_several_has_a_row_and_every_exercise_minutes():
    rows = by_lesson([LESSON_FOLDER])
    assert len(rows) == len(LESSONS)
    assert "08-applications/language-model" in rows
    assert all(row.minutes >= 5 * row.exercises for row in rows.values())


def test_without_the_lessons_only_the_minutes_are_not_known(tmp_path):
    (tmp_path / "01-srn").mkdir()
    (tmp_path / "01-srn" / "01-srn.ipynb").write_text("{")
    assert {row.minutes for row in so_far([tmp_path])} == {None}


def test_a_lesson_is_due_when_its_folder_says_so(tmp_path):
    due = Due(datetime(2026, 12, 1, 23, 59, tzinfo=UTC))
    (tmp_path / "01-srn").mkdir()
    due.write(tmp_path / "01-srn")
    rows = by_lesson([tmp_path / "none", tmp_path])
    assert (rows["01-srn"].due, rows["02-bptt"].due) == (due, None)
