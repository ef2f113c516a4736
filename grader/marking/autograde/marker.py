"""nbgrader's Autograde in two halves, so that between them a notebook may run elsewhere.

`Marker.sanitise` makes a submitted notebook ready to run, `Marker.mark` marks what was run: with the preprocessors that
``nbgrader_config.py`` names, as `nbgrader autograde` does, but for many submissions side by side.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters.autograde import Autograde

from grader.marking.course.paths import course_folder
from grader.marking.steps.fingerprint import fingerprint
from grader.marking.sandbox.job import Job, Result
from grader.marking.steps.read_notebook import read_notebook
from grader.marking.steps.run_in_sandbox import RunInSandbox
from grader.marking.steps.save_verdicts import forget_traces, trace_of


@dataclass
class Part:
    """One notebook of a submission: sanitised, and ready to run."""

    nb: NotebookNode
    resources: ResourcesDict
    job: Job


class Marker(Autograde):
    """Sanitises and marks the submissions of one lesson."""

    def __init__(self, lesson: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lesson, self.force = lesson, True
        self.coursedir.assignment_id = lesson
        self._before = [step(parent=self) for step in self.sanitize_preprocessors]
        self._after = [step(parent=self) for step in self.autograde_preprocessors]
        self.exporter = self.exporter_class(parent=self)  # nbgrader asks for its file extension
        self.runner = next(step for step in self._after if isinstance(step, RunInSandbox))

    def content(self, student: str) -> str:
        """What the marks of a submission depend on."""
        return fingerprint(self.lesson, student, self.runner.limits)

    def submitted(self, student: str) -> Path:
        """The folder that a student handed in."""
        return course_folder() / "submitted" / student / self.lesson

    def marked(self, student: str) -> Path:
        """The folder with what was marked."""
        return Path(os.path.normpath(self._format_dest(self.lesson, student)))

    def resources(self, student: str, notebook: str) -> ResourcesDict:
        """What nbgrader's preprocessors are told about a notebook."""
        about = {"student": student, "assignment": self.lesson, "notebook": notebook, "db_url": self.coursedir.db_url}
        place = ResourcesDict(path=str(self.submitted(student)), name=notebook)
        return ResourcesDict(nbgrader=about, unique_key=notebook, metadata=place)

    def sanitise(self, student: str, notebook: str) -> Part:
        """The first half for one notebook. Nothing is saved or written by it.

        Raises:
            GraderError: it cannot be marked as it is.
        """
        resources = self.resources(student, notebook)
        resources["content"] = self.content(student)
        nb = read_notebook(self.submitted(student) / f"{notebook}.ipynb")
        nb, resources = _through(self._before, nb, resources)
        return Part(nb, resources, self.runner.job(nb, resources))

    def prepare(self, student: str, notebooks: Iterable[str]) -> None:
        """A submission's row in the gradebook, and its folder with the lesson's files, empty of former marks."""
        forget_traces(self.lesson, student)
        self.coursedir.student_id = student
        self.notebooks = [str(self.submitted(student) / f"{notebook}.ipynb") for notebook in notebooks]
        self.init_destination(self.lesson, student)
        self.init_assignment(self.lesson, student)

    def set_links_aside(self, student: str, notebooks: Iterable[str]) -> None:
        """What nbgrader calls the hook before a conversion."""
        self.coursedir.student_id = student
        self.notebooks = [str(self.submitted(student) / f"{notebook}.ipynb") for notebook in notebooks]
        self.run_pre_convert_hook()

    def forget(self, student: str) -> None:
        """Remove the folder of a submission of which nothing could be marked."""
        shutil.rmtree(self.marked(student), ignore_errors=True)

    def mark(self, part: Part, result: Result) -> dict:
        """The second half for one notebook: mark it, put the marks into the gradebook, write the marked notebook.

        Returns:
            its trace, to be written when the gradebook is saved.
        """
        part.resources["ran"] = part.job.plan, result
        nb, resources = _through(self._after, part.nb, part.resources)
        nbformat.validate(nb, relax_add_props=True)
        text = json.dumps(nb, ensure_ascii=False)  # not indented as nbformat does: that takes five times as long
        folder = self.marked(resources["nbgrader"]["student"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{resources['unique_key']}.ipynb").write_text(text, encoding="utf-8")
        return trace_of(resources, text)


def _through(steps: Iterable, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
    for step in steps:
        nb, resources = step(nb, resources)
    return nb, resources
