"""The adapter to nbgrader's internals: its API with this project's configuration, and its Autograde in parts.

Only this file and `shared_gradebook` use nbgrader's private names; a test checks both against the installed version.
"""

from __future__ import annotations

import logging
import os
import re
import sysconfig
import warnings
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import asdict
from datetime import datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import apps, converters
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.autograde import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.plugins import FileNameCollectorPlugin
from nbgrader.preprocessors import SaveCells
from nbgrader.server_extensions.formgrader import formgrader
from nbgrader.server_extensions.formgrader.handlers import SubmissionFilesHandler
from nbgrader.utils import find_all_files
from sqlalchemy.exc import SAWarning
from tornado import web
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader.checks.errors import GraderError
from grader.checks.task import lessons
from grader.marking.course.contents import contents
from grader.marking.course.course import SETTINGS, Course
from grader.marking.course.paths import ROOT
from grader.marking.course.previews import preview_folder
from grader.marking.course.times import time_in
from grader.marking.course.trial import TrialCourse
from grader.marking.sandbox.limits import Limits
from grader.marking.steps.late_penalty import course_of
from grader.marking.steps.plain_collect import PlainCollect
from grader.marking.steps.save_verdicts import SaveVerdicts
from grader.marking.steps.scores_less_penalties import show_scores_less_penalties
from grader.marking.steps.settle import settle
from grader.marking.steps.take_over import finish_take_overs

TIMESTAMP = "timestamp.txt"
CELLS_CHANGED = (
    "{lesson} has other marked cells than when its submissions were marked, and nbgrader keeps those as long as there "
    "are marks. Take that change of the lesson back; or keep a copy of gradebook.db, run "
    "`nbgrader db assignment remove {lesson} --force`, and then release and autograde again: "
    "marks given by hand are lost with that"
)
_given: ContextVar[Course | None] = ContextVar("_given", default=None)
_touches: ContextVar[bool] = ContextVar("_touches", default=True)


def files_to_copy(folder: str, ignored: list[str] | None = None) -> list[str]:
    """nbgrader's `find_all_files`; of a student's submission only what `contents` takes.

    nbgrader copies these files beside the marked notebook. Its own function follows links, ends at a folder's name that
    is not UTF-8, and asks of every file whether it is in the list of all files: 10,000 files took five minutes.
    """
    top = Path(folder)
    if not _is_submission(top):
        found: list[str] = find_all_files(folder, ignored)
        return found
    there = contents(top)
    there.files = [
        file for file in there.files if not any(fnmatch(p, i) for p in file.name.split("/") for i in ignored or ())
    ]
    return [str(top / file.name) for file in there.within(Limits().disk // 2).files]


def _is_submission(folder: Path) -> bool:
    """Is it ``submitted/STUDENT/LESSON``?"""
    return len(folder.parents) > 1 and folder.parents[1].name == Course(Path()).submitted.name


def submitted_at(api: NbGraderAPI, lesson: str, student: str) -> datetime | None:
    """nbgrader's `get_submitted_timestamp`; where timestamp.txt is no time it is None, and not an empty Formgrader."""
    try:
        return time_in(Course(Path(api.coursedir.submitted_directory).parent).submission(student, lesson) / TIMESTAMP)
    except (OSError, ValueError):
        return None


def existing_timestamp(_: CourseDirectory, folder: str) -> datetime | None:
    """nbgrader's `get_existing_timestamp`; its own reads a terabyte, follows links, and takes CST and PM for UTC.

    Raises:
        GraderError: timestamp.txt holds no time; of a ValueError nbgrader makes an AttributeError, without the reason.
        OSError: it cannot be read.
    """
    path = Path(folder) / TIMESTAMP
    if not os.path.lexists(path) or path.is_symlink() or not path.lstat().st_size:
        return None
    try:
        return time_in(path)
    except ValueError as why:
        raise GraderError(f"{TIMESTAMP}: {why}; correct it or remove the file") from None


def settled_gradebook(api: NbGraderAPI) -> Gradebook:
    """nbgrader's `gradebook`, which its API and Formgrader read: with dates and penalties as they are now."""
    gradebook = Gradebook(api.coursedir.db_url, api.course_id)
    settle(gradebook, api.config)
    return gradebook


_nbgraders_assignment = NbGraderAPI.get_assignment


def assignment_with_preview(api: NbGraderAPI, lesson: str, released: set[str] | None = None) -> dict[str, Any] | None:
    """nbgrader's `get_assignment`; Formgrader's Preview leads to a release in a course outside of the clone, too."""
    found: dict[str, Any] | None = _nbgraders_assignment(api, lesson, released)
    course = course_of(api.config)
    if found and found["release_path"] and course is not None:
        found["release_path"] = os.path.relpath(preview_folder(course) / lesson, api.coursedir.root)
    return found


def serve_marked(handler: SubmissionFilesHandler, default_filename: str | None = None) -> None:
    """Let Formgrader hand out files of marked submissions, wherever the course lies, and nothing else."""
    web.StaticFileHandler.initialize(handler, handler.coursedir.autograded_directory, default_filename)


def due_date(submission: SubmittedAssignment) -> datetime | None:
    """nbgrader's `duedate`, which fails where an extension was given and then the due date taken away."""
    due: datetime | None = submission.assignment.duedate
    return due + (submission.extension or timedelta()) if due is not None else None


# nbgrader's own functions, replaced for every road: its command, its API and Formgrader
converters.base.find_all_files = files_to_copy
CourseDirectory.get_existing_timestamp = existing_timestamp
NbGraderAPI.get_submitted_timestamp = submitted_at
NbGraderAPI.gradebook = property(settled_gradebook)
NbGraderAPI.get_assignment = assignment_with_preview
SubmissionFilesHandler.initialize = serve_marked
SubmittedAssignment.duedate = property(due_date)
show_scores_less_penalties()


def configured_course() -> Course:
    """The course that ``nbgrader_config.py`` is to configure: `course_config`'s, otherwise the environment's."""
    return _given.get() or Course.from_environment()


def may_touch() -> bool:
    """May ``nbgrader_config.py`` make the course folder, and mend its rights?"""
    return _touches.get()


def is_ours() -> bool:
    """Is ``nbgrader_config.py`` read by `course_config`, and not by nbgrader itself?"""
    return _given.get() is not None


def course_config(course: Course, *, touches: bool = True) -> Config:
    """Load ``nbgrader_config.py`` for a course.

    Args:
        course: the course.
        touches: may the course folder be made, and its rights be mended?

    Raises:
        GraderError: something that marking needs is not installed, so that the file left the marking out; or it names
            another course, exchange or gradebook than the course's settings.
    """
    before, touched = _given.set(course), _touches.set(touches)
    try:
        config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    finally:
        _given.reset(before)
        _touches.reset(touched)
    refuse_other_sources(config, course)
    if "CourseStep" not in config:
        raise GraderError(
            "this clone has the packages of a student: in the clone, type `make setup` and use .venv/bin/grader; "
            "or pip install --editable '.[instructor]'"
        )
    return config


def refuse_other_sources(config: Config, course: Course) -> None:
    """Course, exchange and gradebook have one source, the settings: half of the commands would not see another.

    Raises:
        GraderError: the configuration names others.
    """
    wanted = (
        ("CourseDirectory", "course_id", course.id, "id"),
        ("CourseDirectory", "db_url", course.db_url, "gradebook"),
        ("Exchange", "root", str(course.exchange), "exchange"),
    )
    for section, name, ours, key in wanted:
        if (theirs := config.get(section, {}).get(name, ours)) != ours:
            raise GraderError(
                f'nbgrader_config.py sets c.{section}.{name} to {theirs!r}: write `{key} = "{theirs}"` into '
                f"{course.root / SETTINGS[0]} in its place, from which all commands have it"
            )


def course_api(
    course: Course, limits: Limits | None = None, gpu: bool | None = None, but: Mapping[str, int] = MappingProxyType({})
) -> NbGraderAPI:
    """nbgrader's API, configured by ``nbgrader_config.py`` whatever the working directory is.

    Args:
        course: the course.
        limits: what a submission may use, in place of the configuration's.
        but: single limits in place of the configuration's, by name, in every lesson.
        gpu: run notebooks where there is a GPU, in place of the configuration's.

    nbgrader starts ``alembic`` by its name, so the environment's programs are put on the path of this process.
    """
    programs = sysconfig.get_path("scripts")
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join((programs, os.environ.get("PATH", os.defpath)))
    warnings.filterwarnings("ignore", "Object of type", SAWarning)  # nbgrader's own queries, harmless
    config = course_config(course)
    if isinstance(course, TrialCourse):
        config.CourseDirectory.db_url = course.db_url  # whatever the file's own lines say
    finish_take_overs(course, str(config.CourseDirectory.db_url))
    if limits is not None:
        config.RunInSandbox.limits = limits
        config.RunInSandbox.lesson_limits = {lesson: asdict(limits) for lesson in lessons()}
    if but:
        step = config.RunInSandbox
        step.limits = step.get("limits", Limits()).but(but)
        known = step.get("lesson_limits", {})
        step.lesson_limits = {lesson: {**known.get(lesson, {}), **but} for lesson in {*known, *lessons()}}
    if gpu is not None:
        config.RunInSandbox.gpu = gpu
    return NbGraderAPI(config=config)


def course_gradebook(api: NbGraderAPI) -> Gradebook:
    """The course's gradebook, settled, to be used in a ``with`` statement."""
    gradebook = Gradebook(api.coursedir.db_url, api.coursedir.course_id)
    settle(gradebook, api.config)
    return gradebook


def collect_attempts(course: Course, lesson: str, any_owner: bool) -> PlainCollect:
    """Collect a lesson's newest attempts; what could not be collected is in the result's ``refused``.

    Raises:
        GraderError: nbgrader cannot collect at all; the message says why.
    """
    work = collector_of(course, lesson)
    work.update = True
    if any_owner:
        work.check_owner = False
    try:
        work.start()
    except ExchangeError as failure:
        if not work.refused:
            raise GraderError(f"the submissions of {lesson} could not be collected: {failure}") from None
    return work


def collector_of(course: Course, lesson: str) -> PlainCollect:
    """What collects a lesson's attempts, before it has begun."""
    api = course_api(course)
    api.coursedir.assignment_id = lesson
    work = PlainCollect(coursedir=api.coursedir, authenticator=api.authenticator, parent=api)
    work.log = quiet()
    return work


def due_in_gradebook(course: Course, lesson: str) -> datetime | None:
    """When a lesson is due by the gradebook, in UTC without a zone."""
    with course_gradebook(course_api(course)) as gradebook:
        try:
            due: datetime | None = gradebook.find_assignment(lesson).duedate
        except MissingEntry:
            return None
    return due


def reader_of_names(config: Config) -> FileNameCollectorPlugin | None:
    """The plugin of `nbgrader zip_collect` that reads the names of files, where the course configures it."""
    if "collector_plugin" not in config.ZipCollectApp and "named_regexp" not in config.FileNameCollectorPlugin:
        return None
    plugin: FileNameCollectorPlugin = ZipCollectApp(config=config).collector_plugin(config=config)
    plugin.log = quiet()
    return plugin


def quiet() -> logging.Logger:
    """A logger that discards nbgrader's own messages of each step: what matters is in the results."""
    for name in ("grader.marking.nbgrader", "tornado.application"):
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
    return logging.getLogger("grader.marking.nbgrader")


def show_submissions_with(exporter: type[HTMLExporter]) -> None:
    """Let Formgrader show submissions with that class, for which nbgrader has no option.

    Formgrader makes its exporter after it has read its configuration, which calls this.
    """
    formgrader.HTMLExporter = exporter


def mark_with(autograde: type[Autograde]) -> None:
    """Let `nbgrader autograde`, nbgrader's API and Formgrader's button mark with that class: there is no option."""
    apps.api.Autograde = apps.autogradeapp.Autograde = autograde


def generate_with(generate: type[GenerateAssignment]) -> None:
    """Let `nbgrader generate_assignment`, nbgrader's API and Formgrader's button make releases with that class."""
    apps.api.GenerateAssignment = apps.generateassignmentapp.GenerateAssignment = generate


class AutogradeInParts(Autograde):
    """nbgrader's Autograde for one lesson, in parts: between them notebooks may be elsewhere.

    Attributes:
        before: the steps that make a notebook ready to run.
        after: those after its run, of which only those from `SaveVerdicts` on need the gradebook.
    """

    def __init__(self, lesson: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.force, self.coursedir.assignment_id = True, lesson
        self.exporter = self.exporter_class(parent=self, config=self.config)  # nbgrader asks for its file extension
        self.before = self._exporter(self.sanitize_preprocessors)
        self.after = self._exporter(self.autograde_preprocessors)

    def _exporter(self, steps: Iterable[type]) -> Any:
        exporter = self.exporter_class(parent=self, config=self.config)
        for step in steps:
            exporter.register_preprocessor(step(parent=self))
        return exporter

    def step(self, kind: type) -> Any:
        """The step of that class in the second half."""
        return next(step for step in self.after.steps if isinstance(step, kind))

    def judged(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, str]:
        """The marked notebook, and its text: the steps before `SaveVerdicts`."""
        steps = self.after.steps
        nb, resources = self.after.through(nb, resources, steps[: self._first_to_save])
        return nb, self.after.text(nb)

    def save(self, nb: NotebookNode, resources: ResourcesDict) -> None:
        """`SaveVerdicts` and the steps after it, which leave the notebook as it is."""
        self.after.through(nb, resources, self.after.steps[self._first_to_save :])

    @property
    def _first_to_save(self) -> int:
        return next((place for place, step in enumerate(self.after.steps) if isinstance(step, SaveVerdicts)), 0)

    def marked(self, student: str) -> Path:
        """The folder with a student's marked notebooks."""
        return Path(os.path.normpath(self._format_dest(self.coursedir.assignment_id, student)))

    def set_links_aside(self, student: str, notebooks: Iterable[Path]) -> None:
        """Call the hook that nbgrader calls before a conversion."""
        self._take(student, notebooks)
        self.run_pre_convert_hook()

    def prepare(self, student: str, notebooks: Iterable[Path]) -> None:
        """Make a submission's row in the gradebook, and its folder anew, with the lesson's files."""
        self._take(student, notebooks)
        self.init_destination(self.coursedir.assignment_id, student)
        self.init_assignment(self.coursedir.assignment_id, student)

    def _take(self, student: str, notebooks: Iterable[Path]) -> None:
        self.coursedir.student_id = student
        self.notebooks = [str(path) for path in notebooks]


class SaveReleasedCells(SaveCells):
    """SaveCells, with the way out where cells were added to a lesson, or taken away, after it was marked.

    Raises:
        GraderError: they were.
    """

    def _create_notebook(self, nb: NotebookNode) -> None:
        try:
            super()._create_notebook(nb)
        except RuntimeError as why:
            if "Cannot add or remove cells" not in str(why):
                raise
            raise GraderError(CELLS_CHANGED.format(lesson=self.assignment_id)) from None


def steps_of_release() -> list[type]:
    """nbgrader's own steps of `generate_assignment`, with `SaveReleasedCells` for its SaveCells."""
    own: list[type] = GenerateAssignment.preprocessors.default()
    return [SaveReleasedCells if step is SaveCells else step for step in own]


def finished(result: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    """The result of an API call that succeeded.

    Raises:
        GraderError: it failed; the message is ``what`` and nbgrader's last line about it.
    """
    if result["success"]:
        return result
    raise GraderError(f"{what}: {last_line(result)}")


def last_line(result: Mapping[str, Any]) -> str:
    """Why an API call failed, in a line: the exception that nbgrader logged, else the last line that it left."""
    logged = [line.strip() for line in (result.get("log") or "").splitlines() if re.match(r" {4}\w[\w.]*:? ", line)]
    left = (result.get("error") or result.get("log") or "").strip().splitlines()
    return (logged or left or ["nbgrader gave no reason"])[-1]
