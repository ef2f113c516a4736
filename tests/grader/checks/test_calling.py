"""Is a student's function called with its arguments by position, whatever it calls them, and are tensors watched?"""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.compare import compare
from grader.checks.errors import WrongForm
from grader.checks.task import find_task
from grader.checks.tasks.calling import ask, note_changes, one_tensor
from grader.marking.answers.references import reference_outputs
from solutions.bptt import check_gradient

GIVEN = {"x": 1, "h": 2, "W": 3}


def f(x, h, W):
    return x, h, W


class Methods:
    def __call__(self, a, b, c):
        return a, b, c

    def bound(self, a, b, c):
        return a, b, c

    @staticmethod
    def static(a, b, c):
        return a, b, c


def wrapped(function):
    @functools.wraps(function)
    def wrapper(*given, **named):
        return function(*given, **named)

    return wrapper


class Torch(torch.nn.Module):
    def forward(self, first, *, W, h):
        return first, h, W


@pytest.mark.parametrize(
    "function",
    [
        lambda x_t, h_prev, weights: (x_t, h_prev, weights),
        lambda h, x, U: (h, x, U),
        lambda *given: given,
        lambda first, *weights: (first, *weights),
        lambda *, W, h, x: (x, h, W),
        lambda first, *, W, h: (first, h, W),
        lambda first, h, /, **named: (first, h, named["W"]),
        lambda **named: (named["x"], named["h"], named["W"]),
        lambda a, b, c, d=None, *, e=None: (a, b, c),
        lambda *given, **named: (*given, *named.values()),
        functools.partial(lambda zero, a, b, c: (a, b, c), 0),
        functools.partial(lambda a, b, c, zero: (a, b, c), zero=0),
        Methods(),
        Methods().bound,
        staticmethod(Methods.static),
        wrapped(lambda a, b, c: (a, b, c)),
        wrapped(lambda a, *, W, h: (a, h, W)),
        Torch(),
        type("Made", (), {"__new__": lambda made, a, b, c: (a, b, c)}),
    ],
)
def test_arguments_are_bound_by_position_and_names_are_free(function):
    assert ask(function, GIVEN) == (1, 2, 3)


def test_what_has_no_signature_is_called_by_position():
    assert ask(max, {"a": 1, "b": 2}) == 2


@pytest.mark.parametrize(
    ("function", "takes"),
    [
        (lambda a, b: 0, "(a, b)"),
        (lambda a, b, c, d: 0, "(a, b, c, d)"),
        (lambda: 0, "()"),
        (lambda a, b, c, *, d: 0, "(a, b, c, *, d)"),
        (torch.nn.Identity(), "(input: torch.Tensor) -> torch.Tensor"),
    ],
)
def test_other_arguments_are_told_in_words(function, takes):
    with pytest.raises(WrongForm) as wrong:
        ask(function, GIVEN)
    assert wrong.value.kind == "arguments"
    assert str(wrong.value) == f"your code takes {takes}; the exercise hands over 3, in this order: x, h, W"


def test_a_type_error_inside_the_function_is_its_own():
    with pytest.raises(TypeError, match="unsupported operand") as raised:
        ask(lambda a, b, c: a + "b", GIVEN)
    assert not isinstance(raised.value, WrongForm)


# --- tensors --------------------------------------------------------------------------------------------------------


def test_a_change_of_a_tensor_is_noted_and_nothing_else():
    inputs = {"x": np.ones(2), "h": np.array([np.nan, 1.0]), "U": np.full(2, 0.1)}
    before = dict(inputs)
    given = {name: torch.tensor(value) for name, value in inputs.items()}
    given["x"] += 1
    note_changes(inputs, {**given, "U": given["U"].float()})  # a module may hold its parameters in another dtype
    assert inputs["x"].tolist() == [2, 2]
    assert inputs["h"] is before["h"]
    assert inputs["U"] is before["U"]


def test_a_list_of_tensors_is_one_tensor_that_gradients_go_through():
    x = torch.ones(2, requires_grad=True)
    for rows in ([x, 2 * x], (x, 2 * x), iter([x, 2 * x]), [[x], [2 * x]]):
        one_tensor(rows).sum().backward()
    assert x.grad.tolist() == [12, 12]
    assert one_tensor((x,), axes=1) is x
    assert one_tensor((x,), axes=2).shape == (1, 2)
    assert one_tensor([x, torch.ones(3)])[0] is x
    assert one_tensor(None) is None
    assert one_tensor({"a": x, "b": x}.values()).shape == (2, 2)
    array = np.ones(2)
    assert one_tensor(array) is array


def found(name, answer):
    task = find_task(name)
    case = task.cases[0]
    return compare(task, case, collect(task, answer, case, 3), reference_outputs(task, case, 3), {})


def zeros_in_the_padding(s, y, lengths):
    real = torch.arange(len(s), device=s.device)[:, None] < lengths
    s[~real] = 0
    losses = torch.nn.functional.binary_cross_entropy_with_logits(s, y.expand_as(s), reduction="none") * real
    return losses.sum() / lengths.sum(), (losses.sum(0) / lengths).mean()


def test_a_tensor_may_be_changed_in_place_and_it_is_seen():
    """The scores of a network are no leaf of the graph; so they are none here, where PyTorch would refuse it."""
    findings = found("sentiment.masked_loss", zeros_in_the_padding)
    assert [(finding.kind, finding.detail) for finding in findings] == [("changed", "s")] * 4


def test_a_point_that_is_changed_is_given_anew_for_the_next_gradient():
    def moves(loss, theta, gradient):
        verdict = check_gradient(loss, theta.copy(), gradient)
        theta += 1
        return verdict

    assert {finding.kind for finding in found("bptt.check_gradient", moves)} == {"changed"}
