"""Does a second pass, in a real sandbox, give the references' results where it may, and nowhere else?"""

from __future__ import annotations

import pytest

from grader.marking.judge import reference_server
from grader.marking.judge.reference_server import conversation
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.questions import SecondPass

OWN = """
import numpy as np
def step(x_t, h, W, U, b):
    return "mine"
def sequence(x, h0, W, U, b):
    return "mine, too"
"""
ASK_STEP = "print(step(np.ones((1, 2)), np.ones((1, 1)), np.zeros((1, 2)), np.zeros((1, 1)), np.zeros(1)))"
ASK_SEQUENCE = ASK_STEP.replace("step(np.ones((1, 2))", "sequence(np.ones((1, 1, 2))")
NAMES = {"srn.step": "step", "srn.sequence": "sequence"}


@pytest.fixture(scope="module")
def run(runner):
    """run({index: tasks}, cell, …): what each cell printed, and the result; None instead of a dict: a first pass."""

    def result(earlier, *cells):
        second = None if earlier is None else SecondPass(NAMES, earlier, conversation)
        ran = runner.run(Job("01-srn", tuple(enumerate(cells)), {}, {}, Limits(), second=second))
        return ["".join(output.get("text", "") for output in ran.outputs[index]).strip() for index in ran.outputs], ran

    yield result
    reference_server.close()


def test_the_stand_in_asks_in_the_cell_that_may_and_is_the_students_own_in_others(run):
    said, ran = run({2: ("srn.step",)}, OWN, ASK_STEP, ASK_STEP, ASK_STEP)
    assert said == ["", "mine", "[[0.]]", "mine"]
    assert ran.asked == {2: ("srn.step",)}
    assert (ran.refused, ran.ended) == ("", "")


def test_of_two_each_asks_only_in_its_cell(run):
    """In a chain the second is the student's own while its own check runs."""
    said, ran = run({1: ("srn.step",), 2: ("srn.step", "srn.sequence")}, OWN, ASK_SEQUENCE, ASK_SEQUENCE, ASK_STEP)
    assert said == ["", "mine, too", "[[[0.]]]", "mine"]
    assert ran.asked == {2: ("srn.sequence",)}


OPEN_IT = "step._all.open = ('srn.step', 'srn.sequence')\n"


def test_opening_it_by_hand_is_refused_outside(run):
    _, ran = run({1: ("srn.step",)}, OWN, OPEN_IT + ASK_SEQUENCE, OPEN_IT + ASK_STEP)
    assert "no result of that exercise can be had here" in str(ran.outputs[1])
    assert "no result of that exercise can be had here" in str(ran.outputs[2])
    assert ran.asked == {}
    assert ran.refused


def test_an_alias_made_later_and_a_function_defined_anew_have_stand_ins(run):
    """Names are looked at before every cell; a name that a function took before is the stand-in, too."""
    alias = "mine = step\ndef caller(*given, f=step): return f(*given)"
    said, _ = run({2: ("srn.step",), 4: ("srn.step",)}, OWN, alias, ASK_STEP.replace("step", "caller"), OWN, ASK_STEP)
    assert (said[2], said[4]) == ("[[0.]]", "[[0.]]")


SHOW = "from IPython.display import display\ndisplay({'text/plain': 'first'}, raw=True, display_id='one')"
UPDATE = "display({'text/plain': 'second'}, raw=True, display_id='one', update=True)"


@pytest.mark.parametrize(("earlier", "shown"), [(None, "second"), ({0: ("srn.step",)}, "first")])
def test_in_a_second_pass_no_later_cell_changes_what_was_shown(run, earlier, shown):
    """An answer is sealed with its cell: a later one, which may ask for more, cannot write it anew."""
    _, ran = run(earlier, SHOW, UPDATE)
    assert ran.outputs[0][0]["data"] == {"text/plain": shown}


def test_a_process_that_a_cell_forks_cannot_ask(run):
    fork = f"""
import os
reading, writing = os.pipe()
if os.fork() == 0:
    try:
        {ASK_STEP}
    except RuntimeError as refused:
        os.write(writing, str(refused).encode())
    os._exit(0)
os.wait()
print(os.read(reading, 100).decode())
"""
    said, ran = run({1: ("srn.step",)}, OWN, fork)
    assert said[1] == "only the kernel's own process can ask"
    assert ran.asked == {}


def test_a_first_pass_can_ask_nothing(run):
    ask = "from grader.inside.kernel import link\nlink.ask({'task': 'srn.step'}, print)"
    _, ran = run(None, OWN, ask, "print('after')")
    assert "not a Jupyter message" in ran.ended
    assert 2 not in ran.outputs
