"""Which cells of a submission are run, in which order, and of which only the definitions.

What the lesson's own cells define is there whatever became of them in the submission. The lesson's first cells, which
are no experiments, are run before all others. Of its experiments the definitions are made where they stand in the
lesson: after the exercise above them, before all that the student put below it. Then comes the student's version of
the same cells, so that a definition that was changed has the last word, and one that was broken or deleted is the
lesson's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.validate import EXPERIMENT
from grader.inside.salvage import ONLY_DEFINE
from grader.marking.course.course import Course
from grader.marking.course.paths import LESSON_FOLDER

Cells = tuple[tuple[int, str], ...]
"""The index of each cell in the notebook, and its source; those of the lesson have negative indices."""


Numbered = tuple[int, NotebookNode]


@dataclass(frozen=True)
class LessonCells:
    """A lesson's own cells.

    Attributes:
        first: sources of the code cells that are neither experiments nor marked.
        places: grade id → its place, from 0, among the cells that nbgrader knows.
        experiments: sources of the experiments before the first of these, after it, after the second, and so on.
    """

    first: tuple[str, ...]
    places: dict[str, int]
    experiments: tuple[tuple[str, ...], ...]

    def is_experiment(self, source: str) -> bool:
        """Is this one of the lesson's experiments, even if its tag is lost?"""
        return any(source.strip() == each.strip() for group in self.experiments for each in group)


def lesson_cells(course: Course, lesson: str, notebook: str, tag: str = EXPERIMENT) -> LessonCells:
    """The cells of a lesson's notebook as it was released, or as it is where there is no release of it."""
    path = course.release / lesson / f"{notebook}.ipynb"
    path = path if path.exists() else LESSON_FOLDER / lesson / f"{notebook}.ipynb"
    return _read(path, path.stat().st_mtime_ns, tag)


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int, tag: str) -> LessonCells:
    return sorted_cells(nbformat.read(path, as_version=4), tag)


def sorted_cells(nb: NotebookNode, tag: str = EXPERIMENT) -> LessonCells:
    """Sort the cells of a lesson's notebook."""
    first: list[str] = []
    places: dict[str, int] = {}
    experiments: list[list[str]] = [[]]
    for cell in nb.cells:
        if name := grade_id(cell):
            places[name] = len(places)
            experiments.append([])
        elif cell.cell_type == "code":
            (experiments[-1] if tag in cell.metadata.get("tags", ()) else first).append(cell.source)
    return LessonCells(tuple(first), places, tuple(map(tuple, experiments)))


def cells_to_run(nb: NotebookNode, lesson: LessonCells, tag: str = EXPERIMENT) -> Cells:
    """The cells to run, in order.

    Args:
        nb: the submission, with nbgrader's metadata as the gradebook has them.
        lesson: the lesson's own cells.
        tag: of cells of which only the definitions are run, unless nbgrader knows them.
    """
    sources = _in_order(nb, lesson, tag)
    return tuple((-number if index is None else index, source) for number, (index, source) in enumerate(sources, 1))


def _in_order(nb: NotebookNode, lesson: LessonCells, tag: str) -> Iterator[tuple[int | None, str]]:
    """The index of each cell, None for the lesson's own, and what is sent to the kernel."""
    yield from ((None, source) for source in lesson.first)
    made = 0
    for due, known, others in _stretches(nb, lesson):
        for group in lesson.experiments[made:due]:
            yield from ((None, ONLY_DEFINE + source) for source in group)
        yield from ((index, cell.source) for index, cell in known)
        for group in lesson.experiments[max(made, due) : due + 1]:
            if not set(group) <= {cell.source for _, cell in others}:
                yield from ((None, ONLY_DEFINE + source) for source in group)
        made = max(made, due + 1)
        for index, cell in others:
            left_out = tag in cell.metadata.get("tags", ()) or lesson.is_experiment(cell.source)
            yield index, ONLY_DEFINE * left_out + cell.source


def _stretches(nb: NotebookNode, lesson: LessonCells) -> Iterator[tuple[int, list[Numbered], list[Numbered]]]:
    """The submission in stretches, each from a cell that nbgrader knows to the next.

    Yields:
        how many groups of experiments stand before that cell in the lesson; the cell, if it is code; and the code cells
        after it.
    """
    due, known, others = 0, list[Numbered](), list[Numbered]()
    for index, cell in enumerate(nb.cells):
        place = lesson.places.get(grade_id(cell))
        if place is not None:
            yield due, known, others
            due, known, others = place + 1, [], []
        if cell.cell_type == "code" and cell.source.strip():
            (others if place is None else known).append((index, cell))
    yield due, known, others


def grade_id(cell: NotebookNode) -> str:
    """The name under which nbgrader knows a cell, or ""."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return name if isinstance(name, str) else ""
