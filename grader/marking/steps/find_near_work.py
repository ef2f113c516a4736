"""Finds what a student wrote outside the cell of a question, be it one that a person marks or one in code.

An untouched cell is no proof that nothing was done: the answer may stand in a cell below, or in a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, is_grade, is_solution

from grader.marking.course.contents import printable
from grader.marking.course.version import digest_of
from grader.marking.steps import marking_record
from grader.marking.steps.audit_records import text_digest
from grader.marking.steps.cells_to_run import grade_id
from grader.marking.steps.code_elsewhere import code_elsewhere
from grader.marking.steps.course_step import CourseStep
from grader.marking.steps.keep_locked_text import INTO_CHECK, INTO_QUESTION
from grader.marking.steps.name_other_files import HEADING, as_markdown
from grader.marking.steps.notes import FROM_GRADER, from_grader
from grader.marking.steps.other_files import names_beside
from grader.marking.steps.pick_copy import COPIES, words
from grader.marking.steps.released_cells import lesson_texts, released_cells
from grader.marking.steps.restore_cells import MISSING

NEAR = "rnn_workbook_near"
"""In the metadata of a cell of the student's own that stands near a question which a person marks."""
OF_GRADER = (MISSING, COPIES, INTO_QUESTION, INTO_CHECK)
"""Texts of cells that earlier steps put into the notebook; `nbgrader autograde` loses their metadata in between."""
MOST_NAMES = 5
"""Files that are named in a line."""


class FindNearWork(CourseStep):
    """Before `SaveVerdicts`: marks such cells, names the files, and notes which answers may lie elsewhere."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Put a note in front of each question's cell near which something is found."""
        about, now = resources["nbgrader"], marking_record.of(resources)
        own = lesson_texts(self.course, about["assignment"], about["notebook"])
        folder = self.course.submission(about["student"], about["assignment"])
        files = names_beside(self.course, about["assignment"], about["student"])
        handed_in = digest_of(folder, [folder / name for name in files]).hex()
        now.elsewhere, now.outside = {}, {}
        released = released_cells(self.course, about["assignment"], about["notebook"])
        stubs = frozenset(map(words, released.values()))
        for cell in nb.cells:
            if cell.cell_type == "markdown" and cell.source.startswith((HEADING, *OF_GRADER)):
                cell.metadata[FROM_GRADER] = True
        for answer in [cell for cell in nb.cells if is_grade(cell) and is_solution(cell)]:
            near, far = _near(nb, answer, own), _far(nb, own)
            for cell in near:
                cell.metadata[NEAR] = True
            said = _found(near, [cell for cell in far if NEAR not in cell.metadata], files)
            counted = [*near, *far] if is_untouched(answer) else near
            now.outside[grade_id(answer)] = text_digest(repr([[content(cell) for cell in counted], handed_in]))
            if said and is_untouched(answer):
                now.elsewhere[grade_id(answer)] = f"its cell is untouched, and the answer may lie elsewhere: {said}"
            if said:
                note = f"**Outside the cell of this question:** {as_markdown(said)}. A person marks this question."
                nb.cells.insert(_place(nb, answer), from_grader(note))
        self._find_code(nb, now, own | stubs)
        return nb, resources

    def _find_code(self, nb: NotebookNode, now: marking_record.Marking, own: frozenset[str]) -> None:
        """Put a note in front of each check that found no answer where one may stand elsewhere."""
        for name, verdict in now.verdicts.items():
            if why := code_elsewhere(nb, verdict, own):
                now.elsewhere[name] = why
                at = next(i for i, cell in enumerate(nb.cells) if grade_id(cell) == name)
                nb.cells.insert(at, from_grader(f"{as_markdown(why)}. A person marks this exercise."))


def is_untouched(answer: NotebookNode) -> bool:
    """Is the cell as it was released, with no picture attached to it?"""
    same = answer.metadata.nbgrader.get("checksum") == compute_checksum(answer)
    return bool(same and not answer.get("attachments"))


def content(cell: NotebookNode) -> str:
    """What a cell says: its text, and the digest of the pictures attached to it, if there are any."""
    pictures = cell.get("attachments")
    return f"{cell.source}\n{text_digest(json.dumps(pictures, sort_keys=True))}" if pictures else str(cell.source)


def work_near(nb: NotebookNode, answer: NotebookNode) -> list[NotebookNode]:
    """The student's own cells near a question, in a notebook that was marked."""
    begin, end = _between(nb, answer)
    return [cell for cell in nb.cells[begin:end] if NEAR in cell.metadata]


def work_far(nb: NotebookNode, own: frozenset[str]) -> list[NotebookNode]:
    """The student's own text that is near no question, in a notebook that was marked.

    Args:
        nb: the marked notebook.
        own: the lesson's texts, of `lesson_texts`.
    """
    return [cell for cell in _far(nb, own) if NEAR not in cell.metadata]


def _is_students(cell: NotebookNode, own: frozenset[str]) -> bool:
    """Is it a cell with text that is neither the lesson's nor the grader's?"""
    text = words(cell.source)
    return bool(text) and text not in own and not grade_id(cell) and FROM_GRADER not in cell.metadata


def _near(nb: NotebookNode, answer: NotebookNode, own: frozenset[str]) -> list[NotebookNode]:
    """The student's own cells between the exercises before and after a question."""
    begin, end = _between(nb, answer)
    return [cell for cell in nb.cells[begin:end] if _is_students(cell, own)]


def _between(nb: NotebookNode, answer: NotebookNode) -> tuple[int, int | None]:
    """The places from the end of the exercise before a question to the beginning of the one after it."""
    mine = {grade_id(answer), f"{grade_id(answer)}-question"}
    at = _place(nb, answer)
    others = [i for i, cell in enumerate(nb.cells) if grade_id(cell) and grade_id(cell) not in mine]
    return max((i for i in others if i < at), default=-1) + 1, min((i for i in others if i > at), default=None)


def _far(nb: NotebookNode, own: frozenset[str]) -> list[NotebookNode]:
    """The student's own text, wherever it stands."""
    return [cell for cell in nb.cells if cell.cell_type != "code" and _is_students(cell, own)]


def _place(nb: NotebookNode, cell: NotebookNode) -> int:
    return next(i for i, other in enumerate(nb.cells) if other is cell)


def _found(near: Sequence[NotebookNode], far: Sequence[NotebookNode], files: Sequence[str]) -> str:
    """What was found, in words; "" where nothing was."""
    return "; ".join(_parts(near, far, files))


def _parts(near: Sequence[NotebookNode], far: Sequence[NotebookNode], files: Sequence[str]) -> Iterator[str]:
    if near:
        yield f"{_cells(near)} of the student's own near it"
    if far:
        yield f"{_cells(far)} of the student's own text in other places of the notebook"
    if files:
        more = f" and {len(files) - MOST_NAMES} more" if len(files) > MOST_NAMES else ""
        yield f"handed in beside the notebook: {', '.join(map(printable, files[:MOST_NAMES]))}{more}"


def _cells(cells: Sequence[NotebookNode]) -> str:
    return f"{len(cells)} cell{'s' * (len(cells) > 1)}"
