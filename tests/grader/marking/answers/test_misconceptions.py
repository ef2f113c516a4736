"""Does every misconception lose points, and is it named when a student has it?"""

from __future__ import annotations

import importlib
from functools import cache

import numpy as np
import pytest
import sympy as sp
import torch

from grader.checks.answers import Answer, Problem, collect
from grader.checks.compare import compare
from grader.checks.score import points
from grader.checks.task import LESSONS, all_tasks, find_task, tasks_of
from grader.marking.answers.misconceptions import BadEdit, Misconception, bank, mistaken, named, outputs_of
from grader.marking.answers.references import recorded_floors, reference_outputs
from solutions.srn import cross_entropy

TASKS = list(all_tasks().values())
ENTRIES = [pytest.param(task, entry, id=f"{task.name}: {entry.name}") for task in TASKS for entry in bank(task)]
every_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
SEEDS = (11, 22, 33, 44, 55)
"""Like those of a marking run: no answer was made for them."""

TELL_THE_SAME = [{"level", "level-from-first"}]
"""Mistakes that a run may not tell apart: they differ in the first letter alone."""


def answered(task, function, cases=None, seeds=SEEDS[:2]) -> list[Answer]:
    """A student's answers in a run of those seeds."""
    with np.errstate(all="ignore"):
        return [collect(task, function, case, seed) for case in cases or task.cases for seed in seeds]


@cache
def right(name, label, seed) -> dict:
    """The reference's outputs, computed once for all mistakes of a task."""
    task = find_task(name)
    return reference_outputs(task, task.case(label), seed)


def names(task, answers: list[Answer]) -> list[str]:
    known = [right(task.name, answer.case, answer.seed) for answer in answers]
    return [entry.name for entry in named(task, answers, right=known)]


def loses_points(task, function, seed) -> bool:
    """Case by case: once points are lost, no further case can bring them back."""
    noise, findings = recorded_floors(task.module)[task.name], []
    for case in task.cases:
        (answer,) = answered(task, function, [case], [seed])
        findings += compare(task, case, answer, right(task.name, case.label, seed), noise[case.label])
        if points(task, findings) < task.points:
            return True
    return False


# --- every entry ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("task", "entry"), ENTRIES)
def test_it_loses_points_whatever_the_seed_and_is_named(task, entry):
    function = mistaken(task, entry)
    unseen = [seed for seed in SEEDS if not loses_points(task, function, seed)]
    assert unseen == [], "it keeps all points on the inputs of these seeds"
    found = names(task, answered(task, function))
    assert len(found) == 1, "one mistake must be named, and no other"
    assert found[0] == entry.name or any({found[0], entry.name} <= same for same in TELL_THE_SAME), "another is named"


def test_what_numpy_warns_of_in_an_entry_is_expected():
    """The mean of nothing is nan, as it is for a student; the instructor's terminal shows no warning."""
    task = find_task("srn.f1_score")
    [entry] = [entry for entry in bank(task) if entry.name == "accuracy-as-precision"]
    found = outputs_of(task, entry, task.case("one letter"), 11)
    assert found.problem is None
    assert np.isnan(found.outputs["precision"])


@every_task
def test_each_is_one_line_with_a_sentence(task):
    assert [entry.name for entry in bank(task) if "\n" in "".join(entry.edit)] == []
    assert [entry.name for entry in bank(task) if not entry.says.endswith((".", "?"))] == []
    assert [entry.name for entry in bank(task) if len(entry.says) >= 250] == []


@pytest.mark.parametrize("module", LESSONS)
def test_a_lesson_has_a_bank_for_each_of_its_tasks_and_for_no_other(module):
    lesson = importlib.import_module(f"grader.marking.answers.misconceptions.{module}")
    assert set(lesson.BANK) == set(tasks_of(module))


@every_task
def test_every_task_has_five_with_names_of_their_own(task):
    found = [entry.name for entry in bank(task)]
    assert len(found) >= 5
    assert len(set(found)) == len(found)


# --- written in another style ---------------------------------------------------------------------------------------


def step_with_another_U(x_t, h, W, U, b):
    return np.stack([np.tanh(W @ x + s @ U + b) for x, s in zip(x_t, h, strict=True)])


def step_with_another_U_in_torch(x_t, h, W, U, b):
    x_t, h, W, U, b = map(torch.as_tensor, (x_t, h, W, U, b))
    return torch.tanh(torch.nn.functional.linear(x_t, W, b) + h @ U)


def step_in_double_without_bias(x_t, h, W, U, b):
    return np.tanh(np.einsum("bd,hd->bh", x_t.astype(float), W) + np.einsum("bk,hk->bh", h.astype(float), U))


def sequence_from_h0_every_time(x, h0, W, U, b):
    return [np.tanh(W @ x_t.T + (U @ h0.T) + b[:, None]).T for x_t in x]


def output_of_plain_exp(h, V, c):
    scores = np.exp(np.einsum("tbh,oh->tbo", h, V) + c)
    return scores / scores.sum(-1, keepdims=True)


def loss_by_log2(o, targets):
    p = np.exp(o - o.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    losses = -np.log2(np.take_along_axis(p, targets[..., None], -1))[..., 0]
    return losses.mean(), losses


def score_that_divides_by_zero(found, true):
    pairs = list(zip(found.tolist()[1:], true.tolist()[1:], strict=True))
    hits = sum(a and b for a, b in pairs)
    precision, recall = hits / sum(a for a, _ in pairs), hits / sum(b for _, b in pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def score_with_ones_for_nothing(found, true):
    """Two mistakes, each in an output of its own."""
    found, true = found[1:], true[1:]
    hits = sum(found & true)
    precision = hits / sum(found) if any(found) else 1.0
    recall = hits / sum(true) if any(true) else 1.0
    return precision, recall, 2 * hits / (sum(found) + sum(true))


def score_by_plain_mean_with_first_letter_kept(found, true):
    """Two mistakes in the same outputs: no entry of the bank fits, but two together do."""
    hits, precision = sum(found & true), sum(found & true) / sum(found)
    return precision, hits / sum(true), (precision + hits / sum(true)) / 2


class Module(torch.nn.Module):
    """A module right in its states whose gradient stops at every step."""

    def __init__(self, D, H):
        super().__init__()
        self.W, self.U, self.b = (torch.nn.Parameter((2 * torch.rand(n) - 1) / H**0.5) for n in ((H, D), (H, H), (H,)))

    def forward(self, x, h0):
        h, states = h0, x.new_empty(0, *h0.shape)
        for x_t in x:
            h = torch.tanh(torch.nn.functional.linear(h, self.U) + torch.nn.functional.linear(x_t, self.W, self.b))
            states = torch.cat([states, h[None]])
            h = h.clone().detach()
        return states


class PlainTensors(Module):
    """None of its weights is a parameter, and they do not start where they should."""

    def __init__(self, D, H):
        torch.nn.Module.__init__(self)
        self.W, self.U, self.b = torch.randn(H, D), torch.randn(H, H), torch.zeros(H)

    def forward(self, x, h0):
        states = [h0]
        for x_t in x:
            states += [torch.tanh(torch.addmm(self.b, x_t, self.W.T) + states[-1] @ self.U.T)]
        return torch.stack(states[1:])


def delta_in_columns_without_transpose(delta_next, h_k, U):
    return np.stack([np.diag(1 - h**2) @ U @ d for d, h in zip(delta_next, h_k, strict=True)])


def derivation_with_anothers_slope(u, w, b, h0, x1, x2, x3, y):
    """Written with tanh(z/2); at step 2 the slope of tanh stands in place of the sigmoid's."""
    h, states, slopes = h0, [], []
    for x in (x1, x2, x3):
        h = (1 + sp.tanh((u * h + w * x + b) / 2)) / 2
        states.append(h)
        slopes.append(h - h**2)
    slopes[1] = 1 - states[1] ** 2
    d3 = (h - y) * slopes[2]
    d2 = d3 * u * slopes[1]
    d1 = d2 * u * slopes[0]
    return d1 * x1, d2 * x2, d3 * x3, u * d1


def checker_that_looks_for_large_errors(loss, theta, gradient):
    """Right but for nan, which is never large."""
    for index in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[index] += 1e-5
        down[index] -= 1e-5
        numeric = (loss(up) - loss(down)) / 2e-5
        if abs(gradient[index] - numeric) > 1e-4 * max(abs(gradient).max(), abs(numeric)):
            return False
    return True


@pytest.mark.parametrize(
    ("task", "answer", "expected"),
    [
        ("bptt.delta_step", delta_in_columns_without_transpose, ["transposed-U"]),
        ("bptt.derivation", derivation_with_anothers_slope, ["slope-of-tanh"]),
        ("bptt.check_gradient", checker_that_looks_for_large_errors, ["nan-passes"]),
        ("srn.step", step_with_another_U, ["transposed-U"]),
        ("srn.step", step_with_another_U_in_torch, ["transposed-U"]),
        ("srn.step", step_in_double_without_bias, ["no-bias"]),
        ("srn.sequence", sequence_from_h0_every_time, ["state-not-carried"]),
        ("srn.output_layer", output_of_plain_exp, ["not-stable"]),
        ("srn.cross_entropy", loss_by_log2, ["bits"]),
        ("srn.f1_score", score_that_divides_by_zero, ["nothing-found-raises", "nothing-to-find-raises"]),
        ("srn.f1_score", score_with_ones_for_nothing, ["nothing-found-is-1", "nothing-to-find-is-1"]),
        ("srn.f1_score", score_by_plain_mean_with_first_letter_kept, ["arithmetic-mean", "first-letter-counted"]),
        ("srn.module", Module, ["state-detached-after-the-step"]),
        ("srn.module", PlainTensors, ["plain-tensors", "start-values"]),
    ],
)
def test_it_is_named_in_another_style(task, answer, expected):
    task = find_task(task)
    assert names(task, answered(task, answer)) == expected


# --- never named ----------------------------------------------------------------------------------------------------


def test_an_exception_of_the_students_own_names_nothing():
    def broken(*args, **inputs):
        raise ValueError("the student's own")

    assert [task.name for task in TASKS if names(task, answered(task, broken, seeds=SEEDS[:1]))] == []


def test_nothing_written_names_nothing():
    answers = [Answer(case.label, 1, {}, Problem("unwritten")) for case in TASKS[0].cases]
    assert named(TASKS[0], answers) == []


def test_a_sentence_that_calls_the_rest_right_is_not_said_where_it_is_wrong():
    task = find_task("srn.cross_entropy")

    def summed(o, targets):
        _, losses = cross_entropy(o, targets)
        return losses.sum(), losses

    def summed_and_too_large(o, targets):
        total, losses = summed(o, targets)
        return total, losses + 1

    assert [(entry.name, entry.rest_is_right) for entry in named(task, answered(task, summed))] == [("sum", True)]
    assert names(task, answered(task, summed_and_too_large)) == []


def test_noise_that_is_no_known_mistake_names_nothing():
    def noisy(x_t, h, W, U, b):
        return np.tanh(x_t @ W.T + h @ U.T + b) + 1e-3

    task = find_task("srn.step")
    assert names(task, answered(task, noisy)) == []


# --- broken entries -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "times"), [("h @ V", 0), (".T", 2)])
def test_an_edit_must_fit_exactly_once(old, times):
    with pytest.raises(BadEdit, match=f"stands {times} times in step"):
        mistaken(find_task("srn.step"), Misconception("broken", (old, ""), "…"))


def test_an_edit_of_a_function_that_does_not_exist_is_refused():
    with pytest.raises(BadEdit, match="there is no stop to edit"):
        mistaken(find_task("srn.sequence"), Misconception("broken", ("h", ""), "…", where="stop"))
