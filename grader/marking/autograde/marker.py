"""Marks one notebook in two halves, between which it may run elsewhere.

`Marker.sanitise` makes a submitted notebook ready to run, `Marker.mark` marks what was run: with the steps that
``nbgrader_config.py`` names, as `nbgrader autograde` does, but for many submissions side by side.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI

from grader.marking.course.course import Course
from grader.marking.sandbox.job import Job, Result
from grader.marking.steps import marking_record
from grader.marking.steps.audit_records import AuditRecords, Record, audit_record
from grader.marking.steps.follow_through import first_pass
from grader.marking.steps.nbgrader_adapter import AutogradeInHalves
from grader.marking.steps.other_files import OtherFiles, other_files
from grader.marking.steps.read_notebook import read_notebook
from grader.marking.steps.run_in_sandbox import RunInSandbox
from grader.marking.steps.save_verdicts import leave_to_a_person, take_back_zero


@dataclass
class Part:
    """One notebook of a submission: sanitised, and ready to run."""

    name: str
    nb: NotebookNode
    resources: ResourcesDict

    @property
    def job(self) -> Job:
        """What is to be run."""
        return marking_record.of(self.resources).job

    @property
    def result(self) -> Result:
        """What came of the first run."""
        return marking_record.of(self.resources).ran


class Marker:
    """Sanitises and marks the submissions of one lesson.

    Args:
        course, lesson: which lesson of which course.
        api: nbgrader's, configured for that course.
        log: where nbgrader's steps write.
    """

    def __init__(self, course: Course, lesson: str, api: NbGraderAPI, log: logging.Logger) -> None:
        self.course, self.lesson = course, lesson
        self.records = AuditRecords(course, lesson)
        self._nbgrader = AutogradeInHalves(lesson, coursedir=api.coursedir, parent=api, log=log)
        self._db_url: str = api.coursedir.db_url
        self._runner: RunInSandbox = self._nbgrader.step(RunInSandbox)

    def other_files(self, student: str) -> OtherFiles:
        """What lies beside the lesson's notebooks of a submission."""
        return other_files(self.course, self.lesson, student, self._runner.limits.disk // 2)

    def is_marked(self, student: str, notebooks: Iterable[str]) -> bool:
        """Is it marked completely, and have submission, lesson and grader not changed since?"""
        content, folder = self._runner.fingerprint(self.lesson, student), self.marked(student)
        return all(self.records.is_finished(student, name, folder / f"{name}.ipynb", content) for name in notebooks)

    def marked(self, student: str) -> Path:
        """The folder with a student's marked notebooks."""
        return self._nbgrader.marked(student)

    def set_links_aside(self, student: str, notebooks: Iterable[str]) -> None:
        """Call the hook that nbgrader calls before a conversion."""
        self._nbgrader.set_links_aside(student, self._paths(student, notebooks))

    def sanitise(self, student: str, notebook: str) -> Part:
        """The first half for one notebook; it saves and writes nothing.

        Raises:
            GraderError: it cannot be marked as it is.
        """
        resources = self._resources(student, notebook)
        nb = read_notebook(self.course.submission(student, self.lesson) / f"{notebook}.ipynb")
        nb, resources = self._nbgrader.before.through(nb, resources)
        marking_record.put(resources, self._runner.marking(nb, resources))
        return Part(notebook, nb, resources)

    def take(self, part: Part, result: Result) -> Job | None:
        """Take what came of a run of a notebook; returns the job of a second pass where it needs one, or None."""
        now = marking_record.of(part.resources)
        if now.result is None:
            now.result = result
            first_pass(now, part.nb)
            return now.second_job
        now.second = result
        return None

    def prepare(self, student: str, notebooks: Iterable[str]) -> None:
        """Make a submission's row in the gradebook and its folder anew; delete its audit records."""
        self.records.forget(student)
        self._nbgrader.prepare(student, self._paths(student, notebooks))

    def mark(self, student: str, part: Part, result: Result) -> Record:
        """The second half for one notebook: mark it, put the marks into the gradebook, write the marked notebook.

        Returns:
            its audit record, to be written when the gradebook is saved.
        """
        now = marking_record.of(part.resources)
        if now.result is not result:
            now.result, now.first, now.second_job, now.second = result, None, None, None
        text, resources = self._nbgrader.after.from_notebook_node(part.nb, part.resources)
        folder = self.marked(student)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{part.name}.ipynb").write_text(text, encoding="utf-8")
        return audit_record(marking_record.of(resources), text)

    def give_up(self, student: str, notebook: str, reason: str) -> None:
        """Note that a notebook could not be marked at all, and why: its cells wait for a person."""
        self.records.write_unmarked(student, notebook, reason)
        about = self._resources(student, notebook)["nbgrader"]
        if not (self.course.submission(student, self.lesson) / f"{notebook}.ipynb").exists():
            take_back_zero(about)
        leave_to_a_person(about)

    def set_permissions(self, student: str) -> None:
        """Give the marked files the rights that nbgrader's configuration wants."""
        self._nbgrader.set_permissions(self.lesson, student)

    def forget(self, student: str) -> None:
        """Remove the folder of a submission of which nothing could be marked."""
        shutil.rmtree(self.marked(student), ignore_errors=True)

    def _paths(self, student: str, notebooks: Iterable[str]) -> list[Path]:
        folder = self.course.submission(student, self.lesson)
        return [folder / f"{notebook}.ipynb" for notebook in notebooks]

    def _resources(self, student: str, notebook: str) -> ResourcesDict:
        """What nbgrader's steps are told about a notebook."""
        about = {"student": student, "assignment": self.lesson, "notebook": notebook, "db_url": self._db_url}
        place = ResourcesDict(path=str(self.course.submission(student, self.lesson)), name=notebook)
        return ResourcesDict(nbgrader=about, unique_key=notebook, metadata=place)
