"""Puts marks that were read before onto a page: its summary, and where each cell stands."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades

from grader.marking.feedback.pages.layout import lay_out
from grader.marking.feedback.pages.lesson_text import lesson_text
from grader.marking.feedback.pages.marks import Marks
from grader.marking.feedback.pages.summary import summary


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
            cell.metadata.comment = marks.comments.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        return nb, resources
