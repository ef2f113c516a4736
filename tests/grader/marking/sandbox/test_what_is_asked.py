"""Does a kernel get the cases and inputs of its run, in memory alone, and nothing that could have drawn them?"""

from __future__ import annotations

import inspect
import json

import pytest

from grader.checks.task import find_task
from grader.marking.judge.plan import make_plan
from grader.marking.judge.referee import judge
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits
from solutions import bptt

TASK = find_task("bptt.check_gradient")
PLAN = make_plan(bytes(32), "02/x", [TASK])
ANSWER = "\n".join(
    ["import numpy as np", *map(inspect.getsource, (bptt.central_difference, bptt.check_gradient))],
)
LOOK = """
import glob, importlib, json, os
from grader.checks.task import find_task

def works(attempt):
    try:
        return bool(attempt())
    except Exception as refused:
        return type(refused).__name__

task = find_task("bptt.check_gradient")
print(json.dumps({
    "run": [name for name in os.environ if name.endswith("_RUN")],
    "files": [path for path in glob.glob("/run/**", recursive=True) if path.endswith(".json")],
    "trusted side": works(lambda: importlib.import_module("grader.marking")),
    "another seed": works(lambda: task.draw(task.cases[0], 7)),
    "parts": works(lambda: importlib.import_module("grader.checks.tasks.bptt")._gradient_parts),
}))
"""


@pytest.fixture(scope="module")
def outputs(runner):
    check = "from grader.checks import check\ncheck('bptt.check_gradient', check_gradient)"
    cells = tuple(enumerate((ANSWER, check, LOOK)))
    return runner.run(Job("02-bptt", cells, PLAN, {}, Limits())).outputs


def test_inputs_that_a_kernel_cannot_draw_are_sent_to_it(outputs):
    verdict = judge(TASK, outputs[1], PLAN[TASK.name])
    assert verdict.points == TASK.points, verdict.reason


def test_nothing_is_left_that_draws_them_or_says_what_is_asked(outputs):
    assert json.loads(outputs[2][0]["text"]) == {
        "run": [],
        "files": [],
        "trusted side": "ModuleNotFoundError",
        "another seed": "MissingExpected",
        "parts": "AttributeError",
    }
