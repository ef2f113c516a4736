"""Are inputs that a student's machine cannot draw recorded there as the trusted side draws them?"""

from __future__ import annotations

import json

import numpy as np
import pytest

from grader.checks import elsewhere
from grader.checks.elsewhere import inputs_at_hand, pack_inputs, unpack_inputs
from grader.checks.errors import MissingExpected
from grader.checks.expected import public_seed
from grader.checks.task import all_tasks, find_task

TASKS = [task for task in all_tasks().values() if isinstance(task.inputs, str)]
CASES = [(task, case) for task in TASKS for case in task.cases if case.public]


def alike(one, other):
    return type(one) is type(other) and np.array_equal(one, other, equal_nan=np.asarray(one).dtype.kind == "f")


@pytest.mark.parametrize(("task", "case"), CASES, ids=[f"{task.name}, {case.label}" for task, case in CASES])
def test_public_inputs_are_recorded(task, case, monkeypatch):
    seed = public_seed(task, case)
    drawn = task.draw(case, seed)
    monkeypatch.setattr("grader.checks.task.generator", lambda name: None)  # as on a student's machine
    recorded = task.draw(case, seed)
    assert list(recorded) == list(drawn)
    for name, value in drawn.items():
        if isinstance(value, np.ndarray):
            assert recorded[name].dtype == value.dtype
            np.testing.assert_allclose(recorded[name], value, rtol=1e-5 if value.dtype == "f4" else 1e-11, atol=1e-300)
        else:
            assert alike(recorded[name], value)
    assert recorded is not task.draw(case, seed)


def test_what_was_sent_arrives_as_it_was(monkeypatch):
    monkeypatch.setattr(elsewhere, "_sent", {})
    inputs = {"x": np.array([np.nan, 1.5], "f4"), "k": np.arange(3), "tau": 0.1, "n": 2, "how": "sum", "on": True}
    key = ("bptt.check_gradient", "ordinary", 7)
    with pytest.raises(MissingExpected, match="check_gradient / ordinary"):
        inputs_at_hand("bptt", key)
    elsewhere.send({key: json.loads(json.dumps(pack_inputs(inputs)))})
    found = inputs_at_hand("bptt", key)
    assert list(found) == list(inputs)
    assert all(alike(found[name], inputs[name]) for name in inputs)
    assert unpack_inputs(pack_inputs(found))["x"].dtype == "f4"


def test_a_task_that_anyone_may_draw_needs_no_trusted_side(monkeypatch):
    monkeypatch.setattr("grader.checks.task.generator", None)
    assert find_task("srn.step").draw(find_task("srn.step").cases[0], 1)
