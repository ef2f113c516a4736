"""Reads the journal of a course, after what was changed without one is noted in it."""

from __future__ import annotations

from contextlib import suppress

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.journal import Change
from grader.marking.course.one_run import alone
from grader.marking.course.own_files import check_gradebook
from grader.marking.steps.keep_journal import catch_up, journal_of
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook


def journal_changes(course: Course, lesson: str | None = None) -> list[Change]:
    """What the journal says, oldest first.

    Args:
        course: the course.
        lesson: the lesson's folder name; all lessons, if None.

    Raises:
        GraderError: the gradebook is damaged.
        OSError: the journal cannot be read.
    """
    api = course_api(course)
    if not api.coursedir.db_url.startswith("sqlite") or course.gradebook.exists():
        check_gradebook(course)
        with suppress(GraderError), alone(course), course_gradebook(api) as gradebook:  # unless a run is on
            for assignment in [one.name for one in gradebook.assignments]:
                if lesson in (None, assignment):
                    catch_up(course, gradebook, assignment)
    return [change for change in journal_of(course).changes() if lesson in (None, change.lesson)]
