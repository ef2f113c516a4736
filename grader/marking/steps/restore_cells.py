"""Restore what the instructor decided about a notebook's cells: which are marked, how, and for how many points.

Replaces nbgrader's DeduplicateIds and OverwriteCells, which read a submission's own metadata first and fail where it is
malformed. Here a submission's metadata says one thing only: which cell of the lesson a cell is.
"""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Notebook, SourceCell
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.marking.steps.notes import from_grader
from grader.marking.steps.shared_gradebook import open_gradebook

MISSING = "This cell was missing in what was handed in, and was put back."


class RestoreCells(NbGraderPreprocessor):
    """Gives every cell of the lesson the metadata, type and (where it is locked) source from the gradebook.

    Of several cells with the same name the last one counts. A cell that the gradebook does not know loses its
    nbgrader metadata. A missing grade or task cell is put back after its answer cell, or else at the end.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about = resources["nbgrader"]
        with open_gradebook(about["db_url"]) as gradebook:
            lesson = gradebook.find_notebook(about["notebook"], about["assignment"])
            sources = {cell.name: cell for cell in lesson.source_cells}
            decided = {name: _decided(lesson, source) for name, source in sources.items()}
            there = {}
            for cell in reversed(nb.cells):
                name = cell.metadata.pop("nbgrader", {}).get("grade_id")
                if name in sources and name not in there:
                    there[name] = cell
                    _restore(cell, sources[name], decided[name])
            for name in decided:
                if name not in there and (decided[name]["grade"] or decided[name]["task"]):
                    self.log.warning("%s handed in no cell %s; it was put back", about["student"], name)
                    _put_back(nb, there.get(f"{name}-answer"), sources[name], decided[name])
        return nb, resources


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
    if decided["locked"]:
        cell.source = source.source
    if cell.cell_type != source.cell_type:
        cell.cell_type = source.cell_type
        for name in ("outputs", "execution_count", "attachments"):
            cell.pop(name, None)
        if source.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _put_back(nb: NotebookNode, answer: NotebookNode | None, source: SourceCell, decided: dict[str, Any]) -> None:
    new: Any = new_code_cell if source.cell_type == "code" else new_markdown_cell
    note = from_grader(MISSING)
    cell = new(source.source, metadata={"nbgrader": decided})
    at = len(nb.cells) if answer is None else next(i for i, other in enumerate(nb.cells) if other is answer) + 1
    nb.cells[at:at] = [note, cell]
