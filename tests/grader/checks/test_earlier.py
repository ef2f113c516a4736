"""Does a failing check say at which earlier exercise to look first, and only where that is true?"""

from __future__ import annotations

from contextlib import suppress

import pytest

from grader.checks import CheckFailed, check, earlier
from grader.checks.task import find_task

RIGHT = {
    "step": "def step(x_t, h, W, U, b):\n    return np.tanh(x_t @ W.T + h @ U.T + b)",
    "sequence": """
def sequence(x, h0, W, U, b):
    states = []
    for x_t in x:
        h0 = step(x_t, h0, W, U, b)
        states.append(h0)
    return np.stack(states)
""",
}
WRONG_STEP = RIGHT["step"].replace("U.T", "U")
FAILED = "It uses your `step`, whose own check has failed: look there first."
NOT_RUN = "It uses your `step`, whose check has not been run as it stands now: run that first."


@pytest.fixture(autouse=True)
def a_fresh_kernel(monkeypatch):
    monkeypatch.setattr(earlier, "_checked", {})


@pytest.fixture
def notebook(capsys):
    """notebook(cell, …): run cells, in one namespace for all; returns what the last one printed."""
    names = {"__name__": "__main__", "check": check}
    exec("import numpy as np", names)

    def run(*cells):
        for cell in cells:
            capsys.readouterr()
            with suppress(CheckFailed):
                exec(cell, names)
        return " ".join(capsys.readouterr().out.split())

    return run


CHECK_STEP, CHECK_SEQUENCE = 'check("srn.step", step)', 'check("srn.sequence", sequence)'


def test_an_earlier_answer_that_failed_its_check_is_named(notebook):
    assert FAILED in notebook(WRONG_STEP, CHECK_STEP, RIGHT["sequence"], CHECK_SEQUENCE)


def test_one_that_was_not_checked_is_named(notebook):
    assert NOT_RUN in notebook(WRONG_STEP, RIGHT["sequence"], CHECK_SEQUENCE)


def test_one_that_was_changed_after_its_check_counts_as_not_checked(notebook):
    assert NOT_RUN in notebook(RIGHT["step"], CHECK_STEP, WRONG_STEP, RIGHT["sequence"], CHECK_SEQUENCE)


def test_one_that_passed_is_not_named(notebook):
    wrong = RIGHT["sequence"].replace("states.append(h0)", "states.insert(0, h0)")
    said = notebook(RIGHT["step"], CHECK_STEP, wrong, CHECK_SEQUENCE)
    assert "failed" in said
    assert "It uses" not in said


def test_one_that_the_answer_does_not_use_is_not_named(notebook):
    own = RIGHT["sequence"].replace("step(x_t, h0, W, U, b)", "np.tanh(x_t @ W.T + h0 @ U + b)")
    said = notebook(WRONG_STEP, CHECK_STEP, own, CHECK_SEQUENCE)
    assert "failed" in said
    assert "It uses" not in said


def test_a_right_answer_is_told_nothing(notebook):
    said = notebook(RIGHT["step"], RIGHT["sequence"], CHECK_SEQUENCE)
    assert said.endswith("public checks passed")
    assert "It uses" not in said


def test_an_attribute_of_the_same_name_is_no_use_of_it(notebook):
    """As in ``CELLS[kind].forward(…)`` beside a `forward` of one's own."""
    own = RIGHT["sequence"].replace("step(x_t, h0, W, U, b)", "cell.step(x_t, h0, W, U, b)")
    cell = "class cell:\n    def step(x_t, h, W, U, b):\n        return h"
    said = notebook(WRONG_STEP, CHECK_STEP, cell, own, CHECK_SEQUENCE)
    assert "failed" in said
    assert "It uses" not in said


def test_what_is_used_through_another_function_counts(notebook):
    through = "def mine(*given):\n    return [step(*each) for each in [given]][0]"
    sequence = RIGHT["sequence"].replace("= step(", "= mine(")
    assert FAILED in notebook(WRONG_STEP, CHECK_STEP, through, sequence, CHECK_SEQUENCE)


def test_the_first_of_several_is_named():
    """Of a chain the first one that is not known to be right."""
    names = {}
    exec("def gates(): ...\ndef step(): gates()\ndef sequence(): step()", names)
    for task in ("gru.gates", "gru.step"):
        earlier.note(find_task(task), names[task.partition(".")[2]], passed=False)
    assert "`gates`" in earlier.look_there_first(find_task("gru.sequence"), names["sequence"])
    earlier.note(find_task("gru.gates"), names["gates"], passed=True)
    assert "`step`" in earlier.look_there_first(find_task("gru.sequence"), names["sequence"])
    earlier.note(find_task("gru.step"), names["step"], passed=True)
    assert earlier.look_there_first(find_task("gru.sequence"), names["sequence"]) == ""


@pytest.mark.parametrize("answer", [3, None, len, print, int, object(), lambda: step(), type("Answer", (), {})])  # noqa: F821
def test_anything_can_be_asked_about(answer):
    assert earlier.look_there_first(find_task("srn.sequence"), answer) == ""
