"""Is a name that is like the one asked for named, in words alone?"""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from grader.checks.task import find_task
from grader.marking.judge.referee import judge
from grader.marking.steps.misspelt import with_its_own_name

TASK = find_task("srn.sequence")
UNDEFINED = {"output_type": "error", "ename": "NameError", "evalue": "name 'sequence' is not defined"}
CRASHED = {"output_type": "error", "ename": "ValueError", "evalue": "sequence"}


def judged(source, error=UNDEFINED, grade_id="srn-sequence-answer"):
    before = judge(TASK, [error], [])
    return before, with_its_own_name(before, [new_code_cell(source, metadata={"nbgrader": {"grade_id": grade_id}})])


def test_the_name_that_is_there_is_named_and_the_points_stay():
    before, verdict = judged("def sequnce(x):\n    return x")
    hint = "no cell that ran to its end defines `sequence`; `sequnce` is defined: is `sequence` meant?"
    assert verdict.reason == f"no answer: {hint}"
    assert verdict.remarks == (f"No answer arrived, and no answer scores nothing: {hint}",)
    assert (verdict.points, verdict.unanswered) == (before.points, before.unanswered) == (0.0, True)


@pytest.mark.parametrize(
    "given",
    [
        ("def draw(x):\n    return x",),
        ("# def sequnce(x)",),
        ("def sequnce(x):\n    return x", CRASHED),
        ("def sequnce(x):\n    return x", UNDEFINED, "srn-step-answer"),
    ],
)
def test_everything_else_is_left_as_it_is(given):
    before, verdict = judged(*given)
    assert verdict is before
