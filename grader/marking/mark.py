"""Mark an executed notebook: each bundle of answers becomes a verdict and a report in its place."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from grader.checks.answers import MIME
from grader.checks.as_html import html
from grader.checks.as_text import text
from grader.checks.report import Report
from grader.checks.task import tasks_by_grade_id
from grader.marking.referee import Verdict, judge
from grader.marking.run import is_task_cell


class Mark(NbGraderPreprocessor):
    """Puts the referee's verdicts into ``resources["verdicts"]``, by grade id, and their reports into the notebook."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        known = tasks_by_grade_id()
        run = resources["run"]
        resources["verdicts"], resources["unmarked"] = {}, {}
        for cell in nb.cells:
            if is_task_cell(cell, known):
                task = known[cell.metadata.nbgrader.grade_id]
                verdict = judge(task, cell.outputs, run["plan"][task.name], run["ended"])
                resources["verdicts"][task.grade_id] = verdict
                cell.outputs = [report_output(verdict), *_without_bundles(cell.outputs)]
                self._tell(verdict, resources)
            elif cell.cell_type == "code":
                cell.outputs = _without_bundles(cell.outputs)
                if is_grade(cell) and not is_solution(cell):
                    self._refuse(cell, resources)
        return nb, resources

    def _tell(self, verdict: Verdict, resources: ResourcesDict) -> None:
        if verdict.points is None:
            resources["unmarked"][verdict.task.grade_id] = verdict.reason
            self.log.error(
                "NOT MARKED: %s of %s: %s", verdict.task.name, resources["nbgrader"]["student"], verdict.reason
            )

    def _refuse(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        """A graded code cell that no task declares: code beside the student's code decides nothing here."""
        name = cell.metadata.nbgrader.grade_id
        resources["unmarked"][name] = "no task of that name is declared; a person must mark it"
        self.log.error(
            "NOT MARKED: cell %s of %s: no task of that name is declared", name, resources["nbgrader"]["student"]
        )


def report_output(verdict: Verdict) -> NotebookNode:
    """The report of a verdict as a cell output."""
    if verdict.points is None:
        why = f"{verdict.task.title}: not marked. {verdict.reason}. A person will look at it."
        return _display({"text/plain": why})
    report = Report(verdict.task, verdict.findings, True, verdict.points, verdict.remarks)
    return _display({"text/plain": text(report), "text/html": html(report)})


def _display(data: dict) -> NotebookNode:
    """nbformat's own `new_output` validates each; the whole notebook is validated when it is written."""
    return from_dict({"output_type": "display_data", "data": data, "metadata": {}})


def _without_bundles(outputs: list[NotebookNode]) -> list[NotebookNode]:
    return [output for output in outputs if MIME not in output.get("data", {})]
