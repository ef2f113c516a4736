"""Is a second pass made where there is reason for it, from the cells that it needs, and run once?"""

from __future__ import annotations

import numpy as np
import pytest
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_code_cell, new_notebook

from grader.checks.answers import MIME, collect, pack
from grader.checks.task import find_task
from grader.marking.judge.plan import make_plan
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import Limits
from grader.marking.steps import follow_through, marking_record
from grader.marking.steps.follow_through import FollowThrough, first_pass
from solutions import srn

STEP, SEQUENCE = find_task("srn.step"), find_task("srn.sequence")
PLAN = make_plan(b"secret", "submission", [STEP, SEQUENCE])
STEP_CHECK, OTHER, SEQUENCE_CHECK = 1, 2, 3


def check_cell(task):
    about = {"grade_id": task.grade_id, "grade": True, "solution": False, "locked": True, "task": False}
    return new_code_cell("check", metadata={"nbgrader": about})


NB = new_notebook(
    cells=[new_code_cell("answers"), check_cell(STEP), new_code_cell("print(1)"), check_cell(SEQUENCE), new_code_cell()]
)
JOB = Job("01-srn", tuple((index, f"cell {index}") for index in range(5)), PLAN, {}, Limits())


def wrong_step(x_t, h, W, U, b):
    return np.tanh(x_t @ W.T + h @ U + b)


def wrong_sequence(x, h0, W, U, b):
    return srn.sequence(x, 0 * h0, W, U, b)


def output(task, function):
    answers = [collect(task, function, task.case(label), seed) for label, seed in PLAN[task.name]]
    return [{"output_type": "display_data", "data": {MIME: pack(task, answers)}, "metadata": {}}]


def ran(step=wrong_step, sequence=wrong_sequence, **more):
    outputs = {0: [], STEP_CHECK: output(STEP, step), OTHER: []}
    if sequence is not None:
        outputs[SEQUENCE_CHECK] = output(SEQUENCE, sequence)
    return Result(outputs, **more)


def marking(result):
    now = marking_record.Marking("", JOB, result)
    first_pass(now, NB)
    return now


def test_the_job_has_the_cells_up_to_the_last_check_that_is_tried_again():
    job = marking(ran()).second_job
    assert [index for index, _ in job.cells] == [0, 1, 2, 3]
    assert job.plan == {"srn.sequence": PLAN["srn.sequence"]}
    assert (job.second.names, job.second.earlier) == ({"srn.step": "step"}, {SEQUENCE_CHECK: ("srn.step",)})
    assert (job.lesson, job.limits, job.files) == (JOB.lesson, JOB.limits, JOB.files)


@pytest.mark.parametrize(
    "functions",
    [
        (srn.step, srn.sequence),
        (srn.step, wrong_sequence),
        (wrong_step, srn.sequence),
    ],
)
def test_where_one_of_both_is_right_there_is_none(functions):
    assert marking(ran(*functions)).second_job is None


def test_a_run_that_another_cell_has_ended_would_end_there_again():
    ended = ran(sequence=None, ended="it used more than 3072 MiB of memory")
    assert marking(ended).second_job is None
    del ended.outputs[OTHER]  # so the check of step was the last cell, which is not asked again
    assert marking(ended).second_job is not None
    assert marking(ran(sequence=None)).second_job is not None


@pytest.fixture
def follow(course, monkeypatch):
    """follow(now): the verdicts after the step, and how often it had to run a job itself."""

    def done(now, second=None):
        class Here:
            def run(self, job):
                runs.append(job)
                return second

        runs = []
        monkeypatch.setattr(follow_through, "runner_of", lambda course: Here())
        resources = ResourcesDict(nbgrader={"student": "alice"})
        marking_record.put(resources, now)
        FollowThrough(course=course).preprocess(NB, resources)
        return now.verdicts, len(runs)

    return done


SECOND = Result({SEQUENCE_CHECK: output(SEQUENCE, srn.sequence)}, asked={SEQUENCE_CHECK: ("srn.step",)})


def test_the_second_pass_is_run_where_nobody_has_run_it(follow):
    """As by nbgrader's command and Formgrader's button."""
    verdicts, runs = follow(marking_record.Marking("", JOB, ran()), SECOND)
    assert runs == 1
    assert (verdicts["srn-step"].points, verdicts["srn-sequence"].points) == (0.0, 4.0)
    assert verdicts["srn-sequence"].earlier == ("srn.step",)


def test_what_was_run_elsewhere_is_not_run_again_however_often_it_is_marked(follow):
    now = marking(ran())
    now.second = SECOND
    for _ in range(2):
        verdicts, runs = follow(now)
        assert runs == 0
        assert verdicts["srn-sequence"].points == 4.0


def test_without_reason_nothing_is_run(follow):
    verdicts, runs = follow(marking(ran(sequence=srn.sequence)))
    assert runs == 0
    assert (verdicts["srn-step"].points, verdicts["srn-sequence"].points) == (0.0, 4.0)
    assert verdicts["srn-sequence"].first is None


def test_only_the_answer_to_what_was_tried_again_counts(follow):
    """A second pass that answers `step`, too, which nobody asked it."""
    second = Result({STEP_CHECK: output(STEP, srn.step), **SECOND.outputs}, asked=SECOND.asked)
    verdicts, _ = follow(marking_record.Marking("", JOB, ran()), second)
    assert verdicts["srn-step"].points == 0.0
