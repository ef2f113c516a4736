"""Keeps what a student typed into a locked cell, which gets the lesson's text back."""

from __future__ import annotations

import ast
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import SourceCell

from grader.checks.definitions import split
from grader.inside.salvage import NOT_PYTHON
from grader.marking.steps.pick_copy import words

INTO_QUESTION = "The next cell was typed into the question above, which has the lesson's text again."
INTO_CHECK = (
    "What follows was typed into the `check` cell below, which is the lesson's again. What it defines is there in "
    "marking; the rest of it is shown, and not run."
)


def kept_text(cell: NotebookNode, source: SourceCell, released: str) -> list[NotebookNode]:
    """Cells with what a locked cell has beside the lesson's text; none where that is nothing.

    Args:
        cell: as it was handed in.
        source: as the gradebook has it.
        released: its text as students got it.

    Of code only what it defines is run: an answer that was typed there counts, and what else was done to the cell harms
    nothing.
    """
    if not source.locked or words(cell.source) in ("", words(released), words(source.source or "")):
        return []
    own, theirs = cell.source.strip(), released.strip()
    if cell.cell_type == source.cell_type == "code":
        return _kept_code(own, theirs)
    make: Any = new_markdown_cell if cell.cell_type == "markdown" else new_raw_cell
    return [make(own.removeprefix(theirs).strip())]


def _kept_code(own: str, theirs: str) -> list[NotebookNode]:
    """The whole text, where it says more than the lesson's; and what it defines, as a cell that is run."""
    lessons = {ast.dump(node) for node in ast.parse(theirs).body}
    try:
        added = [node for node in ast.parse(own).body if ast.dump(node) not in lessons]
    except NOT_PYTHON:
        return [new_raw_cell(own)]
    if not added and "#" not in own:
        return []
    definitions = "\n\n\n".join(map(ast.unparse, split(added).kept))
    return [new_raw_cell(own), *([new_code_cell(definitions)] if definitions else [])]
