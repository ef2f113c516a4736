"""A lesson's notebook as the site shows it: without answers, with words for every picture, no slider that is dead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

from grader.marking.authoring.heads import LAST, THERE

EARNED = ("## What you have earned", "from grader.checks import earned")
"""How the cells begin whose picture is about the reader's own machine."""
ALTS = "alts"
"""The key of a cell's metadata that holds the words for its pictures, in order; `sphinx_extension` reads it."""
LONGEST_ALT = 300
SLIDER = "application/vnd.jupyter.widget-view+json"
SLIDER_CALL = re.compile(r"^(slider|interact)\(", re.MULTILINE)
TO_READ = "This is the lesson to read. [Write your own answers](../../index.md#write-your-own-answers) in JupyterLab."
WITH_ANSWERS = "This page shows the answers: it is for instructors."
STATIC = "In the notebook, a slider changes what is shown here; on this page it stands still."
ABSENT = "In the notebook, a slider stands here."
CAPTION = re.compile(r"\*\*(?P<name>Figure \d+[A-G]?\.\d+)\.\*\* (?P<text>.+)")


def site_notebook(notebook: NotebookNode, *, answers: bool = False) -> NotebookNode:
    """Make a notebook of `lessons` fit to be shown; it is changed in place, and returned.

    Without answers, solutions are cleared by the steps with which nbgrader makes a release, and the checks' reports,
    which tell of right answers, are left out. All other outputs are those that are stored. What is meant for a
    notebook alone is left out too: how a neighbour comes onto one's machine, and what was earned there.
    """
    _leave_out_what_a_page_has_not(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata[ALTS] = list(_alts(notebook, cell))
    if not answers:
        _clear_answers(notebook)
    notebook.cells = [shown for cell in notebook.cells for shown in _without_slider(cell)]
    notebook.cells.insert(1, _note(WITH_ANSWERS if answers else TO_READ))
    notebook.metadata.pop("widgets", None)
    return notebook


def _leave_out_what_a_page_has_not(notebook: NotebookNode) -> None:
    """The page has its own links to the neighbours, above and below; here they are found."""
    notebook.cells[0].source = notebook.cells[0].source.replace(f" · {THERE}", "")
    own = [cell for cell in notebook.cells if not str(cell.get("id", "")).endswith(LAST)]
    notebook.cells = [cell for cell in own if not cell.source.startswith(EARNED)]


def pictures_of(cell: NotebookNode) -> list[NotebookNode]:
    """The outputs of a cell that are pictures, in order."""
    return [output for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})]


def _note(text: str) -> NotebookNode:
    note: NotebookNode = new_markdown_cell(f":::{{note}}\n{text}\n:::")
    return note


def _clear_answers(notebook: NotebookNode) -> None:
    for step in (ClearSolutions(), ClearHiddenTests(), ClearMarkScheme()):
        step.preprocess(notebook, {})
    for cell in notebook.cells:
        if cell.cell_type == "code" and "nbgrader" in cell.metadata:
            cell.outputs = []


# --- words for pictures -------------------------------------------------------------------------------------------


def _alts(notebook: NotebookNode, cell: NotebookNode) -> Iterator[str]:
    """What each picture of a cell shows: its own alt text, else its caption, else what the text below says of it."""
    pictures = pictures_of(cell)
    for number, picture in enumerate(pictures, start=1):
        own = picture.metadata.get("image/png", {}).get("alt", "")
        which = f" ({number} of {len(pictures)})" if len(pictures) > 1 else ""
        yield own or f"{_described_below(notebook, cell)}{which}"


def _described_below(notebook: NotebookNode, cell: NotebookNode) -> str:
    """A caption, as "Figure 1.1: Filled dots are …", or the first sentence of the text that follows."""
    below = notebook.cells[notebook.cells.index(cell) + 1 :]
    text = next((each.source for each in below if each.cell_type == "markdown" and each.source.strip()), "")
    caption = CAPTION.search(text)
    if caption:
        return _plain(f"{caption['name']}: {caption['text']}")
    return _plain(f"A picture. The text says: {text.split('. ')[0]}")


def _plain(markdown: str) -> str:
    """Words without Markdown's signs, not more than fit into an alt text."""
    text = " ".join(re.sub(r"(?<!\w)_|_(?!\w)", "", re.sub(r"[*`$\\{}#]", "", markdown)).split())
    return text if len(text) <= LONGEST_ALT else text[:LONGEST_ALT].rsplit(" ", 1)[0] + " …"


# --- sliders ------------------------------------------------------------------------------------------------------


def _without_slider(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A cell, and where it has a slider a sentence below instead of it."""
    yield cell
    if cell.cell_type != "code":
        return
    cell.outputs = [shown for output in cell.outputs for shown in _still(output)]
    if not SLIDER_CALL.search(cell.source):
        return
    yield _note(STATIC if cell.outputs else ABSENT)


def _still(output: NotebookNode) -> Iterator[NotebookNode]:
    """An output without its slider; nothing where only the slider's name would be left."""
    if SLIDER not in output.get("data", {}):
        yield output
        return
    for kind in (SLIDER, "text/plain"):
        output.data.pop(kind, None)
    if output.data:
        yield output
