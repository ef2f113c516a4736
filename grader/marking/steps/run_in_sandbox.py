"""Run a submission in the sandbox, in place of nbgrader's Execute: nothing that it does stops the marking."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbgrader.utils import is_grade
from traitlets import Bool, Dict, Instance, Unicode, default

from grader.checks.answers import MIME
from grader.checks.due import DUE_FILE
from grader.checks.run_file import Plan
from grader.checks.task import Task, tasks_by_grade_id
from grader.checks.validate import EXPERIMENT
from grader.marking.course.contents import Contents, contents
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_files
from grader.marking.course.submissions import NBGRADERS_OWN
from grader.marking.judge.plan import make_plan, submission_key
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.runner import Runner
from grader.marking.steps import marking_record
from grader.marking.steps.cells_to_run import Cells, cells_to_run, grade_id, lesson_cells
from grader.marking.steps.course_step import CourseStep
from grader.marking.steps.fingerprint import digest, made_from
from grader.marking.steps.take_copies import UNTOUCHED


class RunInSandbox(CourseStep):
    """Runs every cell in a sandboxed kernel, of experiments only what they define, and collects the outputs.

    A cell that runs too long is interrupted; a notebook that uses too much, or a kernel that dies, ends the run: the
    cells after it have no outputs and so score nothing, and the result's ``ended`` says why.

    A notebook that was run elsewhere is not run again: to run many side by side, get the `marking` of each, run its
    job, and put the result into the marking.
    """

    limits = Instance(Limits, help="What a submission may use.").tag(config=True)
    lesson_limits = Dict(
        help='Limits of single lessons in place of these, as {"05-lstm": {"notebook_seconds": 240}}.'
    ).tag(config=True)
    gpu = Bool(False, help="Run where there is a GPU, and let the notebooks use it?").tag(config=True)
    define_only_with_tag = Unicode(EXPERIMENT, help="Cells that only define.").tag(config=True)

    @default("limits")
    def _limits_default(self) -> Limits:
        return Limits()

    def fingerprint(self, lesson: str, student: str) -> str:
        """What the marks of a submission depend on, as one digest."""
        return digest(self.made_from(lesson, student))

    def made_from(self, lesson: str, student: str) -> dict[str, str]:
        """What the marks of a submission depend on, part by part."""
        return made_from(self.course, lesson, student, self.limits_of(lesson), self.library_calls_cost_points)

    def marking(self, nb: NotebookNode, resources: ResourcesDict) -> marking_record.Marking:
        """The marking of a sanitised notebook, with the job that is to be run."""
        about = resources["nbgrader"]
        parts = self.made_from(about["assignment"], about["student"])
        return marking_record.Marking(digest(parts), self._job(nb, resources), made_from=parts)

    def _job(self, nb: NotebookNode, resources: ResourcesDict) -> Job:
        about = resources["nbgrader"]
        lesson = about["assignment"]
        own = lesson_cells(self.course, lesson, about["notebook"], self.define_only_with_tag)
        cells = cells_to_run(nb, own, self.define_only_with_tag)
        others = frozenset(index for index, cell in enumerate(nb.cells) if not grade_id(cell))
        limits = self.limits_of(lesson)
        files = files_beside(Path(resources["metadata"]["path"]), set(lesson_files(lesson)), limits.disk // 2)
        return Job(lesson, cells, plan_for(self.course, nb, about, cells, files), files, limits, self.gpu, others)

    def limits_of(self, lesson: str) -> Limits:
        """What a submission of a lesson may use: ``lesson_limits`` before ``course.toml`` before ``limits``.

        Raises:
            GraderError: the configuration names a limit that does not exist.
        """
        settings = self.course.settings
        own = settings.lesson(lesson).limits.items() if settings else ()
        return self.limits.but({**dict(own), **self.lesson_limits.get(lesson, {})})

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Run the notebook, unless that was done elsewhere, and put the outputs into its cells."""
        now = marking_record.found(resources)
        if now is None:
            now = self.marking(nb, resources)
            marking_record.put(resources, now)
        if now.result is None:
            now.result = runner_of(self.course).run(now.job)
        _fill(nb, now.result)
        return nb, resources


@cache
def runner_of(course: Course) -> Runner:
    """The runner of `nbgrader autograde` and Formgrader's button, which have no pool: kept for the next notebook."""
    runner = Runner(course)
    atexit.register(runner.close)
    return runner


def plan_for(
    course: Course,
    nb: NotebookNode,
    about: Mapping[str, str],
    cells: Cells,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> Plan:
    """The cases to try in this notebook: those of the tasks whose grade cells it has.

    Args:
        course, nb, about: the submission, and nbgrader's facts about it.
        cells, files: all that its kernel is given; what is drawn depends on nothing else of the submission.
    """
    known = tasks_by_grade_id()
    tasks = [known[cell.metadata.nbgrader.grade_id] for cell in nb.cells if is_task_cell(cell, known)]
    sources = (source for _, source in cells)
    return make_plan(course.secret(), submission_key(about["assignment"], sources, files), tasks)


def is_task_cell(cell: NotebookNode, known: Mapping[str, Task]) -> bool:
    """Is this the grade cell of a task that is marked by number?"""
    return cell.cell_type == "code" and bool(is_grade(cell)) and cell.metadata.nbgrader.get("grade_id") in known


def _fill(nb: NotebookNode, result: Result) -> None:
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            cell.outputs = [_as_node(output) for output in result.outputs.get(index, [])]
            cell.execution_count = result.counts.get(index)


def _as_node(output: dict[str, Any]) -> NotebookNode:
    """The output as nbformat has it; a bundle of answers stays as it is, large and soon replaced by its report."""
    data = output.get("data", {})
    if MIME not in data:
        return cast(NotebookNode, from_dict(output))
    node: NotebookNode = from_dict({**output, "data": {kind: value for kind, value in data.items() if kind != MIME}})
    dict.__setitem__(node["data"], MIME, data[MIME])
    return node


def files_beside(folder: Path, given: set[str], most: int) -> dict[str, bytes]:
    """The plain files of a submission that are neither notebooks nor the lesson's own, by path relative to it.

    nbgrader's own files are no student's work: two who hand in the same at another time get the same draws.
    Where they have more than ``most`` bytes together, it is the smallest of them.
    """
    found = contents_beside(folder, given, most).files
    return {file.name: (folder / file.name).read_bytes() for file in found}


def contents_beside(folder: Path, given: set[str], most: int) -> Contents:
    """The files that `files_beside` takes, and what of the submission is left out."""
    found = contents(folder).without({*given, "solutions", DUE_FILE, *NBGRADERS_OWN})
    found.files = [file for file in found.files if not file.name.endswith((".ipynb", f".ipynb{UNTOUCHED}"))]
    return found.within(most)
