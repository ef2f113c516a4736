"""Give the reports back: nbgrader's feedback pages, made from the marked notebooks and put into the exchange."""

from __future__ import annotations

from pathlib import Path

from grader.checks.errors import GraderError
from grader.marking.course import course_folder, lesson_id
from grader.marking.nbgrader_api import course_api, finished


def feedback(lesson: str, *, to_exchange: bool = True) -> list[Path]:
    """Make the feedback pages of all marked submissions of a lesson and, unless told otherwise, release them.

    Released are those of submissions that came through the exchange; the others stay in the course folder.

    Returns:
        the pages.

    Raises:
        GraderError: no such lesson, nothing is marked, or nbgrader failed.
    """
    lesson = lesson_id(lesson)
    if not any((course_folder() / "autograded").glob(f"*/{lesson}")):
        raise GraderError(f"no submission of {lesson} is marked yet: run `grader autograde {lesson}` first")
    api = course_api()
    finished(api.generate_feedback(lesson, force=True), f"the feedback of {lesson} could not be made")
    folder = course_folder() / "feedback"
    if to_exchange:
        for stamp in sorted(folder.glob(f"*/{lesson}/timestamp.txt")):  # what came through the exchange has one
            student = stamp.parent.parent.name
            finished(
                api.release_feedback(lesson, student), f"the feedback of {student} could not be put into the exchange"
            )
    return sorted(folder.glob(f"*/{lesson}/*.html"))
