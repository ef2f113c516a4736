"""Refuses a notebook whose work lies in another file, and names in the marked notebook what else was handed in."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from grader.checks.errors import GraderError
from grader.marking.steps.answer_cells import answers_of
from grader.marking.steps.course_step import CourseStep
from grader.marking.steps.foreign_notebook import has_nothing_of
from grader.marking.steps.other_files import another_lessons, other_files

HEADING = "What else was handed in, and is not marked:"


class NameOtherFiles(CourseStep):
    """Before `RestoreCells`, which takes the names of other lessons' cells away.

    Raises:
        GraderError: the notebook is another lesson's, or none of the course's; or it is untouched, and a copy beside it
            has answers.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Refuse the notebook, or put a cell with the names in front of it."""
        about = resources["nbgrader"]
        lesson, notebook = about["assignment"], about["notebook"]
        others = other_files(self.course, lesson, about["student"])
        why_not = another_lessons(lesson, notebook, answers_of(nb)) or others.instead_of(notebook, lesson)
        if not why_not and has_nothing_of(self.course, lesson, notebook, nb):
            why_not = f"{notebook}.ipynb has no cell and no answer of the lesson: ask for the right file"
        if why_not:
            raise GraderError(why_not)
        if others.notes:
            lines = "".join(f"- {as_markdown(note)}\n" for note in others.notes)
            nb.cells.insert(0, new_markdown_cell(f"{HEADING}\n\n{lines}", id="other-files"))
        return nb, resources


def as_markdown(note: str) -> str:
    """A line that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+!|$&~" else c for c in note)
