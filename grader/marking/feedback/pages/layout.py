"""What of a marked notebook stands on a feedback page, and where: each exercise with all that belongs to it.

The lesson's own text, experiments and pictures are left out: the student has them. What was asked, and the hints where
points are missing, are folded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task

from grader.marking.feedback.pages.lesson_text import HEADING
from grader.marking.feedback.pages.summary import Line, Summary

Role = Literal["asked", "hints", "answer", "check", "own", "left out"]
"""What a cell is on the page; "own" is a cell of the student's own, or a note of the grader's."""
HINTS = "<details>"
"""So the lesson's cells of hints begin."""


def lay_out(nb: NotebookNode, page: Summary) -> None:
    """Give each cell its ``role``, its ``line``, and say where an exercise ``begins`` and ``ends``."""
    lines = list(_lines(nb.cells, page))
    begun: set[str] = set()
    for cell, line, before, after in zip(nb.cells, lines, [None, *lines], [*lines[1:], None], strict=False):
        cell.metadata.role = _role(cell, line)
        cell.metadata.line = line
        cell.metadata.begins = line is not None and line is not before
        cell.metadata.named = line is not None and cell.metadata.begins and line.grade_id not in begun
        cell.metadata.ends = line is not None and line is not after
        begun |= {line.grade_id} if line else set()


def _role(cell: NotebookNode, line: Line | None) -> Role:
    if is_solution(cell) or (is_task(cell) and cell.metadata.nbgrader.get("points")):
        return "answer"
    if is_grade(cell):
        return "check"
    if not cell.metadata.lessons_own:
        return "own" if "nbgrader" not in cell.metadata else "asked"
    if line is None:
        return "left out"
    return "hints" if _is_hints(cell) else "asked"


def _is_hints(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "markdown" and cell.source.lstrip().startswith(HINTS))


def _lines(cells: Sequence[NotebookNode], page: Summary) -> Iterator[Line | None]:
    """The exercise to which each cell belongs, if any."""
    graded = [_of(cell, page) for cell in cells]
    found = [*graded]
    for index in _asked(cells, graded):
        found[index] = next(line for line in graded[index:] if line is not None)
    places = [index for index, line in enumerate(found) if line is not None]
    for one, other in pairwise(places):  # whatever stands within an exercise is shown there
        if found[one] is found[other]:
            found[one + 1 : other] = [found[one]] * (other - one - 1)
    for index in range(1, len(cells)):
        before = found[index - 1]
        if found[index] is None and before is not None and _follows(cells[index], before):
            found[index] = before
    yield from found


def _of(cell: NotebookNode, page: Summary) -> Line | None:
    return page.of(cell.metadata.nbgrader.grade_id) if "nbgrader" in cell.metadata else None


def _asked(cells: Sequence[NotebookNode], graded: Sequence[Line | None]) -> Iterator[int]:
    """The lesson's cells that end with the heading of the exercise that comes next."""
    following: Line | None = None
    for index in reversed(range(len(cells))):
        cell, here = cells[index], graded[index]
        if here is None and following is not None and cell.cell_type == "markdown" and cell.metadata.lessons_own:
            yield from [index] if HEADING.findall(cell.source)[-1:] == [following.name] else []
        following = here or following


def _follows(cell: NotebookNode, line: Line) -> bool:
    """Does a cell after an exercise belong to it: the student's own, or hints where points are missing?"""
    return not cell.metadata.lessons_own or (_is_hints(cell) and line.verdict in ("part", "none"))
