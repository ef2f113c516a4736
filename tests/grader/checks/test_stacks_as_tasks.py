"""Are a student's lists of tuples and dicts read well, and is what is wrong with them said in words?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.compare import compare
from grader.checks.task import find_task
from grader.marking.answers.references import reference_outputs
from solutions import deep


def answered(name, answer, case):
    task = find_task(name)
    return collect(task, answer, task.case(case), 3)


def findings(name, answer, case):
    task = find_task(name)
    right = reference_outputs(task, task.case(case), 3)
    return {
        finding.output: finding for finding in compare(task, task.case(case), answered(name, answer, case), right, {})
    }


def only_the_top(x, starts, layers, kind):
    return deep.forward(x, starts, layers, kind)[-1]


def states_without_tuples(x, starts, layers, kind):
    return [h for h, *_ in deep.forward(x, starts, layers, kind)]


def with_one_short_layer(x, starts, layers, kind):
    states = deep.forward(x, starts, layers, kind)
    return [*states[:-1], tuple(each[1:] for each in states[-1])]


@pytest.mark.parametrize("answer", [only_the_top, states_without_tuples])
def test_states_in_another_form_are_answered_with_the_form_that_is_wanted(answer):
    problem = answered("deep.forward", answer, "LSTM, 2 layers").problem
    assert problem.kind == "form"
    assert "expected a list with one tuple for each layer, the lowest first" in problem.text
    assert "2 tuples of 2" in problem.text


def test_states_of_different_shapes_are_named():
    problem = answered("deep.forward", with_one_short_layer, "LSTM, 2 layers").problem
    assert "states: their shapes do not fit together, in this order: (2, " in problem.text


def test_tensors_are_taken_as_well_as_arrays():
    def in_tensors(*given, **more):
        return [tuple(map(torch.tensor, entry)) for entry in deep.forward(*given, **more)]

    assert all(finding.right for finding in findings("deep.forward", in_tensors, "GRU, 3 layers").values())


def two_results(dstates, x, starts, layers, kind):
    return deep.backward(dstates, x, starts, layers, kind)[:2]


def without_b_m(dstates, x, starts, layers, kind):
    dx, dstarts, dlayers = deep.backward(dstates, x, starts, layers, kind)
    return dx, dstarts, [{name: layer[name] for name in "WUb"} for layer in dlayers]


def test_gradients_in_another_form_are_answered_with_the_form_that_is_wanted():
    says = "a tuple of 2, wanted are 3 results: dx, dstarts, dlayers"
    assert says in answered("deep.backward", two_results, "GRU, 3 layers").problem.text


def test_a_gradient_that_is_missing_is_named_and_the_others_are_right():
    found = findings("deep.backward", without_b_m, "GRU, 3 layers")
    assert [name for name, finding in found.items() if not finding.right] == ["db"]
    assert found["db"].detail == "the key 'b_m' is missing, there are W, U, b"


def test_a_wrong_gradient_is_found_in_its_own_output():
    def no_biases(*given, **more):
        dx, dstarts, dlayers = deep.backward(*given, **more)
        return dx, dstarts, [{**layer, "b": 0 * layer["b"]} for layer in dlayers]

    found = findings("deep.backward", no_biases, "LSTM, 2 layers")
    assert [name for name, finding in found.items() if not finding.right] == ["db"]


def test_what_changes_its_inputs_is_named():
    def in_place(x, starts, layers, kind):
        layers[0]["U"] *= 1.0 + 1e-3
        return deep.forward(x, starts, layers, kind)

    found = findings("deep.forward", in_place, "GRU, 3 layers")
    assert {finding.changed for finding in found.values()} == {("U",)}


class PlainList(deep.Stack):
    """PyTorch does not find its layers."""

    def __init__(self, D, H, L, p):
        super().__init__(D, H, L, p)
        found = list(self.layers)
        del self.layers
        self.layers = found


class Cut(deep.Stack):
    """Right in its states, but no gradient goes on."""

    def forward(self, x, h0, masks):
        return tuple(each.detach() for each in super().forward(x, h0, masks))


def test_layers_that_pytorch_does_not_find_are_named():
    assert "must be a torch.nn.ModuleList of 3 layers" in answered("deep.module", PlainList, "3 layers").problem.text


def test_right_states_earn_their_share_without_gradients():
    found = findings("deep.module", Cut, "3 layers")
    assert [name for name, finding in found.items() if finding.right] == ["h_top", "last"]


def test_some_are_kept_and_some_dropped_in_every_mask():
    task = find_task("deep.dropout_forward")
    for case in task.cases:
        for seed in range(10):
            for mask in task.draw(case, seed)["mask"]:
                assert set(np.unique(mask)) == {0, 1}
