"""Puts marks that were read before onto a page: its summary, and where each cell stands."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades

from grader.marking.feedback.pages.layout import lay_out
from grader.marking.feedback.pages.lesson_text import lesson_text
from grader.marking.feedback.pages.marks import Marks, Said
from grader.marking.feedback.pages.summary import summary

NO_RESPONSE = "No response."
"""What nbgrader comments on a cell that is as it was released."""


class GivenMarks(GetGrades):
    """In place of nbgrader's GetGrades: takes the `Marks` in ``resources["marks"]``, and opens no gradebook.

    ``resources["page"]`` is the `Summary`; the cells' metadata are those of `lay_out`, with the comment on them.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Lay the page out."""
        marks: Marks = resources["marks"]
        about = resources["nbgrader"]
        resources["page"] = summary(nb, about, marks, lesson_text(about["assignment"]))
        lay_out(nb, resources["page"])
        for cell in nb.cells:
            cell.metadata.comment = _comment(marks, cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        return nb, resources


def _comment(marks: Marks, grade_id: str) -> Said | None:
    """The comment on a cell, but for nbgrader's own where the report says more."""
    comment, mark = marks.comments.get(grade_id), marks.marks.get(grade_id.removesuffix("-answer"))
    told = mark is not None and bool(mark.says)
    return None if told and comment == Said(NO_RESPONSE) else comment
