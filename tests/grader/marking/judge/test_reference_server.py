"""Does whoever asks get the references' results, and does nothing that is asked harm the process that asks?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest

from grader.checks.task import all_tasks, earlier_of
from grader.inside import values
from grader.marking.answers.references.live import reference
from grader.marking.course.paths import ROOT
from grader.marking.judge import reference_server
from grader.marking.judge.reference_server import conversation
from grader.marking.sandbox.limits import SandboxUnavailable
from grader.marking.sandbox.questions import NoAnswer

EARLIER = sorted({each.name for task in all_tasks().values() for each in earlier_of(task)})


@pytest.fixture(scope="module", autouse=True)
def ended():
    yield
    reference_server.close()


def question(task, *given, **named):
    functions = []
    packed = values.pack(given, functions), values.pack(named, functions)
    return {"task": task, "given": packed[0], "named": packed[1], "count": len(given)}


@pytest.fixture
def ask():
    with conversation() as talk:
        yield lambda *given, seconds=10.0, **named: talk.answer(question(*given, **named), seconds)


def given_to(task):
    """The arguments of one call of an earlier task's reference, as its own check makes it, and its result."""
    caught = []

    def catch(*given, **named):
        caught.append((given, named, reference(task)(*given, **named)))
        return caught[-1][2]

    for case in task.cases:
        task.call(catch, task.draw(case, 5))
        if caught:
            return caught[0]
    raise AssertionError(task.name)


@pytest.mark.parametrize("name", EARLIER)
def test_the_result_is_the_references_in_kind_dtype_and_value(name, ask):
    """Of every task that may be asked for: containers, dtypes, shapes and numbers are those of the reference."""
    given, named, wanted = given_to(all_tasks()[name])
    if any(map(callable, given)) or any(map(callable, named.values())):
        pytest.skip("takes a function: see test_a_function_that_is_an_argument_is_called_back")
    answer = ask(name, *given, **named)
    assert set(answer) == {"answer"}
    assert same(values.unpack(answer["answer"]), wanted)


def same(got, wanted):
    if isinstance(wanted, (list, tuple)):
        return type(got) is type(wanted) and len(got) == len(wanted) and all(map(same, got, wanted))
    if isinstance(wanted, dict):
        return list(got) == list(wanted) and all(same(got[key], wanted[key]) for key in wanted)
    if isinstance(wanted, np.ndarray):
        return got.dtype == wanted.dtype and got.shape == wanted.shape and np.array_equal(got, wanted, equal_nan=True)
    return type(got) is type(wanted) and got == wanted


def test_float32_stays_float32(ask):
    given = [np.ones(shape, dtype="float32") for shape in ((2, 3), (2, 4), (4, 3), (4, 4), (4,))]
    assert values.unpack(ask("srn.step", *given)["answer"]).dtype == np.float32


def test_a_function_that_is_an_argument_is_called_back():
    theta = np.array([1.0, -2.0])
    with conversation() as talk:
        said = talk.answer(question("bptt.central_difference", len, theta, 0.5), 10)
        for _ in range(4):
            assert set(said) == {"call", "given"}
            said = talk.answer({"returned": float((values.unpack(said["given"])[0] ** 2).sum())}, 10)
        np.testing.assert_allclose(values.unpack(said["answer"]), 2 * theta)


def test_bad_arguments_are_told_and_the_conversation_goes_on(ask):
    assert "TypeError" in ask("srn.step", 1.0)["error"]
    assert "error" in ask("srn.step", np.zeros((2, 3)), *[np.zeros((4, 5))] * 4)
    assert "error" in ask("no.such")
    assert "error" in ask("deep.count", 1, 1, 1, "no such kind")
    assert ask("deep.count", 2, 3, 1, "srn") == {"answer": 18}


@pytest.mark.parametrize("odd", [{}, {"task": "srn.step"}, {"returned": 1}, {"task": 3, "given": 1, "named": 2}])
def test_what_is_no_question_is_told_as_an_error(odd):
    with conversation() as talk:
        assert "error" in talk.answer(odd, 10)


def test_what_returns_when_nothing_was_called_is_told_as_an_error():
    with conversation() as talk:
        talk.answer(question("bptt.central_difference", len, np.ones(2), 0.5), 10)
        assert "error" in talk.answer(question("deep.count", 2, 3, 1, "srn"), 10)
        assert "answer" in talk.answer(question("deep.count", 2, 3, 1, "srn"), 10)


def test_a_result_that_would_be_too_large_is_told_as_an_error(ask):
    many = np.zeros((500, 1, 1))
    assert "error" in ask("bptt.double_sum", many, many, many[0], np.zeros((1, 1)), np.zeros((1, 1)))
    assert "error" in ask("bptt.double_sum", *[np.zeros((60_000, 1, 1))] * 2, many[0], *[np.zeros((1, 1))] * 2)


def test_what_takes_too_long_ends_the_conversation():
    with conversation() as talk:
        talk.answer(question("deep.count", 1, 1, 1, "srn"), 10)
        with pytest.raises(NoAnswer, match="too long"):
            talk.answer(question("srn.sequence", *big()), 0.05)
    with conversation() as talk:
        assert "answer" in talk.answer(question("deep.count", 1, 1, 1, "srn"), 10)


def big():
    """Arguments of a sequence of 100 000 steps."""
    return [np.zeros(shape) for shape in ((100_000, 1, 1), (1, 1), (1, 1), (1, 1), (1,))]


def test_a_killed_process_is_replaced():
    with conversation() as talk:
        talk.answer(question("deep.count", 1, 1, 1, "srn"), 10)
    os.kill(reference_server._server.process.pid, signal.SIGKILL)
    reference_server._server.process.wait()
    with conversation() as talk:
        assert "answer" in talk.answer(question("deep.count", 1, 1, 1, "srn"), 10)


START = """
import time
from grader.marking.judge import reference_server
with reference_server.conversation() as talk:
    talk.answer({}, 10)
    print(reference_server._server.process.pid, flush=True)
    time.sleep(600)
"""


def test_it_ends_with_the_process_that_asks():
    """Also where that is killed: nobody is left to end it."""
    asks = subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        process = psutil.Process(int(asks.stdout.readline()))
        children = process.children()
        assert children
    finally:
        asks.kill()
        asks.communicate()
    _, alive = psutil.wait_procs([process, *children], timeout=30)
    assert alive == []


def test_where_it_cannot_start_this_is_said(monkeypatch):
    reference_server.close()
    monkeypatch.setattr(reference_server.sys, "executable", "/bin/false")
    with pytest.raises(SandboxUnavailable, match="follow-through"), conversation():
        pass
