"""Adds to a release what its notebook may import: the toolbox, and the solutions of the lessons before."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.marking.course.course import Course
from grader.marking.course.lessons import visible_solutions
from grader.marking.course.paths import SOLUTIONS


def add_earlier_solutions(course: Course, *, assignment: str, **_: object) -> None:
    """Copy what lesson k may import into its release: the toolbox and the solutions of the lessons before k.

    nbgrader calls this after it generated an assignment, from the command line, the API and Formgrader alike.
    """
    copy_earlier_solutions(assignment, course.release / assignment)


def copy_earlier_solutions(lesson: str, folder: Path) -> None:
    """Copy what a lesson may import into the folder ``solutions`` of its student version."""
    target = folder / "solutions"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for part in visible_solutions(lesson):
        place = target / part.relative_to(SOLUTIONS)
        place.parent.mkdir(exist_ok=True)
        if part.is_dir():
            shutil.copytree(part, place, ignore=shutil.ignore_patterns("__pycache__"))
        elif part.exists():
            shutil.copy(part, place)
