"""The exporter of nbgrader's Autograde: reads strictly, and writes audit records."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from traitlets import Instance

from grader.checks.errors import GraderError
from grader.marking.course.contents import is_below_a_link, printable
from grader.marking.course.course import Course
from grader.marking.steps import marking_record
from grader.marking.steps.audit_records import AuditRecords, audit_record
from grader.marking.steps.read_notebook import READ, read_notebook


class StrictNotebookExporter(NotebookExporter):
    """nbconvert's notebook exporter, reading with `read_notebook`.

    `nbgrader autograde` and Formgrader give it a file, `autograde.marker` a notebook; the steps and the resulting text
    are the same.
    """

    course = Instance(Course, help="The course whose submissions are marked.").tag(config=True)

    @property
    def steps(self) -> list[Any]:
        """The steps that are registered, in order."""
        return list(self._preprocessors)

    def from_filename(  # type: ignore[override]  # as all of nbconvert's exporters: it gives text, not a notebook
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, ResourcesDict]:
        """Read a file, run the steps on it, and write its audit record if they have marked it."""
        resources = ResourcesDict(**(resources or {}))
        resources["metadata"] = {"path": os.path.dirname(os.path.abspath(filename)), "name": Path(filename).stem}
        about: dict[str, str] = resources.get("nbgrader") or {}
        if about:
            refuse_links(self.course, about["assignment"], about["student"])
        text, resources = self.from_notebook_node(self._read(Path(filename)), resources=resources, **kw)
        if (marked := marking_record.found(resources)) is not None:
            records = AuditRecords(self.course, about["assignment"])
            records.write(about["student"], about["notebook"], audit_record(marked, text))
        return text, resources

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, ResourcesDict]:
        """Run the steps on a notebook, and return it as text.

        nbconvert would also copy it twice, validate it after every step and indent the text: ten times slower.
        """
        nb, resources = self.through(nb, self._init_resources(resources))  # type: ignore[no-untyped-call]
        return self.text(nb), resources

    def through(
        self, nb: NotebookNode, resources: ResourcesDict, steps: Sequence[Any] | None = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run the steps, or only these, on a notebook."""
        for step in self.steps if steps is None else steps:
            nb, resources = step(nb, resources)
        return nb, resources

    def text(self, nb: NotebookNode) -> str:
        """A notebook as text: the same for the same cells, though nbformat draws ids for those that steps have added.

        Raises:
            nbformat.ValidationError: it is none.
        """
        for number, cell in enumerate(nb.cells):
            if not cell.get("id", "").startswith(READ):
                cell["id"] = f"added-{number}"
        nbformat.validate(nb, relax_add_props=True)
        return json.dumps(nb, ensure_ascii=False)

    def _read(self, path: Path) -> NotebookNode:
        """A student's notebook, or the one that nbgrader writes between sanitising and marking.

        That is ours, as it is: `read_notebook` would not know the cells that the grader has put there.
        """
        if Path(os.path.abspath(path)).is_relative_to(os.path.abspath(self.course.autograded)):
            nb: NotebookNode = nbformat.read(path, as_version=4)
            return nb
        return read_notebook(path)


def refuse_links(course: Course, lesson: str, student: str) -> None:
    """A submission that is a link to another's folder would be marked as that student's own.

    Raises:
        GraderError: it is one.
    """
    if is_below_a_link(course.submission(student, lesson), course.submitted):
        raise GraderError(f"what {student} handed in is a link, which is not followed: put the files there")


def in_words(failure: Exception) -> str:
    """Why something was not marked, from the exception."""
    if isinstance(failure, GraderError):
        return str(failure)
    if isinstance(failure, OSError) and failure.filename and failure.strerror:
        name = printable(Path(os.fsdecode(failure.filename)).name)
        return f"{name} cannot be read or written ({failure.strerror}): give yourself the right to, or ask for it again"
    return f"marking broke off ({type(failure).__name__}: {failure})"
