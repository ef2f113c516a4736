"""Mark an executed notebook: each bundle of answers becomes a verdict and a report in its place."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbgrader.utils import is_grade, is_solution

from grader.checks.answers import MIME
from grader.checks.arithmetic import let_cublas_repeat
from grader.checks.as_html import html
from grader.checks.as_text import text
from grader.checks.report import Report
from grader.checks.task import tasks_by_grade_id
from grader.marking.answers.references.live import one_thread
from grader.marking.judge.referee import Verdict, judge
from grader.marking.steps import marking_record
from grader.marking.steps.course_step import CourseStep
from grader.marking.steps.run_in_sandbox import is_task_cell


class Mark(CourseStep):
    """Puts the referee's verdicts into the `marking_record.Marking`, by grade id, and their reports into the notebook.

    Every way of marking runs this step, so here alone PyTorch is kept to one thread.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Replace each bundle of answers by the report of its verdict."""
        now, student = marking_record.of(resources), resources["nbgrader"]["student"]
        known = tasks_by_grade_id()
        now.verdicts, now.unmarked = {}, {}
        let_cublas_repeat()
        with one_thread():
            for cell in nb.cells:
                if is_task_cell(cell, known):
                    task = known[cell.metadata.nbgrader.grade_id]
                    verdict = judge(task, cell.outputs, now.job.plan[task.name], now.ran.ended, gpu=now.job.gpu)
                    now.verdicts[task.grade_id] = verdict
                    cell.outputs = [report_output(verdict), *_without_bundles(cell.outputs)]
                    if verdict.points is None:
                        self._not_marked(now, student, task.grade_id, verdict.reason)
                elif cell.cell_type == "code":
                    cell.outputs = _without_bundles(cell.outputs)
                    if is_grade(cell) and not is_solution(cell):  # asserts in the student's kernel prove nothing
                        why = "no task of that name is declared; a person must mark it"
                        self._not_marked(now, student, cell.metadata.nbgrader.grade_id, why)
        return nb, resources

    def _not_marked(self, now: marking_record.Marking, student: str, grade_id: str, why: str) -> None:
        now.unmarked[grade_id] = why
        self.log.error("NOT MARKED: %s of %s: %s", grade_id, student, why)


def report_output(verdict: Verdict) -> NotebookNode:
    """The report of a verdict as a cell output."""
    if verdict.points is None:
        why = f"{verdict.task.title}: not marked. {verdict.reason}. A person will look at it."
        return _display({"text/plain": why})
    report = Report(verdict.task, verdict.findings, True, verdict.points, verdict.remarks, verdict.devices)
    return _display({"text/plain": text(report), "text/html": html(report)})


def _display(data: dict[str, str]) -> NotebookNode:
    """An output made without nbformat's `new_output`, which validates each; the whole notebook is validated later."""
    output: NotebookNode = from_dict({"output_type": "display_data", "data": data, "metadata": {}})
    return output


def _without_bundles(outputs: list[NotebookNode]) -> list[NotebookNode]:
    return [output for output in outputs if MIME not in output.get("data", {})]
