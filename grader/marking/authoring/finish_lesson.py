"""Run a new lesson's notebook and bring all that is written of lessons in step with it.

python -m grader.marking.authoring.finish_lesson 10-mine
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from grader.marking.authoring.claims import sync_claims
from grader.marking.authoring.heads import sync_heads
from grader.marking.authoring.lesson_pages import sync_pages
from grader.marking.authoring.lesson_pictures import draw_missing
from grader.marking.authoring.sync import sync
from grader.marking.course.paths import LESSON_FOLDER, ROOT

SECONDS = 600
"""A cell of a lesson takes at most so long."""


def finish_lesson(folder: str) -> None:
    """Fill the solution regions, list the lesson, run its notebooks, then write what depends on their outputs.

    Raises:
        CellExecutionError: a cell failed; its notebook is left as it was.
    """
    sync(folder)
    sync_heads()
    sync_pages()
    draw_missing()
    for path in sorted((LESSON_FOLDER / folder).glob("*.ipynb")):
        execute(path)
    sync(folder)
    sync_claims()


def execute(path: Path) -> None:
    """Run a notebook as *Run All Cells* does, and store its outputs; nothing of the machine and the moment."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    metadata = notebook.metadata.copy()
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(path.parent)}}).execute()
    notebook.metadata = metadata
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    finish_lesson(sys.argv[1])
