"""Does what is left of a judged notebook's marking still make its audit record?"""

from __future__ import annotations

import pickle
from dataclasses import replace

from grader.checks.task import find_task
from grader.marking.judge import referee
from grader.marking.judge.reference_server import conversation
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.questions import SecondPass
from grader.marking.steps.audit_records import audit_record
from grader.marking.steps.marking_record import Marking, of_judged
from tests.grader.marking.judge.test_referee import outputs_for, plan_of


def test_the_audit_record_is_the_same_and_little_travels():
    task = find_task("srn.step")
    plan = plan_of(task)
    outputs = outputs_for(task, lambda x_t, h, W, U, b: 2 * h, plan)
    verdict = referee.judge(task, outputs, plan)
    twice = replace(verdict, first=verdict, earlier=("srn.step",))
    job = Job("01-srn", ((3, "x = 1\n" * 1000),), {task.name: plan}, {}, Limits(), False, frozenset())
    ran = Result(outputs={3: outputs}, ended="too slow", peak=7)
    again = replace(job, second=SecondPass({}, {3: ()}, conversation))
    marking = Marking("c", job, ran, {"srn-step": twice}, first={"srn-step": verdict}, second_job=again, second=ran)
    left = of_judged(marking)
    assert audit_record(left, "text") == audit_record(marking, "text")
    assert len(pickle.dumps(left)) < len(pickle.dumps(marking)) / 1.5
    assert not any((left.job.cells, left.ran.outputs, left.second.outputs, left.first))
    assert all(finding.errors is None for finding in left.verdicts["srn-step"].findings)
