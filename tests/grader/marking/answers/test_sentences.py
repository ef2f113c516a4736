"""Is what a student is told true, also where the same outputs came about in another way than in the bank?"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.task import all_tasks, find_task
from grader.marking.answers.misconceptions import bank, named
from grader.marking.answers.references import recording
from solutions import bptt, gru, srn
from solutions.cells import CELLS


def told(name, function) -> str:
    """All that a student is told of these answers to the recorded inputs."""
    task = find_task(name)
    with np.errstate(all="ignore"):
        answers = [
            collect(task, function, task.case(label), seed)
            for label, seed in recording(task.module).seeds[name].items()
        ]
    return " ".join(entry.says for entry in named(task, answers))


def last_state_for_all(x, h0, W, U, b):
    """Nothing is stored several times, and nothing overwritten."""
    h = h0
    for x_t in x:
        h = np.tanh(x_t @ W.T + h @ U.T + b)
    return np.broadcast_to(h, (len(x), *h.shape))


def loss_with_a_smallest_probability(o, targets):
    """Nothing is added inside the logarithm."""
    p = np.exp(o - o.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    losses = -np.log(np.maximum(np.take_along_axis(p, targets[..., None], axis=-1)[..., 0], 1e-12))
    return losses.mean(), losses


def score_with_a_question(found, true):
    """No index −0 anywhere."""
    if len(found) > 1:
        found, true = found[1:], true[1:]
    hits = (found & true).sum()
    return hits / max(found.sum(), 1), hits / max(true.sum(), 1), 2 * hits / max(found.sum() + true.sum(), 1)


class BiasOfZeros(torch.nn.Module):
    """No two units start alike."""

    def __init__(self, D, H):
        super().__init__()
        bound = H**-0.5
        self.W = torch.nn.Parameter(torch.empty(H, D).uniform_(-bound, bound))
        self.U = torch.nn.Parameter(torch.empty(H, H).uniform_(-bound, bound))
        self.b = torch.nn.Parameter(torch.zeros(H))

    def forward(self, x, h0):
        h, states = h0, []
        for x_t in x:
            h = torch.tanh(x_t @ self.W.T + h @ self.U.T + self.b)
            states.append(h)
        return torch.stack(states)


def half_of_a_right_difference(loss, theta, step):
    """The points are moved by a whole step."""
    found = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        shift = np.zeros_like(theta)
        shift[index] = step
        found[index] = (loss(theta + shift) - loss(theta - shift)) / (4 * step)
    return found


def checker_with_less_than(loss, theta, gradient):
    """Nothing is divided."""
    numeric = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        shift = np.zeros_like(theta)
        shift[index] = 1e-5
        numeric[index] = (loss(theta + shift) - loss(theta - shift)) / 2e-5
    return bool(np.linalg.norm(gradient - numeric) < 1e-6 * np.linalg.norm(numeric))


def clipped_past_a_nan(gradients, limit):
    """What is finite stays as it was: nothing spreads."""
    largest = 0.0
    for g in gradients.values():
        largest = max(largest, np.abs(g).max())
    if largest == 0 or np.isinf(largest):
        return {name: np.zeros_like(g) for name, g in gradients.items()}, largest
    norm = largest * np.sqrt(sum(((g / largest) ** 2).sum() for g in gradients.values()))
    return {name: min(1, limit / norm) * g for name, g in gradients.items()}, norm


def clipped_in_place(gradients, limit):
    """No array is another: each was changed."""
    for g in gradients.values():
        np.clip(g, -limit, limit, out=g)
    return gradients


def counts_exchanged(D, H):
    """Each count is right, two of them at the other's place."""
    block = H * D + H * H + H
    return block, 4 * block, 3 * block + H, 3 * block, 4 * block + 3 * H, 3 * block


def table_that_begins_anywhere(x, y):
    """No frame around the table."""
    local = np.sqrt(((x[:, None] - y[None]) ** 2).sum(axis=-1))
    D = local.copy()
    for i in range(1, len(x)):
        for j in range(1, len(y)):
            D[i, j] += min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    return D


def layers_summed(x, lengths, layers, kind):
    """What is handed on has H numbers, but it is not the states of → alone."""
    raise ValueError(
        "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
        "(n?,k),(k,m?)->(n?,m?) (size 8 is different from 4)"
    )


class OneMatrixOfTheWrongWidth(torch.nn.Module):
    """All parameters but W start where they should."""

    def __init__(self, D, H):
        super().__init__()
        bound = H**-0.5
        self.W = torch.nn.Parameter(torch.empty(H, D).uniform_(-bound / 2, bound / 2))
        self.U = torch.nn.Parameter(torch.empty(H, H).uniform_(-bound, bound))
        self.b = torch.nn.Parameter(torch.empty(H).uniform_(-bound, bound))

    forward = BiasOfZeros.forward


def gradients_from_the_second_step_on(x, h0, targets, W, U, b, V, c):
    """No state is taken for zeros."""
    dW, _, *others = bptt.gradients(x, h0, targets, W, U, b, V, c)
    h = srn.sequence(x, h0, W, U, b)
    dz, _ = bptt.sweep(bptt.score_gradient(h @ V.T + c, targets), h, np.zeros_like(h0), U, V)
    return dW, np.einsum("tbh,tbk->hk", dz[1:], h[:-1]), *others


def norms_back_to_the_start(U, slopes):
    """Each product is one of the chain rule, as ∂h_lag/∂h_0."""
    product = np.broadcast_to(np.eye(len(U)), (slopes.shape[1], *U.shape))
    norms = [np.linalg.norm(product, 2, axis=(-2, -1))]
    for slope in slopes:
        product = (slope[:, :, None] * U) @ product
        norms.append(np.linalg.norm(product, 2, axis=(-2, -1)))
    return np.stack(norms)


def states_from_the_end(x, h0, W, U, b, b_m):
    """Each state stands at the step whose input was read last."""
    return gru.sequence(x[::-1], h0, W, U, b, b_m)[::-1]


def one_count(D, H):
    """No two counts that could be in any order."""
    return 3 * (H * D + H * H) + 6 * H


def all_layers_on_x(x, starts, layers, kind):
    """Fails where D and H differ, as does many a mistake; each layer has its own parameters."""
    return [CELLS[kind].forward(x, start, layer) for start, layer in zip(starts, layers, strict=True)]


def biases_by_name_in_another_order(named, kind):
    """The order of the dict plays no part."""
    count = sum(name.startswith("weight_ih") for name in named)
    order = ("weight_ih", "weight_hh", "bias_hh", "bias_ih")
    return [CELLS[kind].from_torch(*(named[f"{name}_l{k}"] for name in order)) for k in range(count)]


def turned_and_cut(x, lengths):
    """Of a sequence longer than half of the batch real steps are left."""
    return np.where((np.arange(len(x))[:, None] < lengths)[..., None], x[::-1], 0)


def states_behind_the_end(right, left, lengths):
    """The last step of the batch is not asked for."""
    return right[np.minimum(lengths, len(right) - 1), np.arange(len(lengths))], left[0]


def bounded_state_as_it_is(x_t, h, c, W, U, b):
    """The cell state is a weighted mean: it is not large."""
    f, g, o = np.split(x_t @ W.T + h @ U.T + b, 3, axis=-1)
    f, o = 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o))
    c_t = f * c + (1 - f) * np.tanh(g)
    return o * c_t, c_t


@pytest.mark.parametrize(
    ("task", "answer", "said", "not_said"),
    [
        ("srn.sequence", last_state_for_all, "All T states are the last one", "is stored T times"),
        ("srn.cross_entropy", loss_with_a_smallest_probability, "added or as a limit", "is added"),
        ("srn.f1_score", score_with_a_question, "that letter is counted", "x[-0:]"),
        ("srn.module", BiasOfZeros, "starts where it should", "alike"),
        ("bptt.central_difference", half_of_a_right_difference, "half of what it should be", "moved by half a step"),
        ("bptt.check_gradient", checker_with_less_than, "nor 0 < 0", "0 is divided by 0"),
        ("clipping.clip_by_norm", clipped_past_a_nan, "comes back as it was", "spreads"),
        ("clipping.clip_by_value", clipped_in_place, "the dict that was given, changed", "with other arrays in it"),
        ("lstm.parameter_counts", counts_exchanged, "have changed places", "as many parameters"),
        ("speech.dtw", table_that_begins_anywhere, "begin at any frame", "The frame around the table is 0"),
        ("bidirectional.deep", layers_summed, "does not fit its W", "states of → only"),
        ("srn.module", OneMatrixOfTheWrongWidth, "starts where it should", "the biases among them"),
        ("bptt.gradients", gradients_from_the_second_step_on, "lacks the part of the first step", "for zeros"),
        ("clipping.jacobian_norms", norms_back_to_the_start, "norms of ∂h_lag/∂h_0", "wrong side"),
        ("gru.sequence", states_from_the_end, "x_t and all that follows", "opposite order"),
        ("gru.parameter_count", one_count, "6 · H biases", "wrong order"),
        ("deep.forward", all_layers_on_x, "Every layer is fed with x", "parameters of layer 2"),
        ("deep.from_torch", biases_by_name_in_another_order, "have changed places", "by name"),
        ("bidirectional.reverse", turned_and_cut, "begin with their padding", "only padding is left"),
        ("bidirectional.final_states", states_behind_the_end, "comes out of its padding", "last step of the batch"),
        ("lstm.coupled_step", bounded_state_as_it_is, "shown as it is", "may be large"),
    ],
)
def test_it_is_true_of_another_way_to_the_same_outputs(task, answer, said, not_said):
    sentences = told(task, answer)
    assert said in sentences
    assert not_said not in sentences


def test_no_sentence_puts_a_mistake_into_an_earlier_answer():
    """The same mistake may stand in this very answer: an earlier one is named only where it may be called."""
    blaming = re.compile(r"\bMend\b|\b[Ii]n your `|(^|[.:] )Your `|comes? from a \w+ with a mistake")
    said = {entry.says for task in all_tasks().values() for entry in bank(task)}
    assert [says for says in said if blaming.search(says)] == []
