"""Run a submission in the sandbox, in place of nbgrader's Execute: nothing that it does stops the marking."""

from __future__ import annotations

import os
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Bool, Instance, Unicode, default

from grader.checks.errors import GraderError
from grader.checks.run_file import Plan
from grader.checks.task import Task, tasks_by_grade_id
from grader.marking.course import course_secret
from grader.marking.fingerprint import fingerprint
from grader.marking.job import Job, Result
from grader.marking.nurseries import run_here
from grader.marking.sandbox import MIB, Limits, lesson_files
from grader.marking.seeds import make_plan, submission_key


def plan_for(nb: NotebookNode, about: dict) -> Plan:
    """The cases to try in this notebook: those of the tasks whose grade cells it has."""
    known = tasks_by_grade_id()
    tasks = [known[cell.metadata.nbgrader.grade_id] for cell in nb.cells if is_task_cell(cell, known)]
    sources = (cell.source for cell in nb.cells if cell.cell_type == "code")
    return make_plan(course_secret(), submission_key(about["assignment"], about["student"], sources), tasks)


def is_task_cell(cell: NotebookNode, known: dict[str, Task]) -> bool:
    """Is this the grade cell of a task that is marked by number?"""
    return cell.cell_type == "code" and bool(is_grade(cell)) and cell.metadata.nbgrader.get("grade_id") in known


class RunInSandbox(NbGraderPreprocessor):
    """Runs every cell except the experiments in a sandboxed kernel and collects the outputs.

    A cell that runs too long is interrupted; a notebook that uses too much, or a kernel that dies, ends the run: the
    cells after it have no outputs and so score nothing, and ``resources["run"]["ended"]`` says why.

    What was run elsewhere is not run again: who runs many notebooks side by side asks for the `job` beforehand, and
    puts its plan and result into ``resources["ran"]``.
    """

    limits = Instance(Limits, help="What a submission may use.").tag(config=True)
    gpu = Bool(False, help="Run where there is a GPU, and let the notebooks use it?").tag(config=True)
    skip_cells_with_tag = Unicode("experiment", help="Cells with this tag are not run.").tag(config=True)

    @default("limits")
    def _limits_default(self) -> Limits:
        return Limits()

    def job(self, nb: NotebookNode, resources: ResourcesDict) -> Job:
        """What is to be run of a sanitised notebook.

        Raises:
            GraderError: the files beside the notebook are too large.
        """
        lesson = resources["nbgrader"]["assignment"]
        cells = tuple((index, cell.source) for index, cell in enumerate(nb.cells) if self._runs(cell))
        files = files_beside(Path(resources["metadata"]["path"]), set(lesson_files(lesson)), self.limits.disk // 2)
        return Job(lesson, cells, plan_for(nb, resources["nbgrader"]), files, self.limits, self.gpu)

    def _runs(self, cell: NotebookNode) -> bool:
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", ())
        return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        ran = resources.pop("ran", None)
        if ran is None:
            about = resources["nbgrader"]
            resources["content"] = fingerprint(about["assignment"], about["student"], self.limits)
            job = self.job(nb, resources)
            ran = job.plan, run_here(job)
        plan, result = ran
        resources["run"] = {"plan": plan, "ended": result.ended, "peak": result.peak, "seconds": result.seconds}
        _fill(nb, result)
        return nb, resources


def _fill(nb: NotebookNode, result: Result) -> None:
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            cell.outputs = from_dict(result.outputs.get(index, []))
            cell.execution_count = result.counts.get(index)


def files_beside(folder: Path, given: set[str], most: int) -> dict[str, bytes]:
    """The plain files of a submission that are neither notebooks nor the lesson's own, by path relative to it.

    Raises:
        GraderError: together they have more than ``most`` bytes.
    """
    found, size = {}, 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb" or name in given:
            continue
        if name.partition("/")[0] != "solutions":
            size += os.path.getsize(path)
            if size > most:
                raise GraderError(f"the files handed in beside the notebook have more than {most // MIB} MiB")
            found[name] = path.read_bytes()
    return found
