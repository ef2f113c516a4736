"""Adds to a release what its notebook may import: the toolbox, and the solutions of the lessons before."""

from __future__ import annotations

import shutil

from grader.marking.course.course import Course
from grader.marking.course.lessons import visible_solutions
from grader.marking.course.paths import SOLUTIONS


def add_earlier_solutions(course: Course, *, assignment: str, **_: object) -> None:
    """Copy what lesson k may import into its release: the toolbox and the solutions of the lessons before k.

    nbgrader calls this after it generated an assignment, from the command line, the API and Formgrader alike.
    """
    target = course.release / assignment / "solutions"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for part in visible_solutions(assignment):
        place = target / part.relative_to(SOLUTIONS)
        place.parent.mkdir(exist_ok=True)
        if part.is_dir():
            shutil.copytree(part, place, ignore=shutil.ignore_patterns("__pycache__"))
        elif part.exists():
            shutil.copy(part, place)
