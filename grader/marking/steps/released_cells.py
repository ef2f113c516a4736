"""The cells of a lesson as students got them: the gradebook's still have the marking scheme in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution

from grader.marking.course.course import Course
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.steps.cells_to_run import grade_id
from grader.marking.steps.pick_copy import words


def released_cells(course: Course, lesson: str, notebook: str) -> Mapping[str, str]:
    """Grade id → source of the cells of a notebook as it was released last; {} where there is no release of it."""
    path = course.release / lesson / f"{notebook}.ipynb"
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int) -> Mapping[str, str]:
    return {name: cell.source for cell in nbformat.read(path, as_version=4).cells if (name := grade_id(cell))}


def lesson_texts(course: Course, lesson: str, notebook: str) -> frozenset[str]:
    """The `words` of all cells of a lesson's notebook, as it was released and as it is, without its model answers."""
    paths = (course.release / lesson / f"{notebook}.ipynb", LESSON_FOLDER / lesson / f"{notebook}.ipynb")
    return _texts(tuple((path, path.stat().st_mtime_ns) for path in paths if path.exists()))


@lru_cache(maxsize=32)
def _texts(files: tuple[tuple[Path, int], ...]) -> frozenset[str]:
    notebooks = [nbformat.read(path, as_version=4) for path, _ in files]
    return frozenset(words(cell.source) for nb in notebooks for cell in nb.cells if not is_solution(cell))
