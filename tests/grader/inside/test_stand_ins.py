"""Does a stand-in ask when it may, and call the student's own function when it may not?"""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from grader.inside import values
from grader.inside.stand_ins import StandIn, StandIns
from grader.marking.judge.reference_process import answer

TASK = "bidirectional.join"


@pytest.fixture
def questions():
    return []


@pytest.fixture
def stand_ins(questions):
    """The stand-in of `join`; what it asks goes to `reference_process.answer`, by way of JSON."""

    def ask(question, call):
        questions.append(question)
        return json.loads(json.dumps(answer(json.loads(json.dumps(question)), call)))

    return StandIns({TASK: "join"}, ask)


def put(stand_ins, own):
    namespace = {"join": own} if own else {}
    stand_ins.put(namespace)
    return namespace["join"]


def ours(links, rechts, wie="concat", *, axis=-1):
    return "mine"


A, B = np.full((2, 3, 4), 1.0), np.full((2, 3, 4), 3.0, dtype="float32")


def test_closed_it_is_the_students_own_function(stand_ins, questions):
    join = put(stand_ins, ours)
    assert join(A, B) == "mine"
    assert (join.__name__, join.__defaults__) == ("ours", ("concat",))
    assert questions == []


def test_open_it_has_the_references_result(stand_ins, questions):
    join = put(stand_ins, ours)
    stand_ins.open = (TASK,)
    np.testing.assert_array_equal(join(A, B, "mean"), np.full((2, 3, 4), 2.0))
    stand_ins.open = ()
    assert join(A, B, "mean") == "mine"
    assert len(questions) == 1


@pytest.mark.parametrize(
    ("given", "named"),
    [((A, B), {}), ((A,), {"rechts": B}), ((), {"wie": "concat", "rechts": B, "links": A}), ((A, B, "concat"), {})],
)
def test_arguments_have_the_students_names_and_defaults(stand_ins, given, named):
    """Names and defaults are the student's; the reference gets them by position."""
    own = lambda links, rechts, wie="concat", extra=7: None  # noqa: E731
    join = put(stand_ins, own)
    stand_ins.open = (TASK,)
    assert join(*given, **named).shape == (2, 3, 8)


def test_a_name_without_a_function_gets_one_only_while_it_may_ask(stand_ins):
    join = put(stand_ins, None)
    with pytest.raises(NameError, match="join"):
        join(A, B, "sum")
    stand_ins.open = (TASK,)
    np.testing.assert_array_equal(join(A, B, "sum"), 4.0)


def test_bad_arguments_are_told_as_an_error(stand_ins):
    join = put(stand_ins, None)
    stand_ins.open = (TASK,)
    with pytest.raises(RuntimeError, match="join has no result here: TypeError"):
        join(A)
    with pytest.raises(TypeError, match="no plain value"):
        join({1}, B, "sum")


def test_classes_values_and_stand_ins_are_left_alone(stand_ins):
    for there in (int, np.zeros(3), 7):
        namespace = {"join": there}
        stand_ins.put(namespace)
        assert namespace["join"] is there
    join = put(stand_ins, ours)
    assert put(stand_ins, join) is join
    assert isinstance(copy.deepcopy(join), StandIn)


def loss(theta):
    return (theta**2).sum()


def test_a_function_that_is_an_argument_is_called_where_it_is():
    called = []

    def counted(theta):
        called.append(theta)
        return loss(theta)

    def ask(question, call):
        def there_and_back(number, given):
            said = call({"call": number, "given": values.pack(given)})
            return values.unpack(said["returned"])

        return answer(question, there_and_back)

    stand_ins = StandIns({"bptt.central_difference": "central_difference"}, ask)
    stand_ins.open = ("bptt.central_difference",)
    namespace = {}
    stand_ins.put(namespace)
    theta = np.array([1.0, -2.0, 3.0])
    gradient = namespace["central_difference"](counted, theta, 1e-5)
    np.testing.assert_allclose(gradient, 2 * theta, rtol=1e-8)
    assert len(called) == 6


def test_a_function_that_fails_there_is_told_as_failed():
    failed = []

    def ask(question, call):
        failed.append(call({"call": 0, "given": values.pack((1.0,))}))
        return {"error": "it did not return"}

    stand_ins = StandIns({TASK: "join"}, ask)
    stand_ins.open = (TASK,)
    namespace = {}
    stand_ins.put(namespace)
    with pytest.raises(RuntimeError, match="did not return"):
        namespace["join"](lambda x: 1 / 0)
    assert failed == [{"failed": "ZeroDivisionError"}]
