"""Whole submissions of lesson 01, all right but for what a test's module does to them, marked in one run."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import nbformat
import pytest

from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import Course
from grader.marking.proving import samples
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.steps.audit_records import AuditRecords

LESSON = "01-srn"


@dataclass(frozen=True)
class Marked:
    """One marked submission: its audit record, and its notebook."""

    record: dict
    nb: nbformat.NotebookNode

    @property
    def points(self):
        return {name: facts["points"] for name, facts in self.record["tasks"].items()}

    def report(self, task):
        """The text of the report on a task."""
        known = (cell for cell in self.nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == task.grade_id)
        return " ".join(next(known).outputs[0].data["text/plain"].split())


@pytest.fixture(scope="module")
def marked(request, course_with, runner, own, tmp_path_factory):
    """marked(student): of the module's `EDITS`, student → what was done to the solved notebook."""
    course = Course(tmp_path_factory.mktemp("marked") / "course")
    shutil.copytree(course_with(LESSON).root, course.root)
    for student, edit in request.module.EDITS.items():
        nb = samples.solve(nbformat.read(course.release / LESSON / f"{LESSON}.ipynb", as_version=4), own)
        edit(nb)
        course.submission(student, LESSON).mkdir(parents=True)
        nbformat.write(nb, course.submission(student, LESSON) / f"{LESSON}.ipynb")
    autograde(course, LESSON, pool=lambda lesson: LocalPool(course, lesson, 2, runner=runner))

    def read(student):
        path = course.autograded / student / LESSON / f"{LESSON}.ipynb"
        return Marked(AuditRecords(course, LESSON).read(student, LESSON), nbformat.read(path, as_version=4))

    return read
