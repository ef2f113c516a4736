"""Mark a second time what a wrong earlier answer took with it: see `grader.marking.judge.follow_through`."""

from __future__ import annotations

from dataclasses import replace

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode

from grader.checks.arithmetic import let_cublas_repeat
from grader.checks.task import Task, tasks_by_grade_id
from grader.marking.answers.misconceptions import Stopwatch
from grader.marking.answers.references.live import one_thread
from grader.marking.judge.follow_through import at_fault, followed, names_of, second_tries
from grader.marking.judge.referee import Verdict, judge
from grader.marking.judge.reference_server import conversation
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.questions import SecondPass
from grader.marking.steps import marking_record
from grader.marking.steps.course_step import CourseStep
from grader.marking.steps.marking_record import Marking
from grader.marking.steps.run_in_sandbox import is_task_cell, runner_of


class FollowThrough(CourseStep):
    """After `RunInSandbox`: judges the first pass, then runs and judges a second one where there is reason for it.

    The first pass is complete, and its verdicts are given, before the second one begins; of the second nothing is kept
    but its answers. What was done elsewhere is not done again: see `first_pass` and `Marking.second`.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Put the verdicts of both passes into the `marking_record.Marking`, by grade id. The notebook stays."""
        now = marking_record.of(resources)
        if now.first is None:
            first_pass(now, nb)
        if now.second_job is not None and now.second is None:
            now.second = runner_of(self.course).run(now.second_job)
        now.verdicts = _both(now, nb)
        return nb, resources


def first_pass(now: Marking, nb: NotebookNode) -> None:
    """Judge the first pass: put its verdicts into the marking, and the job of a second pass where it needs one."""
    places = _places(nb)
    now.first = _judged(places, now.job, now.ran, now.naming)
    where = {task.name: index for index, task in places.items()}
    last = max(now.ran.outputs, default=-1) if now.ran.ended else -1
    tries = {
        name: earlier
        for name, earlier in second_tries(list(now.first.values())).items()
        # a run that a cell of another kind has ended would end there again
        if not now.ran.ended or last in places or where[name] < last
    }
    if tries:
        now.second_job = _second_job(now.job, tries, where)


def _second_job(job: Job, tries: dict[str, tuple[str, ...]], places: dict[str, int]) -> Job:
    """The cells up to the last check that is tried again; only these checks give answers."""
    earlier = {places[name]: may_ask for name, may_ask in tries.items()}
    return replace(
        job,
        cells=tuple((index, source) for index, source in job.cells if index <= max(earlier)),
        plan={name: job.plan[name] for name in tries},
        second=SecondPass(names_of(tries), earlier, conversation),
    )


def _both(now: Marking, nb: NotebookNode) -> dict[str, Verdict]:
    first, job, result = now.first or {}, now.second_job, now.second
    if job is None or result is None:
        return dict(first)
    places = {index: task for index, task in _places(nb).items() if task.name in job.plan}
    second = _judged(places, job, result, now.naming)
    both = {verdict.task.name: verdict for verdict in first.values()}
    for index, task in places.items():  # in the order of the notebook: what it builds on is decided before
        asked = at_fault(result.asked.get(index, ()), both)
        both[task.name] = followed(first[task.grade_id], second[task.grade_id], asked)
    return {verdict.task.grade_id: verdict for verdict in both.values()}


def _places(nb: NotebookNode) -> dict[int, Task]:
    """Index of a check's cell → its task, in the order of the notebook."""
    known = tasks_by_grade_id()
    return {
        index: known[cell.metadata.nbgrader.grade_id]
        for index, cell in enumerate(nb.cells)
        if is_task_cell(cell, known)
    }


def _judged(places: dict[int, Task], job: Job, result: Result, clock: Stopwatch) -> dict[str, Verdict]:
    """Grade id → the verdict on what a run's check put out."""
    let_cublas_repeat()
    with one_thread():
        return {
            task.grade_id: judge(
                task,
                result.outputs.get(index, []),
                job.plan[task.name],
                result.ended,
                gpu=job.gpu,
                clock=clock,
            )
            for index, task in places.items()
        }
