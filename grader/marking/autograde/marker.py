"""Marks one notebook in three parts, between which it may be elsewhere.

`Marker.sanitise` makes a submitted notebook ready to run, `Marker.judge` judges what was run, in any trusted process,
and `Marker.mark` saves the marks: with the steps that ``nbgrader_config.py`` names, as `nbgrader autograde` does, but
for many submissions side by side.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI

from grader.marking.course.course import Course
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.stage_times import Times, stage
from grader.marking.steps import marking_record
from grader.marking.steps.audit_records import AuditRecords, Record, audit_record
from grader.marking.steps.follow_through import first_pass
from grader.marking.steps.last_good_marks import LastGoodMarks
from grader.marking.steps.late_penalty import LatePenalties, settle_late_penalties
from grader.marking.steps.marking_record import Marking
from grader.marking.steps.nbgrader_adapter import AutogradeInParts
from grader.marking.steps.other_files import OtherFiles, other_files
from grader.marking.steps.read_notebook import read_notebook
from grader.marking.steps.run_in_sandbox import RunInSandbox
from grader.marking.steps.save_verdicts import is_saved, set_aside_hand_marks
from grader.marking.steps.shared_gradebook import SharedGradebook


@dataclass
class Part:
    """One notebook of a submission: sanitised, and ready to run; once it is judged, with the marked notebook's text."""

    name: str
    nb: NotebookNode
    resources: ResourcesDict
    text: str = ""

    @property
    def job(self) -> Job:
        """What is to be run."""
        return marking_record.of(self.resources).job

    @property
    def result(self) -> Result:
        """What came of the first run."""
        return marking_record.of(self.resources).ran


@dataclass
class Judged:
    """What judging a notebook gave.

    Attributes:
        marking: its marking so far; once it is judged, what gradebook and audit record need of it.
        nb, text: the marked notebook; None and "" where a second pass comes first.
        seconds: how long it took.
        stages: how long each part of it took.
    """

    marking: Marking
    nb: NotebookNode | None = None
    text: str = ""
    seconds: float = 0.0
    stages: Times = field(default_factory=dict)


class Marker:
    """Sanitises and marks the submissions of one lesson.

    Args:
        course, lesson: which lesson of which course.
        api: nbgrader's, configured for that course.
        log: where nbgrader's steps write.

    Attributes:
        last: the marks of earlier attempts.
    """

    def __init__(self, course: Course, lesson: str, api: NbGraderAPI, log: logging.Logger) -> None:
        self.course, self.lesson = course, lesson
        self.records = AuditRecords(course, lesson)
        self._nbgrader = AutogradeInParts(lesson, coursedir=api.coursedir, parent=api, log=log)
        self._config = api.config
        self.db_url, self.course_id = api.coursedir.db_url, api.coursedir.course_id
        self.last = LastGoodMarks(course, lesson, self.db_url)
        self._runner: RunInSandbox = self._nbgrader.step(RunInSandbox)

    def other_files(self, student: str) -> OtherFiles:
        """What lies beside the lesson's notebooks of a submission."""
        return other_files(self.course, self.lesson, student, self._runner.limits_of(self.lesson).disk // 2)

    def is_marked(self, student: str, notebooks: Iterable[str]) -> bool:
        """Is it marked completely, the gradebook says so too, and submission, lesson and grader have not changed?"""
        content, folder = self._runner.fingerprint(self.lesson, student), self.marked(student)
        return all(
            self.records.is_finished(student, name, folder / f"{name}.ipynb", content)
            and is_saved(self.last.about(student, name), self.records.good(student, name) or {})
            for name in notebooks
        )

    def marked(self, student: str) -> Path:
        """The folder with a student's marked notebooks."""
        return self._nbgrader.marked(student)

    def set_links_aside(self, student: str, notebooks: Iterable[str]) -> None:
        """Call the hook that nbgrader calls before a conversion."""
        self._nbgrader.set_links_aside(student, self._paths(student, notebooks))

    @stage("sanitise")
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

    @stage("notebook")
    def judge(self, part: Part, result: Result) -> Judged:
        """Judge what came of a run of a notebook: all steps that need no gradebook. It saves and writes nothing.

        Where a second pass is needed, its job is in the marking, and the steps are left for its result.
        """
        begin = perf_counter()
        now = marking_record.of(part.resources)
        if now.result is None:
            now.result = result
            first_pass(now, part.nb)
            if now.second_job is not None:
                return Judged(now, seconds=perf_counter() - begin)
        else:
            now.second = result
        nb, text = self._nbgrader.judged(part.nb, part.resources)
        return Judged(marking_record.of_judged(now), nb, text, perf_counter() - begin)

    def take(self, part: Part, judged: Judged) -> Job | None:
        """Take what a notebook's judging gave; returns the job of a second pass where it needs one, or None."""
        marking_record.put(part.resources, judged.marking)
        if judged.nb is None:
            return judged.marking.second_job
        part.nb, part.text = judged.nb, judged.text
        return None

    def prepare(self, student: str, notebooks: Iterable[str], failed: Iterable[str]) -> None:
        """Make a submission's row in the gradebook and its folder anew; none of its audit records is finished then.

        Args:
            student: whose.
            notebooks: those that were handed in.
            failed: those that cannot be marked, be they handed in or not.
        """
        there = {*notebooks, *failed}
        gone = self.last.gone(student, there)
        self.records.begin(student, there)
        self._nbgrader.prepare(student, self._paths(student, notebooks))
        for name in gone:
            set_aside_hand_marks(self.last.about(student, name))

    def mark(self, student: str, part: Part) -> Record:
        """Put the marks of a judged notebook into the gradebook, and write the marked notebook.

        Returns:
            its audit record, to be written when the gradebook is saved.
        """
        self._nbgrader.save(part.nb, part.resources)
        folder = self.marked(student)
        folder.mkdir(parents=True, exist_ok=True)
        with stage("notebook"):
            (folder / f"{part.name}.ipynb").write_text(part.text, encoding="utf-8")
        with stage("audit record"):
            return audit_record(marking_record.of(part.resources), part.text)

    def settle_all(self, gradebook: SharedGradebook) -> None:
        """Put all dates, extensions and penalties into the gradebook that are not there yet, and save them."""
        try:
            LatePenalties(self._config).settle_all(gradebook)
            gradebook.save()
        finally:
            gradebook.undo()

    def settle_late_penalties(self, gradebook: SharedGradebook, student: str) -> None:
        """Put what is taken off for handing in late into the gradebook: a due date may have moved."""
        settle_late_penalties(gradebook, self._config, self.lesson, student)

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
        about = self.last.about(student, notebook)
        place = ResourcesDict(path=str(self.course.submission(student, self.lesson)), name=notebook)
        return ResourcesDict(nbgrader=about, unique_key=notebook, metadata=place)
