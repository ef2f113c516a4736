"""Does a right answer in another form get all points, in every task, and one that changes its inputs half of them?"""

from __future__ import annotations

import copy
import functools
import inspect
import itertools

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.changes import changed_inputs
from grader.checks.score import shares
from grader.checks.task import all_tasks, find_task
from grader.marking.answers.references import recording, reference_outputs
from grader.marking.answers.references.live import reference
from grader.marking.judge.referee import findings_of
from grader.marking.proving.fidelity.forms import argument_names, containers

TASKS = list(all_tasks().values())
IN_ALL = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)


def findings(task, answer, cases):
    seeds = recording(task.module).seeds[task.name]
    return findings_of(task, [collect(task, answer, case, seeds[case.label]) for case in cases], "cpu")


def some(task):
    """An ordinary case, one in float32, one of one layer, if there are; of a module also those that call it twice."""
    others = [[case for case in task.cases[1:] if case.dtype == "float32"][:1]]
    others += [[case for case in task.cases[1:] if case.label == "one layer"]]
    others += [[case for case in task.cases if case.options.get("again")]]
    return [task.cases[0], *itertools.chain(*others)]


@IN_ALL
def test_a_right_answer_is_right_in_every_container(task):
    wrong = {
        words: [finding for finding in findings(task, answer, some(task)) if not finding.right]
        for words, answer in containers(task, reference(task)).items()
    }
    assert not {words: found for words, found in wrong.items() if found}


@IN_ALL
def test_a_right_answer_is_right_with_arguments_of_every_name(task):
    wrong = {
        words: [finding for finding in findings(task, answer, some(task)) if not finding.right]
        for words, answer in argument_names(task, reference(task)).items()
    }
    assert not {words: found for words, found in wrong.items() if found}


@IN_ALL
def test_arguments_come_in_the_order_of_the_reference(task):
    """Whoever takes everything by name is handed it in the order in which others get it by position."""
    asked = []
    answer = reference(task)
    if isinstance(answer, type):
        noting = {name: _noting_method(getattr(answer, name), asked) for name in ("__init__", "forward")}
        answer = type(answer.__name__, (answer,), noting)
    else:
        answer = _noting(answer, asked)
    assert collect(task, answer, task.cases[0], 1).problem is None
    assert asked
    assert all(wanted == handed for wanted, handed in asked)


def _noting(function, asked):
    """The function, taking whatever it is given by name; notes what it wants, and what it gets."""

    def noting(**named):
        asked.append((list(inspect.signature(function).parameters), list(named)))
        return function(**named)

    return noting


def _noting_method(method, asked):
    def noting(self, **named):
        return _noting(method.__get__(self), asked)(**named)

    return noting


# --- inputs changed in place ----------------------------------------------------------------------------------------


def changed(value):
    """Change every array and tensor in it in place; returns how many there are."""
    if isinstance(value, np.ndarray):
        np.logical_not(value, out=value) if value.dtype == bool else np.add(value, 1, out=value, casting="unsafe")
        return 1
    if isinstance(value, torch.Tensor):
        value.data.copy_(~value if value.dtype == torch.bool else value + 1)
        return 1
    if isinstance(value, dict):
        return changed(list(value.values()))
    return sum(map(changed, value)) if isinstance(value, (list, tuple)) else 0


def fresh(value):
    """The same, with nothing that is changed when the original is; gradients go through."""
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, (list, tuple)):
        return type(value)(map(fresh, value))
    return value if callable(value) else copy.deepcopy(value)


def in_place(answer, counted):
    """Right numbers, and then every input is another."""
    if isinstance(answer, type):
        return type(answer.__name__, (answer,), {"forward": in_place(answer.forward, counted)})

    def changes(*given):
        returned = answer(*map(fresh, given))
        counted.append(changed([value for value in given if not isinstance(value, torch.nn.Module)]))
        return returned

    return changes


@IN_ALL
def test_right_numbers_with_changed_inputs_keep_the_edge_share(task):
    counted = []
    found = findings(task, in_place(reference(task), counted), task.cases)
    kept = task.edge_share if any(counted) else 1.0
    assert set(shares(task, found).values()) == {kept}
    assert all(finding.right or (finding.kind == "changed" and finding.detail) for finding in found)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("srn.module", {"W", "U", "b"}),
        ("gru.module", {"W", "U", "b", "b_m"}),
        ("lstm.module", {"W", "U", "b"}),
        ("deep.module", {"weight_ih", "weight_ih_above", "weight_hh", "bias_ih", "bias_hh"}),
        ("bidirectional.packed", {"W", "U", "b", "b_hh"}),
    ],
)
def test_a_module_that_changes_its_parameters_is_seen(name, parameters):
    task = find_task(name)
    make = reference(task)

    def forward(self, *given):
        returned = make.forward(copied(self), *given)
        for parameter in self.parameters():
            parameter.data.mul_(1.5)
        return returned

    def copied(module):
        """A module whose parameters are copies, through which gradients arrive at the module's own."""
        twin = copy.deepcopy(module)
        for path, parameter in list(module.named_parameters()):
            *owners, own = path.split(".")
            owner = functools.reduce(getattr, owners, twin)
            del owner._parameters[own]
            setattr(owner, own, parameter.clone())
        return twin

    decaying = type(make.__name__, (make,), {"forward": forward})
    case = task.cases[0]
    answer = collect(task, decaying, case, 3)
    assert answer.problem is None
    right = reference_outputs(task, case, 3)
    np.testing.assert_allclose(answer.outputs[task.outputs[0].name], right[task.outputs[0].name], rtol=1e-9)
    assert set(changed_inputs(task.draw(case, 3), answer.sums)) == parameters
