"""Lesson 01: right answers written differently."""

from __future__ import annotations

import math

import numpy as np
import torch

from grader.checks.device import pick_device
from grader.marking.answers.alternatives import Alternatives, Axes


def _tensors(*arrays):
    return (torch.as_tensor(array, device=pick_device()) for array in arrays)


# --- srn.step -------------------------------------------------------------------------------------------------------


def step_in_loops(x_t, h, W, U, b):
    new = np.empty_like(h)
    for row in range(h.shape[0]):
        for unit in range(h.shape[1]):
            z = b[unit]
            for k in range(x_t.shape[1]):
                z = z + x_t[row, k] * W[unit, k]
            for k in range(h.shape[1]):
                z = z + h[row, k] * U[unit, k]
            new[row, unit] = math.tanh(z)
    return new


def step_by_einsum(x_t, h, W, U, b):
    z = np.einsum("hd,bd->bh", W, x_t) + np.einsum("hk,bk->bh", U, h) + b
    return np.tanh(z)


def step_stacked(x_t, h, W, U, b):
    """One product: [x, h, 1] [W, U, b]ᵀ."""
    ones = np.ones((len(x_t), 1), x_t.dtype)
    return np.tanh(np.hstack([x_t, h, ones]) @ np.hstack([W, U, b[:, None]]).T)


def step_feature_by_feature(x_t, h, W, U, b):
    """The sums taken term by term, last term first."""
    z = np.zeros_like(h)
    for k in reversed(range(h.shape[1])):
        z += np.outer(h[:, k], U[:, k])
    for k in reversed(range(x_t.shape[1])):
        z += np.outer(x_t[:, k], W[:, k])
    z += b
    return np.tanh(z, out=z)


def step_transposed(x_t, h, W, U, b):
    return np.tanh(W @ x_t.T + U @ h.T + b[:, None]).T


def step_by_exp(x_t, h, W, U, b):
    """tanh z = 1 − 2 / (1 + exp 2z)."""
    return 1 - 2 / (1 + np.exp(2 * (x_t.dot(W.T) + h.dot(U.T) + b)))


def step_in_torch(x_t, h, W, U, b):
    x_t, h, W, U, b = _tensors(x_t, h, W, U, b)
    return torch.tanh(torch.addmm(b, x_t, W.T) + h @ U.T)


def step_in_lists(x_t, h, W, U, b):
    """Nested lists of Python numbers."""
    rows = np.hstack([x_t, h]).tolist()
    units = np.hstack([W, U]).tolist()
    return [
        [
            math.tanh(sum(p * q for p, q in zip(row, unit, strict=True)) + bias)
            for unit, bias in zip(units, b, strict=True)
        ]
        for row in rows
    ]


# --- srn.sequence ---------------------------------------------------------------------------------------------------


def sequence_into_array(x, h0, W, U, b):
    states = np.zeros((x.shape[0], *h0.shape), dtype=x.dtype)
    for t in range(x.shape[0]):
        states[t] = step_in_loops(x[t], h0 if t == 0 else states[t - 1], W, U, b)
    return states


def sequence_with_h0_in_front(x, h0, W, U, b):
    """T + 1 states, the first of them h0; it is cut off at the end."""
    states = [h0]
    for x_t in x:
        states += [step_by_einsum(x_t, states[-1], W, U, b)]
    return np.array(states)[1:]


def sequence_inputs_first(x, h0, W, U, b):
    """All x_t Wᵀ + b in one product before the loop."""
    T, B, D = x.shape
    driven = (x.reshape(T * B, D) @ W.T + b).reshape(T, B, -1)
    h, states = h0.copy(), np.empty_like(driven)
    for t in range(T):
        h = states[t] = np.tanh(driven[t] + h @ U.T)
    return states


def sequence_as_list(x, h0, W, U, b):
    states, h = [], h0
    for t in range(len(x)):
        h = step_stacked(x[t], h, W, U, b)
        states.append(h)
    return states


def sequence_row_by_row(x, h0, W, U, b):
    """Each row of the batch on its own."""
    states = np.empty((len(x), *h0.shape), x.dtype)
    for row in range(h0.shape[0]):
        h = h0[row]
        for t in range(len(x)):
            h = np.tanh(W @ x[t, row] + U @ h + b)
            states[t, row] = h
    return states


def sequence_recursive(x, h0, W, U, b):
    if len(x) == 0:
        return np.empty((0, *h0.shape), x.dtype)
    h = step_feature_by_feature(x[0], h0, W, U, b)
    return np.concatenate([h[None], sequence_recursive(x[1:], h, W, U, b)])


def sequence_by_torch_layer(x, h0, W, U, b):
    x, h0, W, U, b = _tensors(x, h0, W, U, b)
    layer = torch.nn.RNN(x.shape[2], h0.shape[1], device=x.device, dtype=x.dtype)
    with torch.no_grad():
        for own, given in zip(layer.parameters(), (W, U, b, torch.zeros_like(b)), strict=True):
            own.copy_(given)
        return layer(x, h0[None])[0]


# --- srn.output_layer -----------------------------------------------------------------------------------------------


def output_in_loops(h, V, c):
    y = np.zeros((*h.shape[:2], len(c)), h.dtype)
    for t in range(h.shape[0]):
        for row in range(h.shape[1]):
            scores = [float(V[j] @ h[t, row] + c[j]) for j in range(len(c))]
            terms = [math.exp(score - max(scores)) for score in scores]
            y[t, row] = [term / sum(terms) for term in terms]
    return y


def output_by_einsum(h, V, c):
    o = np.einsum("tbh,oh->tbo", h, V) + c
    o = o - np.max(o, axis=2)[:, :, None]
    return np.exp(o) / np.sum(np.exp(o), axis=2)[:, :, None]


def output_by_log(h, V, c):
    """exp of the log-softmax."""
    o = np.tensordot(h, V, axes=([2], [1])) + c
    return np.exp(o - np.logaddexp.reduce(o, axis=-1, keepdims=True))


def output_unit_by_unit(h, V, c):
    """The sum over units taken term by term, last first; the classes along the first axis until the end."""
    o = np.zeros((len(c), *h.shape[:2]), h.dtype) + c[:, None, None]
    for k in reversed(range(h.shape[2])):
        o += V[:, k, None, None] * h[None, :, :, k]
    o -= np.maximum.reduce(o)
    np.exp(o, out=o)
    o /= o.sum(0)
    return np.moveaxis(o, 0, -1)


def output_pairwise(h, V, c):
    """y_j = 1 / Σ_i exp(o_i − o_j): overflow gives 1/∞ = 0, which is right."""
    o = h @ V.T + c
    with np.errstate(over="ignore"):
        return 1 / np.exp(o[..., None, :] - o[..., :, None]).sum(axis=-1)


def output_in_torch(h, V, c):
    h, V, c = _tensors(h, V, c)
    return torch.softmax(torch.nn.functional.linear(h, V, c), dim=-1)


# --- srn.cross_entropy ----------------------------------------------------------------------------------------------


def loss_in_loops(o, targets):
    T, B = targets.shape
    losses, total = np.empty((T, B), o.dtype), 0.0
    for t in range(T):
        for row in range(B):
            scores = [float(score) for score in o[t, row]]
            top = max(scores)
            loss = math.log(math.fsum(math.exp(score - top) for score in scores)) + top - scores[targets[t, row]]
            losses[t, row] = loss
            total += loss
    return total / (T * B), losses


def loss_by_one_hot(o, targets):
    one_hot = np.eye(o.shape[-1], dtype=o.dtype)[targets]
    shifted = o - o.max(axis=2, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    losses = -(one_hot * log_softmax).sum(axis=2)
    return losses.sum() / losses.size, losses


def loss_by_logaddexp(o, targets):
    t, row = np.indices(targets.shape)
    losses = np.logaddexp.reduce(o, axis=-1) - o[t, row, targets]
    return np.mean(np.mean(losses, axis=1)), losses


def loss_class_by_class(o, targets):
    """The sum over classes taken term by term, last first, relative to the target's score where that is the largest."""
    top, below = o.max(axis=-1), 0
    for k in reversed(range(o.shape[-1])):
        below = below + np.exp(o[..., k] - top)
    losses = top - np.take_along_axis(o, targets[..., None], -1).squeeze(-1) + np.log(below)
    return losses[::-1, ::-1].ravel().sum() / targets.size, losses


def loss_of_flat_rows(o, targets):
    T, B, O = o.shape
    flat = o.reshape(-1, O).copy()
    flat -= flat.max(1)[:, None]
    losses = np.log(np.exp(flat).sum(1)) - flat[range(T * B), targets.ravel()]
    return losses.mean(), losses.reshape(T, B)


def loss_in_torch(o, targets):
    o, targets = _tensors(o, targets)
    losses = torch.nn.functional.cross_entropy(o.flatten(0, 1), targets.flatten(), reduction="none")
    return losses.mean(), losses.reshape(targets.shape)


def loss_spelled_out_in_torch(o, targets):
    """torch's own mean, and the losses by log_softmax and gather."""
    o, targets = _tensors(o, targets)
    losses = -torch.log_softmax(o, -1).gather(-1, targets[..., None])[..., 0]
    return torch.nn.functional.cross_entropy(o.flatten(0, 1), targets.flatten()), losses


# --- srn.word_starts ------------------------------------------------------------------------------------------------


def starts_in_a_loop(losses, rise):
    starts = []
    for t in range(len(losses)):
        starts.append(t == 0 or bool(losses[t] - losses[t - 1] > rise))
    return starts


def starts_by_diff(losses, rise):
    return np.concatenate([[True], np.diff(losses) > rise])


def starts_from_infinity(losses, rise):
    """The letter before the first has loss −∞."""
    return np.diff(losses, prepend=-np.inf) > rise


def starts_as_integers(losses, rise):
    starts = np.zeros(losses.shape, int)
    starts[0] = 1
    starts[np.flatnonzero(losses[1:] > losses[:-1] + rise) + 1] = 1
    return starts


def starts_in_torch(losses, rise):
    (losses,) = _tensors(losses)
    return torch.cat([losses.new_ones(1, dtype=torch.bool), losses.diff() > rise])


# --- srn.f1_score ---------------------------------------------------------------------------------------------------


def score_by_sets(found, true):
    cuts = {t for t in range(1, len(found)) if found[t]}
    words = {t for t in range(1, len(true)) if true[t]}
    precision = len(cuts & words) / len(cuts) if cuts else 0.0
    recall = len(cuts & words) / len(words) if words else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1


def score_in_a_loop(found, true):
    hits = false_alarms = misses = 0
    for cut, word in zip(found[1:], true[1:], strict=True):
        hits += bool(cut and word)
        false_alarms += bool(cut and not word)
        misses += bool(word and not cut)
    precision = hits / (hits + false_alarms) if hits else 0.0
    recall = hits / (hits + misses) if hits else 0.0
    return [precision, recall, hits / (hits + (false_alarms + misses) / 2) if hits else 0.0]


def score_by_harmonic_mean(found, true):
    both = np.count_nonzero(np.logical_and(found, true)[1:])
    if both == 0:
        return 0.0, 0.0, 0.0
    precision, recall = both / np.count_nonzero(found[1:]), both / np.count_nonzero(true[1:])
    return precision, recall, 1 / ((1 / precision + 1 / recall) / 2)


def score_in_torch(found, true):
    found, true = (tensor[1:].double() for tensor in _tensors(found, true))
    hits = found @ true
    return hits / found.sum().clamp(min=1), hits / true.sum().clamp(min=1), 2 * hits / (found + true).sum().clamp(min=1)


# --- srn.parameter_count --------------------------------------------------------------------------------------------


def count_by_torch(D, H, O):
    layers = torch.nn.RNN(D, H, bias=False), torch.nn.Linear(H, O)
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters()) + H


def count_by_shapes(D, H, O):
    return sum(math.prod(shape) for shape in [(H, D), (H, H), (H,), (O, H), (O,)])


def count_factored(D, H, O):
    return H * (D + H + 1) + O * (H + 1)


def count_as_numpy(D, H, O):
    return np.sum([np.zeros((H, D + H + 1)).size, np.zeros((O, H + 1)).size])


# --- srn.module -----------------------------------------------------------------------------------------------------


class Functional(torch.nn.Module):
    """`torch.nn.functional.linear`, states written with torch.cat."""

    def __init__(self, D, H):
        super().__init__()
        self.W, self.U, self.b = (torch.nn.Parameter(torch.empty(shape)) for shape in ((H, D), (H, H), (H,)))
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -1 / math.sqrt(H), 1 / math.sqrt(H))

    def forward(self, x, h0):
        h, states = h0, x.new_empty(0, *h0.shape)
        for t in range(x.shape[0]):
            h = torch.nn.functional.linear(x[t], self.W, self.b) + torch.nn.functional.linear(h, self.U)
            h = h.tanh()
            states = torch.cat([states, h[None]])
        return states


class InputsFirst(Functional):
    """All x_t Wᵀ + b in one product before the loop."""

    def forward(self, x, h0):
        states = [h0]
        for driven in torch.einsum("tbd,hd->tbh", x, self.W) + self.b:
            states.append(torch.tanh(driven + torch.einsum("bk,hk->bh", states[-1], self.U)))
        return torch.stack(states[1:])


class Stacked(Functional):
    """One product with [W, U], one with [x, h]."""

    def forward(self, x, h0):
        h, states = h0, []
        for x_t in x.unbind():
            h = torch.tanh(torch.cat([x_t, h], dim=1) @ torch.cat([self.W, self.U], dim=1).T + self.b)
            states += [h]
        return torch.stack(states, dim=0)


class FeatureByFeature(Functional):
    """The sums taken term by term, last term first."""

    def forward(self, x, h0):
        h, states = h0, []
        for x_t in x:
            z = self.b.expand(h0.shape)
            for k in reversed(range(h0.shape[1])):
                z = z + h[:, k, None] * self.U[:, k]
            for k in reversed(range(x.shape[2])):
                z = z + x_t[:, k, None] * self.W[:, k]
            h = torch.tanh(z)
            states.append(h)
        return torch.stack(states)


class AroundTorchLayer(Functional):
    """torch.nn.RNN's own arithmetic, with these parameters."""

    def forward(self, x, h0):
        weights = [self.W, self.U, self.b, torch.zeros_like(self.b)]
        return torch.rnn_tanh(x, h0[None], weights, True, 1, 0.0, self.training, False, False)[0]


ALTERNATIVES = {
    "srn.step": Alternatives(
        (
            step_in_loops,
            step_by_einsum,
            step_stacked,
            step_feature_by_feature,
            step_transposed,
            step_by_exp,
            step_in_torch,
            step_in_lists,
        ),
        Axes("x_t:BD h:BH W:HD U:HH b:H", "h_t:BH", free="BDH"),
    ),
    "srn.sequence": Alternatives(
        (
            sequence_into_array,
            sequence_with_h0_in_front,
            sequence_inputs_first,
            sequence_as_list,
            sequence_row_by_row,
            sequence_recursive,
            sequence_by_torch_layer,
        ),
        Axes("x:TBD h0:BH W:HD U:HH b:H", "h:TBH", free="BDH"),
    ),
    "srn.output_layer": Alternatives(
        (
            output_in_loops,
            output_by_einsum,
            output_by_log,
            output_unit_by_unit,
            output_pairwise,
            output_in_torch,
        ),
        Axes("h:TBH V:OH c:O", "y:TBO", free="TBHO"),
    ),
    "srn.cross_entropy": Alternatives(
        (
            loss_in_loops,
            loss_by_one_hot,
            loss_by_logaddexp,
            loss_class_by_class,
            loss_of_flat_rows,
            loss_in_torch,
            loss_spelled_out_in_torch,
        ),
        Axes("o:TBO targets:TB", "losses:TB", free="TB"),
    ),
    "srn.word_starts": Alternatives(
        (starts_in_a_loop, starts_by_diff, starts_from_infinity, starts_as_integers, starts_in_torch),
        Axes("losses:T", "starts:T"),
    ),
    "srn.f1_score": Alternatives(
        (score_by_sets, score_in_a_loop, score_by_harmonic_mean, score_in_torch),
        Axes("found:T true:T", ""),
    ),
    "srn.parameter_count": Alternatives(
        (count_by_torch, count_by_shapes, count_factored, count_as_numpy),
        Axes("", ""),
    ),
    "srn.module": Alternatives(
        (Functional, InputsFirst, Stacked, FeatureByFeature, AroundTorchLayer),
        Axes("x:TBD h0:BH W:HD U:HH b:H upstream:TBH", "h:TBH ∂W:HD ∂U:HH ∂b:H ∂x:TBD ∂h0:BH", free="BDH"),
    ),
}
