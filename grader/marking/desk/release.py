"""Make a lesson's student version: the notebook without answers, its data, and the solutions of earlier lessons."""

from __future__ import annotations

import shutil

from grader.marking.course.paths import course_folder, lesson_id
from grader.marking.steps.nbgrader_api import course_api, finished
from grader.marking.sandbox.bubblewrap import visible_solutions


def release(lesson: str, *, to_exchange: bool = True) -> str:
    """Generate the assignment of a lesson and, unless told otherwise, put it into the exchange for students to fetch.

    Returns:
        the lesson's folder name.

    Raises:
        GraderError: no such lesson, or nbgrader failed; the message has nbgrader's own last lines.
    """
    lesson = lesson_id(lesson)
    api = course_api()
    finished(api.generate_assignment(lesson, force=True), f"the student version of {lesson} could not be made")
    if to_exchange:
        exchange = course_folder() / "exchange"
        exchange.mkdir(parents=True, exist_ok=True)
        exchange.chmod(0o777)
        api.config.ExchangeReleaseAssignment.force = True  # a lesson released before is replaced
        finished(api.release_assignment(lesson), f"{lesson} could not be put into the exchange")
    return lesson


def add_earlier_solutions(*, assignment: str, **_: object) -> None:
    """Copy what lesson k may import into its release: the toolbox and the solutions of the lessons before k.

    nbgrader calls this after it generated an assignment, from the command line, the API and Formgrader alike.
    """
    target = course_folder() / "release" / assignment / "solutions"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for part in visible_solutions(assignment):
        if part.is_dir():
            shutil.copytree(part, target / part.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif part.exists():
            shutil.copy(part, target)
