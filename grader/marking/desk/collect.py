"""Fetch from the exchange what students handed in."""

from __future__ import annotations

from grader.checks.errors import GraderError
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.submissions import submitters
from grader.marking.steps.nbgrader_adapter import course_api, finished


def collect(course: Course, lesson: str) -> list[str]:
    """Copy the newest submission of every student from the exchange into the course folder.

    Returns:
        names of the students who have handed the lesson in so far.

    Raises:
        GraderError: no such lesson, it was never released, or nbgrader failed.
    """
    lesson = lesson_id(lesson)
    if not (course.exchange / COURSE_ID).is_dir():
        raise GraderError(f"nothing is in the exchange yet: run `grader release {lesson}` first")
    finished(course_api(course).collect(lesson, update=True), f"the submissions of {lesson} could not be collected")
    return submitters(course, lesson)
