"""Restore what the instructor decided about a notebook's cells: which are marked, how, and for how many points.

Replaces nbgrader's DeduplicateIds and OverwriteCells, which read a submission's own metadata first and fail where it is
malformed. Here a submission's metadata says one thing only: which cell of the lesson a cell is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Notebook, SourceCell

from grader.marking.steps.course_step import CourseStep
from grader.marking.steps.keep_locked_text import INTO_CHECK, INTO_QUESTION, kept_text
from grader.marking.steps.notes import from_grader
from grader.marking.steps.pick_copy import COPIES, has_work, pick_copy, words
from grader.marking.steps.released_cells import released_cells
from grader.marking.steps.shared_gradebook import open_gradebook

MISSING = "This cell was missing in what was handed in, and was put back."


class RestoreCells(CourseStep):
    """Gives every cell of the lesson the metadata, type and (where it is locked) source from the gradebook.

    Of several cells with the same name the last one with work in it counts (`pick_copy`), and what was typed into a
    locked cell is kept in a cell beside it (`kept_text`). A cell that the gradebook does not know loses its nbgrader
    metadata. A missing grade or task cell is put back after its answer cell or its question, or else at the end.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about = resources["nbgrader"]
        with open_gradebook(about["db_url"]) as gradebook:
            lesson = gradebook.find_notebook(about["notebook"], about["assignment"])
            sources = {cell.name: cell for cell in lesson.source_cells}
            decided = {name: _decided(lesson, source) for name, source in sources.items()}
            there = {name: pick_copy(copies, sources[name]) for name, copies in _copies(nb, sources).items()}
            released = released_cells(self.course, about["assignment"], about["notebook"])
            for name, cell in there.items():
                _keep(nb, cell, sources[name], released.get(name, sources[name].source or ""))
                _restore(cell, sources[name], decided[name])
            for name in decided:
                if name not in there and (decided[name]["grade"] or decided[name]["task"]):
                    self.log.warning("%s handed in no cell %s; it was put back", about["student"], name)
                    before = there.get(f"{name}-answer") or there.get(f"{name}-question")
                    _put_back(nb, before, sources[name], decided[name])
        return nb, resources


def _copies(nb: NotebookNode, sources: Mapping[str, SourceCell]) -> dict[str, list[NotebookNode]]:
    """The cells of each name that the gradebook knows; all cells lose their metadata, and needless copies their place.

    Needless is an untouched copy beside one with work: where it is code, it would take the place of the answer.
    """
    found: dict[str, list[NotebookNode]] = {}
    for cell in nb.cells:
        name = cell.metadata.pop("nbgrader", {}).get("grade_id")
        if name in sources:
            found.setdefault(name, []).append(cell)
    for name, copies in found.items():
        counts = pick_copy(copies, sources[name])
        if len(copies) > 1 and has_work(counts, sources[name]) and not sources[name].locked:
            needless = [cell for cell in copies if cell is not counts and not has_work(cell, sources[name])]
            nb.cells = [cell for cell in nb.cells if not any(cell is other for other in needless)]
            _insert(nb, counts, 0, from_grader(COPIES))
    return found


def _keep(nb: NotebookNode, cell: NotebookNode, source: SourceCell, released: str) -> None:
    """Put what was typed into a locked cell beside it: an answer before its check, text after its question."""
    kept, is_code = kept_text(cell, source, released), source.cell_type == "code"
    if kept:
        _insert(nb, cell, 0 if is_code else 1, from_grader(INTO_CHECK if is_code else INTO_QUESTION), *kept)


def _insert(nb: NotebookNode, cell: NotebookNode, after: int, *cells: NotebookNode) -> None:
    at = next(i for i, other in enumerate(nb.cells) if other is cell) + after
    nb.cells[at:at] = cells


def _decided(lesson: Notebook, source: SourceCell) -> dict[str, Any]:
    """A cell's nbgrader metadata, from the gradebook."""
    graded = {cell.name: cell for cell in lesson.grade_cells}
    tasks = {cell.name: cell for cell in lesson.task_cells}
    marked = graded.get(source.name) or tasks.get(source.name)
    return {
        "schema_version": 3,
        "grade_id": source.name,
        "grade": source.name in graded,
        "solution": source.name in {cell.name for cell in lesson.solution_cells},
        "task": source.name in tasks,
        "locked": source.locked,
        "cell_type": source.cell_type,
        "checksum": source.checksum,
        **({"points": marked.max_score} if marked else {}),
    }


def _restore(cell: NotebookNode, source: SourceCell, decided: dict[str, Any]) -> None:
    cell.metadata["nbgrader"] = NotebookNode(decided)
    if decided["locked"] or words(cell.source) == words(source.source or ""):
        cell.source = source.source  # also where an editor changed the ends of lines: that is no answer
    if cell.cell_type != source.cell_type:
        cell.cell_type = source.cell_type
        for name in ("outputs", "execution_count", "attachments"):
            cell.pop(name, None)
        if source.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _put_back(nb: NotebookNode, before: NotebookNode | None, source: SourceCell, decided: dict[str, Any]) -> None:
    new: Any = new_code_cell if source.cell_type == "code" else new_markdown_cell
    cells = from_grader(MISSING), new(source.source, metadata={"nbgrader": decided})
    if before is None:
        nb.cells += cells
    else:
        _insert(nb, before, 1, *cells)
