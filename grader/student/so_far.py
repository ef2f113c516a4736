"""How far a student is: of every lesson the exercises that passed their check here, their points, and the time left."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.checks.due import Due, read_due
from grader.checks.errors import GraderError
from grader.checks.progress import remembered
from grader.checks.task import LESSONS, modules_of, tasks_of
from grader.student import notebook


@dataclass(frozen=True)
class Row:
    """One lesson, or one notebook of a lesson with several.

    Attributes:
        lesson: what it is called.
        passed, exercises: how many of its exercises passed, and how many there are.
        points, most: what was earned, and what can be.
        minutes: how long the others take, as their heads say; None where the lesson is not at hand.
        due: when it is due, where the folder of the lesson says so.
    """

    lesson: str
    passed: int
    exercises: int
    points: int
    most: int
    minutes: int | None
    due: Due | None = None


def so_far(folders: Iterable[Path]) -> list[Row]:
    """Every lesson, in the order of the course.

    Args:
        folders: where lessons may lie, each as a folder such as ``01-srn``; only the heads of exercises are read there.
    """
    known = {name for name, one in remembered().items() if one.passed}
    places = list(folders)
    return [_row(module, known, places) for module in LESSONS]


def _row(module: str, known: set[str], places: list[Path]) -> Row:
    lesson, name = LESSONS[module], module.rpartition(".")[2].replace("_", "-")
    alone = len(modules_of(lesson)) == 1
    tasks = tasks_of(module).values()
    passed = [task for task in tasks if task.name in known]
    minutes = _minutes(places, f"{lesson}/{lesson if alone else name}.ipynb")
    left = [minutes.get(task.grade_id) for task in tasks if task.name not in known]
    return Row(
        lesson if alone else f"{lesson}/{name}",
        len(passed),
        len(tasks),
        sum(task.points for task in passed),
        sum(task.points for task in tasks),
        None if None in left else sum(filter(None, left)),
        next((due for place in places if (due := read_due(place / lesson)) is not None), None),
    )


def _minutes(places: Iterable[Path], path: str) -> dict[str, int]:
    """Grade id → the minutes in the head above that exercise, as "10 minutes"."""
    for place in places:
        try:
            cells = notebook.read(place / path)["cells"]
        except (OSError, GraderError):
            continue
        found, last = {}, 0
        for cell in cells:
            said = re.search(r"·\s*(?:about )?(\d+) minutes", notebook.source_of(cell))
            last = int(said[1]) if said and cell["cell_type"] == "markdown" else last
            if name := notebook.grade_id(cell):
                found[name] = last
        return found
    return {}
