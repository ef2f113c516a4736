"""Are the tasks of all lessons sound: found by name, drawn alike everywhere, passed by their reference solutions?"""

from __future__ import annotations

import importlib
import pickle

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.compare import compare
from grader.checks.errors import UnknownTask
from grader.checks.task import DRAWN, Case, all_tasks, find_task
from grader.checks.tasks.drawing import spectral_gain
from solutions.srn import SRN

TASKS = list(all_tasks().values())
CASES = [(task, case) for task in TASKS for case in task.cases]
NAMED = [f"{task.name}, {case.label}" for task, case in CASES]


def solution(task):
    module, name = task.reference.split(":")
    return getattr(importlib.import_module(module), name)


def expected(task, case, seed):
    """The reference's outputs, computed in float64 from the inputs that the case draws."""
    inputs = task.draw(case, seed)
    wide = {k: v.astype(float) if isinstance(v, np.ndarray) and v.dtype.kind == "f" else v for k, v in inputs.items()}
    returned = task.call(solution(task), wide)
    returned = returned if len(task.outputs) > 1 else (returned,)
    values = [value.detach().numpy() if hasattr(value, "detach") else np.asarray(value) for value in returned]
    return {output.name: output.result(value) for output, value in zip(task.outputs, values, strict=True)}


@pytest.mark.parametrize(("task", "case"), CASES, ids=NAMED)
def test_the_reference_solution_is_right_in_every_case(task, case):
    for seed in range(5):
        answer = collect(task, solution(task), case, seed)
        for finding in compare(task, case, answer, expected(task, case, seed), {}):
            assert finding.right, finding


@pytest.mark.parametrize(("task", "case"), CASES, ids=NAMED)
def test_the_same_seed_draws_the_same_inputs_of_the_asked_dtype(task, case):
    one, two = task.draw(case, 5), task.draw(case, 5)
    for name, value in one.items():
        assert np.array_equal(value, two[name], equal_nan=isinstance(value, np.ndarray) and value.dtype.kind == "f")
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            assert value.dtype == case.dtype


EQUAL_ON_PURPOSE = {
    ("srn.step", "D = H"),
    ("srn.sequence", "D = H"),
    ("srn.output_layer", "O = H"),
    ("bptt.gradients", "D = H = O"),
    ("clipping.orthogonal", "square"),
    ("clipping.orthogonal", "another square"),
    ("deep.residual_forward", "D = H"),
    ("deep.residual_backward", "D = H"),
    ("deep.transition", "M = H"),
    ("translation.attend", "H = E"),
    ("speech.ctc_loss", "a frame too few"),
    ("speech.error_rate", "far too much heard"),
    ("captioning.convolve", "as large as the kernel"),
    ("captioning.caption_states", "F = H"),
}
"""Cases that are about equal sizes; each of their tasks has others."""


@pytest.mark.parametrize(("task", "case"), CASES, ids=NAMED)
def test_drawn_sizes_differ_from_each_other(task, case):
    """A drawn size is like no other of its case. Fixed ones may be 1 together; larger ones are equal on purpose."""
    large = [size for size in case.sizes.values() if size is not None and size > 1]
    assert (len(set(large)) < len(large)) == ((task.name, case.label) in EQUAL_ON_PURPOSE)
    for seed in range(20):
        sizes = case.drawn_sizes(np.random.default_rng(seed))
        assert all(size > 0 for size in sizes.values())
        for letter, size in case.sizes.items():
            if size is None:
                assert list(sizes.values()).count(sizes[letter]) == 1
            else:
                assert sizes[letter] == size


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_task_has_public_cases_and_cases_that_are_not(task):
    assert any(case.public for case in task.cases)
    assert not all(case.public for case in task.cases)
    assert len({case.label for case in task.cases}) == len(task.cases)
    assert any(not case.edge for case in task.cases)


def test_too_many_open_sizes_are_refused():
    with pytest.raises(ValueError, match="open sizes"):
        Case("many", dict.fromkeys(range(len(DRAWN) + 1))).drawn_sizes(np.random.default_rng(0))


def test_the_gain_is_the_largest_singular_value():
    assert spectral_gain(np.diag([0.5, -2.0])) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("srn.stpe", "did you mean 'srn.step'"),
        ("step", "did you mean 'srn.step'"),
        ("srn-step", "did you mean 'srn.step'"),
        ("qqq", "the tasks are: srn.step, "),
        ("", "the tasks are"),
    ],
)
def test_an_unknown_task_is_answered_with_what_was_meant(name, says):
    with pytest.raises(UnknownTask, match=says):
        find_task(name)


class Cut(SRN):
    """Cuts the graph altogether."""

    def forward(self, x, h0):
        return super().forward(x, h0).detach()


class Flat(SRN):
    """Has a bias of the wrong shape."""

    def __init__(self, D, H):
        super().__init__(D, H)
        self.b = torch.nn.Parameter(torch.zeros(1, H))


def module_findings(make, case="ordinary"):
    task = find_task("srn.module")
    case = task.case(case)
    return compare(task, case, collect(task, make, case, 3), expected(task, case, 3), {})


def test_right_states_earn_their_share_without_gradients():
    findings = module_findings(Cut)
    assert [finding.output for finding in findings if finding.right] == ["h", "start values"]
    assert [finding.hint for finding in findings[1:3]] == ["every entry is 0"] * 2


def test_a_parameter_of_the_wrong_shape_is_named():
    findings = module_findings(Flat)
    assert findings[0].kind == "form"
    assert findings[0].detail.startswith("b has shape (1, ")


def test_a_module_without_a_parameter_is_told_which():
    findings = module_findings(torch.nn.Linear)
    assert findings[0].kind == "form"
    assert findings[0].detail == "a Linear has no attribute 'W'; look for `self.W`"


def test_a_module_works_where_gradients_are_switched_off():
    task = find_task("srn.module")
    case = task.case("ordinary")
    right = expected(task, case, 3)
    with torch.no_grad():
        answer = collect(task, SRN, case, 3)
    assert all(finding.right for finding in compare(task, case, answer, right, {}))


def test_a_declared_task_is_pickled_by_its_name_and_another_is_not():
    task = find_task("srn.step")
    assert pickle.loads(pickle.dumps(task)) is task
    with pytest.raises(TypeError, match=r"only declared tasks can be pickled, and srn\.step is another"):
        pickle.dumps(task.of_results)
