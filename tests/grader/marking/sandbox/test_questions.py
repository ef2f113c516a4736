"""Is a question passed on only where, and as often as, it may be asked?"""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from grader.marking.sandbox import questions as module
from grader.marking.sandbox.questions import LARGEST, NoAnswer, Questions, SecondPass

CHECK = 26
MAY_ASK = ("gru.gates", "gru.step")


class Answering:
    """Answers everything, or raises what it is given."""

    def __init__(self, failure=None):
        self.failure, self.seen, self.open = failure, [], 0

    @contextmanager
    def __call__(self):
        self.open += 1
        yield self
        self.open -= 1

    def answer(self, question, seconds):
        self.seen.append(question)
        if self.failure:
            raise self.failure
        return {"answer": len(self.seen)}


@pytest.fixture
def answering():
    return Answering()


@pytest.fixture
def questions(answering):
    with Questions(SecondPass({"gru.gates": "gates"}, {CHECK: MAY_ASK}, answering)) as questions:
        yield questions


def message(task="gru.step", size=100, **content):
    return {"msg_type": "ask", "content": {"task": task, **content}, "size": size}


def test_the_check_of_a_later_task_may_ask_for_what_it_builds_on(questions, answering):
    assert questions.begin(3) == ()
    assert questions.begin(CHECK) == MAY_ASK
    assert questions.answer(message()) == {"answer": 1}
    assert questions.answer(message("gru.gates")) == {"answer": 2}
    assert questions.answer(message()) == {"answer": 3}
    assert questions.asked == {CHECK: ("gru.step", "gru.gates")}
    assert questions.refused == ""


@pytest.mark.parametrize("cell", [3, 25, 27])
def test_no_other_cell_may(questions, answering, cell):
    questions.begin(CHECK)
    questions.begin(cell)
    assert "error" in questions.answer(message())
    assert answering.seen == []
    assert questions.asked == {}


@pytest.mark.parametrize("task", ["gru.sequence", "srn.step", "", None, 3, ["gru.step"], {"gru.step": 1}])
def test_nothing_else_may_be_asked_for(questions, answering, task):
    questions.begin(CHECK)
    assert questions.answer(message(task)) == {"error": "no result of that exercise can be had here"}
    assert answering.seen == []


def test_what_a_function_returned_is_passed_on_after_a_question_only(questions, answering):
    returned = {"msg_type": "ask", "content": {"returned": 1.0}, "size": 10}
    questions.begin(CHECK)
    assert "error" in questions.answer(returned)
    questions.answer(message())
    assert questions.answer(returned) == {"answer": 2}
    questions.begin(CHECK + 1)
    assert "error" in questions.answer(returned)


@pytest.mark.parametrize("content", [None, [], "gru.step"])
def test_what_is_no_question_is_an_error(questions, content):
    with pytest.raises(ValueError, match="no question"):
        questions.answer({"msg_type": "ask", "content": content, "size": 1})


def test_without_a_second_pass_nothing_can_be_asked():
    with Questions(None) as questions:
        assert questions.stand_ins == {}
        assert questions.begin(CHECK) == ()
        with pytest.raises(ValueError, match="no question"):
            questions.answer(message())


# --- how much -------------------------------------------------------------------------------------------------------


def test_a_question_may_not_be_too_large(questions, answering):
    questions.begin(CHECK)
    assert "error" in questions.answer(message(size=LARGEST + 1))
    assert questions.answer(message(size=LARGEST)) == {"answer": 1}
    assert str(LARGEST) in questions.refused


def test_there_may_not_be_too_many(questions, answering, monkeypatch):
    monkeypatch.setattr(module, "QUESTIONS", 3)
    questions.begin(CHECK)
    said = [questions.answer(message()) for _ in range(5)]
    assert said == [{"answer": 1}, {"answer": 2}, {"answer": 3}] + 2 * [{"error": "too much was asked"}]
    assert len(answering.seen) == 3


def test_nor_together_too_long(questions, answering, monkeypatch):
    monkeypatch.setattr(module, "BYTES", 250)
    questions.begin(CHECK)
    assert [*questions.answer(message()), *questions.answer(message()), *questions.answer(message())] == [
        "answer",
        "answer",
        "error",
    ]


def test_nor_take_too_much_time(questions, answering, monkeypatch):
    times = iter([0.0, 45.0, 50.0, 66.0])
    monkeypatch.setattr(module, "monotonic", lambda: next(times))
    questions.begin(CHECK)
    assert questions.answer(message()) == {"answer": 1}
    assert questions.answer(message()) == {"answer": 2}
    assert questions.answer(message()) == {"error": "too much was asked"}


def test_after_the_first_that_was_not_answered_there_is_no_other():
    answering = Answering(NoAnswer("too slow"))
    with Questions(SecondPass({}, {CHECK: MAY_ASK}, answering)) as questions:
        questions.begin(CHECK)
        assert questions.answer(message()) == {"error": "too slow"}
        assert questions.answer(message()) == {"error": "too much was asked"}
        assert len(answering.seen) == 1
        assert (questions.refused, questions.asked) == ("too slow", {})


def test_the_conversation_is_opened_once_and_closed(answering):
    with Questions(SecondPass({}, {CHECK: MAY_ASK}, answering)) as questions:
        questions.begin(CHECK)
        questions.answer(message())
        questions.answer(message())
        assert answering.open == 1
    assert answering.open == 0
