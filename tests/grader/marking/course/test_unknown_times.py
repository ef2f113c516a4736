"""Is nobody late by the time at which an LMS packed their work, wherever the due date is moved, in every table?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from grader.marking.course.course import COURSE_ID
from grader.marking.course.settings import state_of
from grader.marking.course.unknown_times import is_unknown, note_times, unknown_times
from grader.marking.feedback.class_overview import class_overview
from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.pages.marks import read_marks
from grader.marking.steps.due_dates import put_due_dates
from grader.marking.steps.nbgrader_adapter import course_api
from tests.grader.marking.feedback.filled_gradebook import add_lessons, fill

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
LESSON, PACKED = "01-srn", datetime(2026, 5, 8, 7, 30)


@pytest.fixture
def packed(course):
    """Two students whose work lies there since May 8th, at 7:30; of the first it is merely when it was packed."""
    add_lessons(course, [LESSON])
    both = fill(course, [LESSON], 2)
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        for student in both:
            gradebook.find_submission(LESSON, student).timestamp = PACKED
            folder = course.submission(student, LESSON)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "timestamp.txt").write_text(f"{PACKED} UTC")
        gradebook.db.commit()
    note_times(course, LESSON, {both[0]: PACKED}, set(both))
    return course


def enter(course, due):
    """A date that is entered in Formgrader."""
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        gradebook.find_assignment(LESSON).duedate = due
        gradebook.db.commit()


def late(course):
    """Seconds by nbgrader, then by our report, and how many by the overview."""
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        put_due_dates(gradebook, course)
        gradebook.db.commit()
        by_nbgrader = [one.total_seconds_late for one in gradebook.find_assignment(LESSON).submissions]
    rows = class_report(course, LESSON).rows
    return sorted(by_nbgrader), [row.late_seconds for row in rows], class_overview(course)[0].late


@pytest.mark.parametrize("days", [0.5, 3])
@pytest.mark.parametrize("road", ["toml", "formgrader"])
def test_nobody_is_late_by_it_wherever_the_due_date_is_moved(packed, days, road):
    for back in (0, days):
        due = PACKED - timedelta(days=back)
        if road == "toml":
            (packed.root / "course.toml").write_text(f'[lessons.{LESSON}]\ndue = "{due}"\n')
        else:
            enter(packed, due)
        seconds = 86_400 * back
        assert late(packed) == ([0, seconds], [0, seconds], int(back > 0))
    assert [row.handed_in is None for row in class_report(packed, LESSON).rows] == [True, False]


def test_their_page_says_neither_a_time_nor_more_time(packed):
    enter(packed, PACKED - timedelta(days=1))
    late(packed)
    with Gradebook(packed.db_url, COURSE_ID) as gradebook:
        each = [
            read_marks(gradebook, course_api(packed).config, LESSON, student)[LESSON]
            for student in (*unknown_times(packed, LESSON), "student-0001")
        ]
    assert (each[0].handed_in, each[0].due, each[0].late) == ("", "", "")
    assert (each[1].handed_in, each[1].late) == ("8 May 2026, 07:30 UTC", "1 day")


def test_a_time_that_is_told_afterwards_holds(packed):
    enter(packed, PACKED - timedelta(hours=1))
    assert late(packed)[2] == 1
    first = next(iter(unknown_times(packed, LESSON)))
    note_times(packed, LESSON, {}, {first})
    assert late(packed) == ([3600, 3600], [3600, 3600], 2)


def test_the_gradebook_is_settled_anew_where_it_becomes_known(packed):
    before = state_of(packed)
    note_times(packed, LESSON, {}, set(unknown_times(packed, LESSON)))
    assert state_of(packed) != before


def test_another_time_than_the_noted_one_is_one_that_somebody_told(packed):
    first = next(iter(unknown_times(packed, LESSON)))
    assert is_unknown(packed, LESSON, first, PACKED.replace(tzinfo=UTC))
    assert not is_unknown(packed, LESSON, first, PACKED + timedelta(seconds=1))


def test_a_damaged_file_is_as_none(packed):
    (packed.root / "unknown-times.json").write_text("[1]")
    assert unknown_times(packed, LESSON) == {}
