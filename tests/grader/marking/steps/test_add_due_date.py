"""Does what is released say when it is due, also after the date moved, and does no mark depend on that?"""

from __future__ import annotations

import shutil
from datetime import datetime

import pytest
from nbgrader.api import Gradebook

from grader.checks.due import DUE_FILE, read_due
from grader.marking.course.course import COURSE_ID
from grader.marking.course.version import released as digest_of_release
from grader.marking.desk.release import release
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook
from grader.marking.steps.run_in_sandbox import contents_beside

LESSON = "01-srn"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def settings(course, due):
    text = f'timezone = "Europe/Berlin"\nlate.share = 0.1\n[lessons.01]\ndue = "{due}"'
    (course.root / "course.toml").write_text(text)


def read_by_somebody(course):
    with course_gradebook(course_api(course)):
        pass


@pytest.fixture
def dated(released):
    settings(released, "2026-12-01 23:59")
    release(released, LESSON)
    return released


def test_release_and_exchange_say_it(dated):
    for folder in (dated.release, dated.exchange / COURSE_ID / "outbound"):
        due = read_due(folder / LESSON)
        assert due.date == "Tuesday 1 December 2026, 23:59 (Europe/Berlin)"
        assert due.late == "10 % of the points for each begun day"
        assert (folder / LESSON / DUE_FILE).stat().st_mode & 0o444 == 0o444


def test_they_follow_when_the_date_moves_and_the_marks_do_not(dated):
    before = digest_of_release.__wrapped__(dated, LESSON)
    settings(dated, "2026-12-02 23:59")
    read_by_somebody(dated)
    for folder in (dated.release, dated.exchange / COURSE_ID / "outbound"):
        assert read_due(folder / LESSON).date.startswith("Wednesday 2 December")
    assert digest_of_release.__wrapped__(dated, LESSON) == before


def test_a_date_entered_in_formgrader_is_told_too(released):
    assert read_due(released.release / LESSON) is None
    with Gradebook(released.db_url, COURSE_ID) as book:
        book.find_assignment(LESSON).duedate = datetime(2026, 12, 1, 12)
        book.db.commit()
    read_by_somebody(released)
    assert read_due(released.release / LESSON).date == "Tuesday 1 December 2026, 12:00 UTC"
    with Gradebook(released.db_url, COURSE_ID) as book:
        book.find_assignment(LESSON).duedate = None
        book.db.commit()
    read_by_somebody(released)
    assert read_due(released.release / LESSON) is None


def test_what_is_handed_in_with_it_is_run_as_without(dated, tmp_path):
    shutil.copytree(dated.release / LESSON, tmp_path / LESSON)
    assert (tmp_path / LESSON / DUE_FILE).exists()
    assert DUE_FILE not in {file.name for file in contents_beside(tmp_path / LESSON, set(), 10**8).files}
