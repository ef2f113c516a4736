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
from grader.marking.judge.coarsely import all_coarsely
from grader.marking.judge.library_calls import leads_to, library_calls, noted
from grader.marking.judge.referee import Verdict, judge
from grader.marking.steps import marking_record, notes
from grader.marking.steps.course_step import CourseStep
from grader.marking.steps.misspelt import with_its_own_name
from grader.marking.steps.run_in_sandbox import is_task_cell


class Mark(CourseStep):
    """Puts the referee's verdicts into the `marking_record.Marking`, by grade id, and their reports into the notebook.

    Where `FollowThrough` has decided, its verdicts stand. PyTorch is kept to one thread meanwhile, here and there.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Replace each bundle of answers by the report of its verdict."""
        now, student = marking_record.of(resources), resources["nbgrader"]["student"]
        known = tasks_by_grade_id()
        decided, now.verdicts, now.unmarked = now.verdicts, {}, {}
        sources: list[str] = []
        let_cublas_repeat()
        left = notes.take_notes(nb)
        notes.name_the_cause(nb, left)
        with one_thread():
            for index, cell in enumerate(nb.cells):
                sources += [cell.source] if cell.cell_type == "code" else []
                if is_task_cell(cell, known):
                    task = known[cell.metadata.nbgrader.grade_id]
                    verdict = decided.get(task.grade_id)  # by `FollowThrough`; a step of its own, and may be left out
                    plan, gpu = now.job.plan[task.name], now.job.gpu
                    verdict = verdict or judge(task, cell.outputs, plan, now.ran.ended, gpu=gpu, clock=now.naming)
                    verdict = with_its_own_name(notes.explained(verdict, cell, index, left), nb.cells)
                    verdict = self._with_library_calls(verdict, sources, now.verdicts)
                    now.verdicts[task.grade_id] = verdict
                    shown = _without_errors(_without_bundles(cell.outputs))
                    cell.outputs = [report_output(verdict), *shown]
                    if verdict.points is None:
                        self._not_marked(now, student, task.grade_id, verdict.reason)
                elif cell.cell_type == "code":
                    cell.outputs = _without_bundles(cell.outputs)
                    if is_grade(cell) and not is_solution(cell):  # asserts in the student's kernel prove nothing
                        why = "no task of that name is declared; a person must mark it"
                        self._not_marked(now, student, cell.metadata.nbgrader.grade_id, why)
        graded = frozenset(index for index, cell in enumerate(nb.cells) if is_task_cell(cell, known))
        now.failed_cells = [*notes.failures(left, graded), *notes.cut_cells(nb.cells, now.ran.cut, graded)]
        notes.put_on_top(nb, now.failed_cells)
        return nb, resources

    def _with_library_calls(self, verdict: Verdict, sources: list[str], before: dict[str, Verdict]) -> Verdict:
        """The verdict with a note of them. One in another exercise's answer, which this one uses, is noted there."""
        calls = library_calls(verdict.task, sources)
        if not calls and verdict.library:
            used = [before[other.grade_id] for other in leads_to(verdict.task, sources) if other.grade_id in before]
            calls = () if any(other.library for other in used) else verdict.library
        return noted(verdict, calls, self.library_calls_cost_points)

    def _not_marked(self, now: marking_record.Marking, student: str, grade_id: str, why: str) -> None:
        now.unmarked[grade_id] = why
        self.log.error("NOT MARKED: %s of %s: %s", grade_id, student, why)


def report_output(verdict: Verdict) -> NotebookNode:
    """The report of a verdict as a cell output."""
    if verdict.points is None:
        why = f"{verdict.task.title}: not marked. {verdict.reason}. A person will look at it."
        return _display({"text/plain": why})
    report = Report(
        verdict.task, all_coarsely(verdict.findings), True, verdict.points, verdict.remarks, verdict.devices
    )
    return _display({"text/plain": text(report), "text/html": html(report)})


def _display(data: dict[str, str]) -> NotebookNode:
    """An output made without nbformat's `new_output`, which validates each; the whole notebook is validated later."""
    output: NotebookNode = from_dict({"output_type": "display_data", "data": data, "metadata": {}})
    return output


def _without_errors(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Without tracebacks, which show the grader's own lines: the report says what they say."""
    return [output for output in outputs if output.output_type != "error"]


def _without_bundles(outputs: list[NotebookNode]) -> list[NotebookNode]:
    return [output for output in outputs if MIME not in output.get("data", {})]
