"""The notes that a kernel left on what a notebook's cells lack, and what they explain.

What a note says comes from the student's side: it is shown, never trusted. It explains marks and changes none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from grader.checks.failure import printable
from grader.inside.salvage import NOTE
from grader.marking.judge.referee import Verdict

FROM_GRADER = "rnn_workbook_from_grader"
"""In the metadata of a cell that the grader has put into a notebook."""
MOST_FAILURES = 10
"""Failed cells that are named on top."""
NOT_DEFINED = re.compile(r"NameError: name '(\w+)' is not defined")
ON_TOP = (
    "**A cell failed when this notebook was marked.** That may explain marks that are missing below. The lesson's own "
    "imports and definitions were there, and what follows the failed line in its cell was run as far as it could be; "
    "of a cell that Python cannot read, nothing was."
)
OLD = "**These marks are of an earlier attempt.**"
"""Beginning of the note on top of a marked notebook in whose place a newer one could not be marked."""
NOT_PYTHON = ("SyntaxError", "IndentationError", "TabError")
"""How the errors begin with which Python refuses to read a cell."""
INCOMPLETE = "incomplete input"
"""What IPython says of a cell whose last bracket, or quotation mark, is missing."""
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
NOT_RUN = (
    "That cell is an experiment. Of experiments marking has what they define (imports, functions, classes, constants), "
    "not what they compute: compute it in your answer, or in a cell of your own."
)


@dataclass(frozen=True)
class Note:
    """What one cell lacks, as the kernel says: see `grader.inside.salvage.Note`.

    Attributes:
        index: the cell's place in the notebook.
        where: the cell in words.
        line, source, error: where it failed and how; 0, "" and "" where it was not to be run.
        missing: name → number and text of the line that would have bound it.
    """

    index: int
    where: str
    line: int
    source: str
    error: str
    missing: Mapping[str, tuple[int, str]]

    def place(self, line: int, source: str) -> str:
        """A line of the cell, in words."""
        return f"line {line} of the cell {self.where}" + (f", `{source}`" if source else "")

    @property
    def failure(self) -> str:
        """Where it failed and how, in words."""
        return f"{self.place(self.line, self.source)}: `{self.error}`"

    @property
    def is_not_python(self) -> bool:
        """Has Python refused to read the cell?"""
        return self.error.startswith(NOT_PYTHON)

    @property
    def cause(self) -> str:
        """What the error says, without its kind."""
        return self.error.partition(": ")[2]


def take_notes(nb: NotebookNode) -> list[Note]:
    """Remove the notes from a notebook's outputs, and read them."""
    found = []
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            bundles = [output["data"][NOTE] for output in cell.outputs if NOTE in output.get("data", {})]
            cell.outputs = [output for output in cell.outputs if NOTE not in output.get("data", {})]
            found += [_read(bundle, index, where_in(nb.cells, index)) for bundle in bundles[-1:]]
    return found


def name_the_cause(nb: NotebookNode, notes: Sequence[Note]) -> None:
    """Where IPython says of a cell no more than "incomplete input", show what Python says of it."""
    for note in notes:
        if note.is_not_python and note.cause:
            for output in nb.cells[note.index].outputs:
                if output.output_type == "error" and str(output.get("evalue")).startswith(INCOMPLETE):
                    output.evalue = str(output.evalue).replace(INCOMPLETE, note.cause)
                    lines = output.get("traceback")
                    lines = lines if isinstance(lines, list) else []
                    output.traceback = [str(line).replace(INCOMPLETE, note.cause) for line in lines]


def _read(bundle: object, index: int, where: str) -> Note:
    """The note in a bundle; what is not of its form is left out."""
    given: Mapping[object, object] = bundle if isinstance(bundle, dict) else {}
    line, names = given.get("line"), given.get("missing")
    missing = dict(_read_missing(names) if isinstance(names, dict) else ())
    source, error = _text(given.get("source"), 80), _text(given.get("error"), 200)
    return Note(index, where, line if type(line) is int else 0, source, error, missing)


def _read_missing(names: Mapping[object, object]) -> Iterator[tuple[str, tuple[int, str]]]:
    for name, place in names.items():
        if isinstance(name, str) and name.isidentifier() and isinstance(place, list | tuple) and len(place) == 2:
            line, source = place
            yield name, (line if type(line) is int else 0, _text(source, 80))


def _text(value: object, most: int) -> str:
    """On one line, and without the sign that ends code in a sentence."""
    return printable(value, most).replace("`", "'") if isinstance(value, str) else ""


def where_in(cells: Sequence[NotebookNode], index: int) -> str:
    """Where a cell stands: below which heading, or on top."""
    for cell in reversed(cells[:index]):
        if cell.cell_type == "markdown" and (found := HEADING.findall(cell.source)):
            return f"below “{_text(found[-1], 80)}”"
    return "at the top of the notebook"


def failures(notes: Sequence[Note], graded: frozenset[int]) -> list[str]:
    """The cells that failed, apart from those whose index is in ``graded``: which, in which line, and why."""
    return [f"{note.failure}{_cause(note, notes)}" for note in notes if note.error and note.index not in graded]


def cut_cells(cells: Sequence[NotebookNode], cut: Mapping[int, str], graded: frozenset[int]) -> list[str]:
    """The cells that were interrupted, apart from those in ``graded``: which, and why (``cut``, by index)."""
    places = [index for index in sorted(cut) if 0 <= index < len(cells) and index not in graded]
    return [f"the cell {where_in(cells, index)}, `{_text(cells[index].source, 80)}`: {cut[index]}" for index in places]


def _cause(note: Note, notes: Sequence[Note]) -> str:
    """What a student can do about a failure, where that is known."""
    if found := re.match(r"ModuleNotFoundError: No module named '([\w.]+)'", note.error):
        return f" (the marking machine does not have `{found[1]}`; what the lessons import is there)"
    if note.is_not_python:
        return " (the cell is not Python)"
    if note.source.startswith("%"):
        return " (a magic that marking cannot run, and does not need)"
    found = NOT_DEFINED.match(note.error)
    why = _lacking(found[1], [each for each in notes if not each.error], note.index) if found else ""
    return f". {why}" if why else ""


def explained(verdict: Verdict, cell: NotebookNode, index: int, notes: Sequence[Note]) -> Verdict:
    """The verdict, which says first why a name was missing, where that is why points are missing.

    Args:
        verdict: of a grade cell.
        cell, index: that cell, as it was run, and its place.
        notes: of the notebook.
    """
    for name in dict.fromkeys(_undefined(verdict, cell)):
        if why := _lacking(name, notes, index):
            remarks = (f"No answer arrived: {why}",) if not verdict.findings else (why, *verdict.remarks)
            return replace(verdict, remarks=remarks, reason=_in_a_line(name, notes, index))
    return verdict


def _undefined(verdict: Verdict, cell: NotebookNode) -> Iterator[str]:
    """The names that were not defined when the answer, or the cell itself, was run."""
    said = [finding.detail for finding in verdict.findings if finding.kind == "exception"]
    said += [f"{out.get('ename')}: {out.get('evalue')}" for out in cell.outputs if out.get("output_type") == "error"]
    yield from (found[1] for text in said if (found := NOT_DEFINED.match(text)))


def _lacking(name: str, notes: Sequence[Note], index: int) -> str:
    """Why a name is missing in the cell with that index, in a sentence; "" where no note knows."""
    note = _note_of(name, notes, index)
    if note is None:
        return ""
    if note.is_not_python:
        return f"the cell that defines `{name}` is not Python: {note.failure}. Python runs nothing of such a cell."
    if note.error:
        return f"`{name}` was not there, because a cell failed: {note.failure}{_cause(note, notes)}"
    return f"`{name}` was not there: {note.place(*note.missing[name])}, computes it. {NOT_RUN}"


def _note_of(name: str, notes: Sequence[Note], index: int) -> Note | None:
    """The note on that name which is nearest above the cell with that index, or else below it; None: there is none."""
    those = [note for note in notes if name in note.missing]
    return max(those, key=lambda each: each.index if each.index < index else -each.index) if those else None


def _in_a_line(name: str, notes: Sequence[Note], index: int) -> str:
    """The same as `_lacking` for tables."""
    note = _note_of(name, notes, index)
    if note is not None and note.is_not_python:
        return f"the cell that defines `{name}` is not Python (line {note.line}: {note.cause})"
    return f"`{name}` is not there in marking"


def from_grader(text: str) -> NotebookNode:
    """A cell that the grader puts into a notebook, known as such by its metadata."""
    cell: NotebookNode = new_markdown_cell(text, metadata={FROM_GRADER: True})
    return cell


def with_old_note(notebook: str, reason: str) -> str:
    """The text of a marked notebook with a note on top: its marks are of an earlier attempt, and why."""
    nb = json.loads(notebook)
    cells = [cell for cell in nb["cells"] if not (FROM_GRADER in cell["metadata"] and OLD in str(cell["source"]))]
    nb["cells"] = [from_grader(f"{OLD} The newest attempt could not be marked: {_text(reason, 300)}"), *cells]
    return json.dumps(nb, ensure_ascii=False)


def put_on_top(nb: NotebookNode, failed: Sequence[str]) -> None:
    """Name the cells that failed at the top of a marked notebook."""
    if failed:
        more = [f"… and {len(failed) - MOST_FAILURES} more"] if len(failed) > MOST_FAILURES else []
        lines = "\n".join(f"- {line[:1].upper()}{line[1:]}" for line in [*failed[:MOST_FAILURES], *more])
        nb.cells.insert(0, from_grader(f"{ON_TOP}\n\n{lines}"))
