"""Is a student's function called with its arguments by position, whatever it calls them, and are tensors watched?"""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.changes import changed_inputs, weighted_sums
from grader.checks.compare import compare
from grader.checks.errors import WrongForm
from grader.checks.task import all_tasks, find_task
from grader.checks.tasks.calling import ask, note_changes, one_tensor, starts_well
from grader.marking.answers.references import reference_outputs
from grader.marking.answers.references.live import reference
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


def test_a_tensors_numbers_are_put_back_and_a_change_of_them_is_seen():
    inputs = {"x": np.ones(2), "h": np.array([np.nan, 1.0]), "U": np.full(2, 0.1), "c": np.ones(2)}
    drawn = dict(inputs)
    given = {name: torch.tensor(value) for name, value in inputs.items() if name != "c"}
    given["x"] += 1
    note_changes(inputs, {**given, "U": given["U"].float()})  # a module may hold its parameters in another dtype
    assert inputs["x"].tolist() == [2, 2]
    assert changed_inputs(drawn, weighted_sums(inputs)) == ("x",)
    assert [name for name in inputs if inputs[name] is drawn[name]] == ["c"]


@pytest.mark.parametrize("name", [name for name, task in all_tasks().items() if task.torch])
def test_every_task_puts_all_its_tensors_back(name):
    """What is not put back counts as changed, so that nobody gains by preventing it."""
    task = find_task(name)
    answer = collect(task, reference(task), task.cases[0], 3)
    assert changed_inputs(task.draw(task.cases[0], 3), answer.sums) == ()
    assert changed_inputs(task.draw(task.cases[0], 3), {})


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


# --- what is judged elsewhere -----------------------------------------------------------------------------------------

WELL = np.tile([-0.0499, 0.0499], (3, 1))


@pytest.mark.parametrize("wrong", [WELL / 2, 2 * WELL, 0 * WELL, -WELL, np.abs(WELL), WELL + 0.01, np.nan * WELL])
def test_parameters_that_do_not_start_well_are_told(wrong):
    assert starts_well(WELL, 3)
    assert not starts_well(wrong, 3)
    assert not starts_well(np.vstack([WELL[:2], wrong[2:]]), 3)


@pytest.mark.parametrize("odd", [np.array(True), WELL[:2], WELL[:0], WELL.T, WELL[0]])
def test_what_are_no_start_values_do_not_start_well(odd):
    assert not starts_well(odd, 3)


@pytest.mark.parametrize("name", ["srn.module", "gru.module", "lstm.module"])
def test_a_module_hands_out_numbers_and_no_verdict(name):
    task = find_task(name)
    answer = collect(task, reference(task), task.cases[0], 3)
    assert answer.outputs["start values"].shape in ((3, 2), (4, 2))
    assert found(name, reference(task))[-1].right


@pytest.mark.parametrize(
    ("biases", "wrong"),
    [
        (lambda b_ih, b_hh: (b_ih.copy(), b_hh.copy()), 0),
        (lambda b_ih, b_hh: (b_ih, b_hh.copy()), 1),
        (lambda b_ih, b_hh: (b_ih[:], b_hh), 2),
        (lambda b_ih, b_hh: (b_ih + b_hh, 0.0), 0),
        (lambda b_ih, b_hh: (b_hh, b_hh), 2),
    ],
)
def test_results_that_are_no_copies_are_those_that_change_with_what_was_given(biases, wrong):
    task = find_task("lstm.set_forget_bias")
    answer = collect(task, lambda b_ih, b_hh, value: biases(b_ih, b_hh), task.cases[0], 3)
    assert task.outputs[1].result(answer.outputs[task.outputs[1].name]) == wrong
    assert changed_inputs(task.draw(task.cases[0], 3), answer.sums) == ()
