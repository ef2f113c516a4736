"""Make a lesson's student version: the notebook without answers, its data, and the solutions of earlier lessons."""

from __future__ import annotations

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.own_files import check_own_files
from grader.marking.course.rights import protect
from grader.marking.course.settings import COURSE_TOML, settings_of
from grader.marking.desk.course_generate import refuse_to_overwrite
from grader.marking.steps.nbgrader_adapter import CELLS_CHANGED, course_api, finished


def release(course: Course, lesson: str, *, to_exchange: bool = True, overwrite: bool = False) -> str:
    """Generate the assignment of a lesson and, unless told otherwise, put it into the exchange for students to fetch.

    Args:
        course: the course.
        lesson: the lesson, as `lesson_id` takes it.
        to_exchange: put it into the exchange, too.
        overwrite: also where somebody wrote answers into the release that is there.

    Returns:
        the lesson's folder name.

    Raises:
        GraderError: no such lesson, or it is not taught here; somebody wrote answers into its release; or nbgrader
            failed, then the message has nbgrader's last line.
    """
    lesson = lesson_id(lesson)
    if not settings_of(course).lesson(lesson).taught:
        raise GraderError(
            f"{course.root / COURSE_TOML} says that {lesson} is not taught: set `taught = true` there first"
        )
    course.root.mkdir(parents=True, exist_ok=True)
    check_own_files(course)
    if not overwrite:
        refuse_to_overwrite(course.release / lesson)
    api = course_api(course)
    api.config.CourseGenerate.overwrite_answers = True  # asked above
    made = api.generate_assignment(lesson, force=True)
    if (changed := CELLS_CHANGED.format(lesson=lesson)) in str(made.get("log")):
        raise GraderError(changed)
    finished(made, f"the student version of {lesson} could not be made")
    if to_exchange:
        course.make_exchange()
        api.config.ExchangeReleaseAssignment.force = True  # a lesson released before is replaced
        finished(api.release_assignment(lesson), f"{lesson} could not be put into the exchange")
    protect(course)
    return lesson
