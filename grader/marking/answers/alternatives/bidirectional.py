"""Lesson 07: right answers written differently."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn.utils import rnn

from grader.marking.answers.alternatives import Alternatives, Axes
from solutions.cells import CELLS


def _tensors(*arrays):
    return tuple(torch.as_tensor(value) for value in arrays)


# --- bidirectional.keep ---------------------------------------------------------------------------------------------


def keep_in_loops(x, lengths):
    kept = np.zeros_like(x)
    for t, b, k in np.ndindex(x.shape):
        if t < lengths[b]:
            kept[t, b, k] = x[t, b, k]
    return kept


def keep_row_by_row(x, lengths):
    kept = x.copy()
    for b, length in enumerate(lengths):
        kept[length:, b] = 0
    return kept


def keep_in_torch(x, lengths):
    x, lengths = _tensors(x, lengths)
    return x.masked_fill((torch.arange(len(x))[:, None] >= lengths)[..., None], 0)


def keep_by_packing(x, lengths):
    x, lengths = _tensors(x, lengths)
    return rnn.pad_packed_sequence(rnn.pack_padded_sequence(x, lengths, enforce_sorted=False), total_length=len(x))[0]


# --- bidirectional.reverse ------------------------------------------------------------------------------------------


def reverse_in_loops(x, lengths):
    turned = np.zeros_like(x)
    for b, length in enumerate(lengths):
        for t in range(length):
            turned[length - t - 1, b] = x[t, b]
    return turned


def reverse_row_by_row(x, lengths):
    rows = [np.concatenate([x[:n, b][::-1], np.zeros_like(x[n:, b])]) for b, n in enumerate(lengths)]
    return np.stack(rows, axis=1)


def reverse_and_shift(x, lengths):
    """Everything turned round, then each row moved to the front."""
    turned = np.flip(np.where(np.arange(len(x))[:, None, None] < lengths[None, :, None], x, 0), axis=0)
    return np.stack([np.roll(turned[:, b], n - len(x), axis=0) for b, n in enumerate(lengths)], axis=1)


def reverse_by_a_matrix(x, lengths):
    """A matrix of zeros and ones for each row says where each step comes from, if from anywhere."""
    R = _reversals(x, lengths)
    turned = np.take_along_axis(x, R.argmax(axis=2).T[:, :, None], axis=0)
    return np.where(R.any(axis=2).T[:, :, None], turned, 0)


def _reversals(x, lengths):
    t = np.arange(len(x))
    return np.stack([(t[:, None] + t == n - 1) for n in lengths]).astype(x.dtype)


def reverse_in_torch(x, lengths):
    x, lengths = _tensors(x, lengths)
    rows = [x[:n, b].flip(0) for b, n in enumerate(lengths)]
    turned = rnn.pad_sequence(rows)
    return torch.cat([turned, turned.new_zeros(len(x) - len(turned), *turned.shape[1:])])


# --- bidirectional.states -------------------------------------------------------------------------------------------


def states_row_by_row(x, lengths, starts, parameters, kind):
    """Each sequence alone, without padding."""
    cell, (T, B, _), H = CELLS[kind], x.shape, starts[0][0].shape[1]
    found = [[np.zeros((T, B, H), x.dtype) for _ in cell.carries] for _ in "→←"]
    for b, n in enumerate(lengths):
        for direction, turn in ((0, slice(None)), (1, slice(None, None, -1))):
            start = tuple(each[b : b + 1] for each in starts[direction])
            read = cell.forward(x[:n, b : b + 1][turn], start, parameters[direction])
            for state, own in zip(found[direction], read, strict=True):
                state[:n, b] = own[turn][:, 0]
    return found


def states_step_by_step(x, lengths, starts, parameters, kind):
    """No reversal: ← walks down from the last step, and its state stays at the start until it meets the sequence."""
    cell, found = CELLS[kind], []
    for steps, start, own in zip((range(len(x)), range(len(x))[::-1]), starts, parameters, strict=True):
        now, after = start, {}
        for t in steps:
            inside = (t < lengths)[:, None]
            given = np.where(inside, x[t], 0)[None]
            new = tuple(each[0] for each in cell.forward(given, now, own))
            now = tuple(np.where(inside, one, two) for one, two in zip(new, now, strict=True))
            after[t] = [np.where(inside, each, 0) for each in now]
        found.append(tuple(np.stack([after[t][c] for t in range(len(x))]) for c in range(len(start))))
    return tuple(found)


def states_by_matrices(x, lengths, starts, parameters, kind):
    """The reversal as a matrix for each row."""
    cell, R, clean = CELLS[kind], _reversals(x, lengths), keep_row_by_row(x, lengths)
    right = [keep_row_by_row(each, lengths) for each in cell.forward(clean, starts[0], parameters[0])]
    turned = np.einsum("bts,sbk->tbk", R, clean)
    left = [np.einsum("bts,sbk->tbk", R, each) for each in cell.forward(turned, starts[1], parameters[1])]
    return right, left


def states_in_torch(x, lengths, starts, parameters, kind):
    return _in_torch(*_all_tensors(x, starts, parameters), lengths, kind)


def _all_tensors(x, starts, parameters):
    own = [{name: torch.as_tensor(value) for name, value in each.items()} for each in parameters]
    return torch.as_tensor(x), [_tensors(*each) for each in starts], own


def _in_torch(x, starts, parameters, lengths, kind):
    """Both directions for autograd: sequence by sequence, step by step."""
    found = []
    for direction in (0, 1):
        rows = []
        for b, n in enumerate(lengths):
            now, read = [each[b] for each in starts[direction]], []
            steps = range(n) if direction == 0 else reversed(range(n))
            for t in steps:
                now = STEPS[kind](x[t, b], *now, **parameters[direction])
                read.append(torch.stack(now))
            read = read if direction == 0 else read[::-1]
            empty = torch.zeros(len(x) - int(n), *read[0].shape, dtype=x.dtype)
            rows.append(torch.cat([torch.stack(read), empty]))
        found.append(tuple(torch.stack(rows, dim=1).unbind(2)))
    return found


def _srn_step(x, h, W, U, b):
    return [torch.tanh(W @ x + U @ h + b)]


def _gru_step(x, h, W, U, b, b_m):
    driven, m = (W @ x + b).chunk(3), (U @ h).chunk(3)
    r, z = torch.sigmoid(driven[0] + m[0]), torch.sigmoid(driven[1] + m[1])
    n = torch.tanh(driven[2] + r * (m[2] + b_m))
    return [n + z * (h - n)]


def _lstm_step(x, h, c, W, U, b):
    i, f, g, o = (W @ x + U @ h + b).chunk(4)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return [o.sigmoid() * c.tanh(), c]


STEPS = {"srn": _srn_step, "gru": _gru_step, "lstm": _lstm_step}


# --- bidirectional.final_states -------------------------------------------------------------------------------------


def final_in_loops(right, left, lengths):
    return np.array([right[n - 1, b] for b, n in enumerate(lengths)]), left[0]


def final_by_take_along(right, left, lengths):
    return np.take_along_axis(right, (lengths - 1)[None, :, None], axis=0)[0], left[0]


def final_by_one_hot(right, left, lengths):
    last = np.arange(len(right))[:, None] == lengths - 1
    return np.einsum("tb,tbh->bh", last.astype(right.dtype), right), left[:1].sum(axis=0)


def final_in_torch(right, left, lengths):
    right, left, lengths = _tensors(right, left, lengths)
    return right.transpose(0, 1)[torch.arange(len(lengths)), lengths - 1], left.select(0, 0)


# --- bidirectional.join ---------------------------------------------------------------------------------------------


def join_by_cases(right, left, how):
    joined = {"sum": np.add(right, left), "mean": np.mean([right, left], axis=0)}
    return joined[how] if how in joined else np.dstack([right, left])


def join_in_place(right, left, how):
    T, B, H = right.shape
    y = np.empty((T, B, 2, H), right.dtype)
    y[:, :, 0], y[:, :, 1] = right, left
    if how == "concat":
        return y.reshape(T, B, 2 * H)
    return y.sum(2) if how == "sum" else y.sum(2) / 2


def join_in_torch(right, left, how):
    right, left = _tensors(right, left)
    if how == "concat":
        return torch.cat([right, left], dim=2)
    return torch.lerp(right, left, 0.5) if how == "mean" else right + left


# --- bidirectional.mean_loss ----------------------------------------------------------------------------------------


def mean_in_loops(losses, lengths):
    return math.fsum(losses[t, b] for b, n in enumerate(lengths) for t in range(n)) / int(lengths.sum())


def mean_of_joined(losses, lengths):
    return np.concatenate([losses[:n, b] for b, n in enumerate(lengths)]).mean()


def mean_by_where(losses, lengths):
    return np.where(np.arange(len(losses))[:, None] < lengths, losses, 0).sum() / lengths.sum(dtype=losses.dtype)


def mean_in_torch(losses, lengths):
    losses, lengths = _tensors(losses, lengths)
    return losses.T[torch.arange(len(losses)) < lengths[:, None]].mean()


# --- bidirectional.gradients ----------------------------------------------------------------------------------------


def gradients_row_by_row(dstates, x, lengths, starts, parameters, kind):
    """Each sequence alone; the parts of all of them added up."""
    cell, dx = CELLS[kind], np.zeros_like(x)
    dstarts = [[np.zeros_like(each) for each in start] for start in starts]
    dparameters = [{name: np.zeros_like(value) for name, value in own.items()} for own in parameters]
    for b, n in enumerate(lengths):
        for k, turn in ((0, slice(None)), (1, slice(None, None, -1))):
            start = tuple(each[b : b + 1] for each in starts[k])
            arriving = tuple(each[:n, b : b + 1][turn] for each in dstates[k])
            dx_b, dstart_b, found = cell.backward(arriving, x[:n, b : b + 1][turn], start, parameters[k])
            dx[:n, b] += dx_b[turn][:, 0]
            for whole, part in zip(dstarts[k], dstart_b, strict=True):
                whole[b] = part[0]
            for name, value in found.items():
                dparameters[k][name] += value
    return dx, dstarts, dparameters


def gradients_by_matrices(dstates, x, lengths, starts, parameters, kind):
    """The gradient of a product with R is one with its transpose."""
    cell, R, clean = CELLS[kind], _reversals(x, lengths), keep_row_by_row(x, lengths)
    right, left = ([keep_row_by_row(each, lengths) for each in pair] for pair in dstates)
    dx, *to_right = cell.backward(right, clean, starts[0], parameters[0])
    turned = np.einsum("bts,sbk->tbk", R, clean)
    left = [np.einsum("bst,sbk->tbk", R, each) for each in left]
    dx_left, *to_left = cell.backward(left, turned, starts[1], parameters[1])
    pairs = zip(to_right, to_left, strict=True)
    return dx + np.einsum("bst,sbk->tbk", R, dx_left), *(list(pair) for pair in pairs)


def gradients_by_autograd(dstates, x, lengths, starts, parameters, kind):
    x, starts, parameters = _all_tensors(keep_row_by_row(x, lengths), starts, parameters)
    dstates = [_tensors(*(keep_row_by_row(each, lengths) for each in pair)) for pair in dstates]
    variables = [x, *(v for start in starts for v in start), *(v for own in parameters for v in own.values())]
    for variable in variables:
        variable.requires_grad_()
    with torch.enable_grad():
        found = _in_torch(x, starts, parameters, lengths, kind)
        total = sum((d * s).sum() for ds, ss in zip(dstates, found, strict=True) for d, s in zip(ds, ss, strict=True))
        total.backward()
    dstarts = [tuple(each.grad for each in start) for start in starts]
    return x.grad, dstarts, [{name: value.grad for name, value in own.items()} for own in parameters]


# --- bidirectional.deep ---------------------------------------------------------------------------------------------


def deep_row_by_row(x, lengths, layers, kind):
    for starts, parameters in layers:
        (right, *_), (left, *_) = states_row_by_row(x, lengths, starts, parameters, kind)
        x = np.dstack([right, left])
    return x


def deep_recursive(x, lengths, layers, kind):
    if not layers:
        return x
    *below, (starts, parameters) = layers
    found = states_step_by_step(deep_recursive(x, lengths, below, kind), lengths, starts, parameters, kind)
    return np.concatenate([each[0] for each in found], axis=2)


def deep_in_torch(x, lengths, layers, kind):
    for starts, parameters in layers:
        x = torch.cat([each[0] for each in _in_torch(*_all_tensors(x, starts, parameters), lengths, kind)], dim=-1)
    return x


# --- bidirectional.deep_gradients -----------------------------------------------------------------------------------


def deep_gradients_row_by_row(dy, x, lengths, layers, kind):
    below, found, H = [x], [], dy.shape[2] // 2
    for k in range(1, len(layers)):
        below.append(deep_row_by_row(x, lengths, layers[:k], kind))
    for k in reversed(range(len(layers))):
        starts, parameters = layers[k]
        nothing = [np.zeros_like(dy[..., :H])] * (len(starts[0]) - 1)
        dstates = (dy[..., :H], *nothing), (dy[..., H:], *nothing)
        dy, dstarts, dparameters = gradients_row_by_row(dstates, below[k], lengths, starts, parameters, kind)
        found.insert(0, (dstarts, dparameters))
    return dy, found


def deep_gradients_recursive(dy, x, lengths, layers, kind):
    """From the lowest layer upwards: what is above it is a smaller problem of the same kind."""
    (starts, parameters), *above = layers
    found = []
    if above:
        dy, found = deep_gradients_recursive(dy, deep_recursive(x, lengths, layers[:1], kind), lengths, above, kind)
    right, left = np.split(dy, 2, axis=2)
    rest = tuple(np.zeros_like(right) for _ in CELLS[kind].carries[1:])
    dx, *dlayer = gradients_by_matrices([(right, *rest), (left, *rest)], x, lengths, starts, parameters, kind)
    return dx, [dlayer, *found]


def deep_gradients_by_autograd(dy, x, lengths, layers, kind):
    x = torch.as_tensor(keep_row_by_row(x, lengths)).requires_grad_()
    dy = torch.as_tensor(keep_row_by_row(dy, lengths))
    stack = [_all_tensors(x, *layer)[1:] for layer in layers]
    for starts, parameters in stack:
        for variable in (v for pair in (*starts, *(own.values() for own in parameters)) for v in pair):
            variable.requires_grad_()
    with torch.enable_grad():
        y = x
        for layer in stack:
            y = torch.cat([each[0] for each in _in_torch(y, *layer, lengths, kind)], dim=-1)
        (y * dy).sum().backward()
    return x.grad, [
        (
            [[each.grad for each in start] for start in starts],
            [{name: value.grad for name, value in own.items()} for own in parameters],
        )
        for starts, parameters in stack
    ]


# --- bidirectional.parameter_count ----------------------------------------------------------------------------------


def count_by_formula(D, H, layers, kind):
    blocks, more = {"srn": (1, 0), "gru": (3, H), "lstm": (4, 0)}[kind]
    lowest = blocks * H * (D + H + 1) + more
    above = blocks * H * (3 * H + 1) + more
    return 2 * (lowest + (layers - 1) * above)


def count_of_drawn(D, H, layers, kind):
    total, rng = 0, np.random.default_rng(0)
    for k in range(layers):
        for _ in "→←":
            total += sum(value.size for value in CELLS[kind].draw(rng, 2 * H if k else D, H).values())
    return total


def count_of_torch(D, H, layers, kind):
    """PyTorch's layer, less the biases that it has twice."""
    make = {"srn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[kind]
    own = make(D, H, num_layers=layers, bidirectional=True).named_parameters()
    twice = {"srn": H, "gru": 2 * H, "lstm": 4 * H}[kind]
    return sum(value.numel() for _, value in own) - 2 * layers * twice


# --- bidirectional.packed -------------------------------------------------------------------------------------------


class SortedByHand(torch.nn.Module):
    """Sorts the sequences, packs them, and puts everything back into its place."""

    def __init__(self, D, H):
        super().__init__()
        self.layer = torch.nn.LSTM(input_size=D, hidden_size=H, num_layers=1, bidirectional=True)

    def forward(self, x, lengths):
        ordered, order = torch.sort(lengths, descending=True, stable=True)
        back = torch.argsort(order).to(x.device)
        order = order.to(x.device)
        y, (h, _) = self.layer(rnn.pack_padded_sequence(x[:, order], ordered))
        y = rnn.pad_packed_sequence(y)[0][:, back]
        missing = y.new_zeros(len(x) - len(y), *y.shape[1:])
        return torch.cat([y, missing]), h[:, back].transpose(0, 1).flatten(1)


class OneByOne(SortedByHand):
    """Every sequence alone: nothing to pack."""

    def forward(self, x, lengths):
        rows, ends, H = [], [], self.layer.hidden_size
        for b, n in enumerate(lengths.tolist()):
            y, _ = self.layer(x[:n, b])
            rows.append(torch.nn.functional.pad(y, (0, 0, 0, len(x) - n)))
            ends.append(torch.cat([y[-1, :H], y[0, H:]]))
        return torch.stack(rows, dim=1), torch.stack(ends)


class PackedRows(SortedByHand):
    """Packs a list of sequences; the final states are taken from y."""

    def forward(self, x, lengths):
        B, H = x.shape[1], self.layer.hidden_size
        rows = rnn.pack_sequence([x[:n, b] for b, n in enumerate(lengths)], enforce_sorted=False)
        y = rnn.pad_packed_sequence(self.layer(rows)[0], total_length=len(x))[0]
        row = torch.arange(B, device=x.device)
        return y, torch.hstack([y[lengths.to(x.device) - 1, row, :H], y[0, :, H:]])


class StepByStep(SortedByHand):
    """The equations, with the layer's parameters."""

    def forward(self, x, lengths):
        inside = (torch.arange(len(x))[:, None] < lengths)[..., None].to(x.device)
        x, H = torch.where(inside, x, 0.0), self.layer.hidden_size
        halves, ends = [], []
        for suffix, steps in (("l0", range(len(x))), ("l0_reverse", range(len(x))[::-1])):
            W, U, b, b_hh = (
                getattr(self.layer, f"{name}_{suffix}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            )
            h, c, after = x.new_zeros(x.shape[1], H), x.new_zeros(x.shape[1], H), [None] * len(x)
            for t in steps:
                i, f, g, o = (x[t] @ W.T + h @ U.T + b + b_hh).chunk(4, dim=1)
                new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                new_h = o.sigmoid() * new_c.tanh()
                h, c = torch.where(inside[t], new_h, h), torch.where(inside[t], new_c, c)
                after[t] = torch.where(inside[t], h, 0.0)
            halves.append(torch.stack(after))
            ends.append(h)
        return torch.cat(halves, dim=2), torch.cat(ends, dim=1)


# S: directions, C: states that a cell carries, G: stacked blocks, L: layers, A: the layers above the lowest, F: 2H
LAYER = "x:TBD lengths:B starts:SCBH W:SGD U:SGH b:SG b_m:SH"
STACK = "x:TBD lengths:B starts:LSCBH W_lowest:SGD W_above:ASGF U:LSGH b:LSG b_m:LSH"
GRADIENTS = " ".join(arrow + name for arrow in "→←" for name in ("dstart:CBH", "dW:GD", "dU:GH"))
ALTERNATIVES = {
    "bidirectional.keep": Alternatives(
        (keep_in_loops, keep_row_by_row, keep_in_torch, keep_by_packing),
        Axes("x:TBK lengths:B", "x:TBK", free="BK"),
    ),
    "bidirectional.reverse": Alternatives(
        (
            reverse_in_loops,
            reverse_row_by_row,
            reverse_and_shift,
            reverse_by_a_matrix,
            reverse_in_torch,
        ),
        Axes("x:TBK lengths:B", "reversed:TBK", free="BK"),
    ),
    "bidirectional.states": Alternatives(
        (states_row_by_row, states_step_by_step, states_by_matrices, states_in_torch),
        Axes(LAYER, "→:CTBH ←:CTBH", free="BD"),
    ),
    "bidirectional.final_states": Alternatives(
        (final_in_loops, final_by_take_along, final_by_one_hot, final_in_torch),
        Axes("right:TBH left:TBH lengths:B", "→:BH ←:BH", free="BH"),
    ),
    "bidirectional.join": Alternatives(
        (join_by_cases, join_in_place, join_in_torch),
        Axes("right:TBH left:TBH", "y:TBF", free="TB"),
    ),
    "bidirectional.mean_loss": Alternatives(
        (mean_in_loops, mean_of_joined, mean_by_where, mean_in_torch),
        Axes("losses:TB lengths:B", "", free="B"),
    ),
    "bidirectional.gradients": Alternatives(
        (gradients_row_by_row, gradients_by_matrices, gradients_by_autograd),
        Axes(f"dstates:SCTBH {LAYER}", f"dx:TBD {GRADIENTS}", free="BD"),
    ),
    "bidirectional.deep": Alternatives(
        (deep_row_by_row, deep_recursive, deep_in_torch),
        Axes(STACK, "y:TBF", free="BD"),
    ),
    "bidirectional.deep_gradients": Alternatives(
        (
            deep_gradients_row_by_row,
            deep_gradients_recursive,
            deep_gradients_by_autograd,
        ),
        Axes(f"dy:TBF {STACK}", "dx:TBD dstarts:LSCBH dW_lowest:SGD dW_above:ASGF dU:LSGH", free="BD"),
    ),
    "bidirectional.parameter_count": Alternatives(
        (count_by_formula, count_of_drawn, count_of_torch),
        Axes("", ""),
    ),
    "bidirectional.packed": Alternatives(
        (SortedByHand, OneByOne, PackedRows, StepByStep),
        Axes(
            "x:TBD lengths:B W:SGD U:SGH b:SG b_hh:SG upstream:TBF upstream_final:BF",
            "y:TBF final:BF ∂x:TBD ∂W:SGD ∂U:SGH ∂b:SG",
            free="BD",
        ),
    ),
}
