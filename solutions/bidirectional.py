"""A layer that reads each sequence in both directions, any cell of `solutions.cells`, and its gradients by hand.

    →h_t = f(→W x_t + →U →h_{t-1} + →b)      ←h_t = f(←W x_t + ←U ←h_{t+1} + ←b)      y_t = →h_t ⊕ ←h_t

The sequences of a batch have ``lengths`` of their own, integers from 1 to T, (B,), in any order. What stands behind a
sequence's end is *padding*: whatever it holds, NaN included, changes nothing, and results are zero there. The first of
every pair belongs to the direction →, the second to ←: ``starts`` and ``parameters`` are pairs of what the cell takes.
States stand in the order of time, also those of ←. Shapes: ``x`` (T, B, D), states (T, B, H). Arrays are float64 or
float32; a result has the dtype of its inputs, and inputs are left as they are.

Sources: M. Schuster, K. K. Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on Signal Processing
45 (1997); A. Graves, J. Schmidhuber, "Framewise phoneme classification with bidirectional LSTM", Neural Networks 18
(2005).
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from solutions.cells import CELLS


def keep(x, lengths):
    """The sequences as they are, and zeros in the padding.

    Args:
        x: (T, B, K).
        lengths: (B,).

    Returns:
        (T, B, K): x[t, b] where t < lengths[b], else 0, even where x is NaN.
    """
    inside = np.arange(len(x))[:, None] < lengths
    return np.where(inside[:, :, None], x, 0)


def reverse(x, lengths):
    """Each sequence from its own last step to its first, and zeros in the padding.

    On what `keep` returns, reversing twice changes nothing; and the gradient of a reversal is the same reversal.

    Args:
        x: (T, B, K).
        lengths: (B,).

    Returns:
        (T, B, K): x[lengths[b] - 1 - t, b] where t < lengths[b], else 0.
    """
    t = np.arange(len(x))[:, None]
    source = np.where(t < lengths, lengths - 1 - t, t)
    return keep(np.take_along_axis(x, source[:, :, None], axis=0), lengths)


def states(x, lengths, starts, parameters, kind):
    """What both directions carry after every step: equations (8-40), (8-41) for any cell.

    Args:
        x, lengths: (T, B, D), (B,).
        starts: for each direction the tuple of (B, H) with which it starts: → before the first step, ← behind the last.
        parameters: for each direction the cell's dict.
        kind: a name in `CELLS`.

    Returns:
        for each direction the tuple of states, h first, each (T, B, H), in the order of time.
    """
    cell = CELLS[kind]
    right = cell.forward(keep(x, lengths), starts[0], parameters[0])
    left = cell.forward(reverse(x, lengths), starts[1], parameters[1])
    return tuple(keep(each, lengths) for each in right), tuple(reverse(each, lengths) for each in left)


def final_states(right, left, lengths):
    """What each direction knows when it has read the whole sequence.

    Args:
        right, left: h of the two directions in the order of time, (T, B, H).
        lengths: (B,).

    Returns:
        the state of → after each sequence's own last step, and that of ← after the step that it reads last, (B, H).
    """
    return right[lengths - 1, np.arange(len(lengths))], left[0]


def join(right, left, how):
    """The output of both directions: equation (8-42).

    Args:
        right, left: (T, B, H).
        how: "concat", → first; "sum" or "mean".

    Returns:
        y: (T, B, 2H) for "concat", else (T, B, H).
    """
    if how == "concat":
        return np.concatenate([right, left], axis=-1)
    return (right + left) * (0.5 if how == "mean" else 1)


def mean_loss(losses, lengths):
    """The mean of the losses of all real steps of all sequences; every step counts alike.

    Args:
        losses: (T, B); what stands in the padding does not count, even if it is NaN.
        lengths: (B,).

    Returns:
        a number.
    """
    inside = np.arange(len(losses))[:, None] < lengths
    return losses[inside].mean()


def gradients(dstates, x, lengths, starts, parameters, kind):
    """Gradients of a loss L with respect to everything that `states` is given.

    Args:
        dstates: for each direction the tuple of what its states receive, each (T, B, H), in the order of time. What
            arrives in the padding does not count: the states there are zero whatever happens.
        x, lengths, starts, parameters, kind: as for `states`.

    Returns:
        dx: (T, B, D).
        dstarts, dparameters: pairs like ``starts`` and ``parameters``.
    """
    cell, (right, left) = CELLS[kind], dstates
    arriving = tuple(keep(each, lengths) for each in right), tuple(reverse(each, lengths) for each in left)
    dx_right, *found_right = cell.backward(arriving[0], keep(x, lengths), starts[0], parameters[0])
    dx_left, *found_left = cell.backward(arriving[1], reverse(x, lengths), starts[1], parameters[1])
    return dx_right + reverse(dx_left, lengths), *zip(found_right, found_left, strict=True)


def deep(x, lengths, layers, kind):
    """Layers on top of each other: each reads the joined states of both directions of the one below it.

    Args:
        x, lengths: (T, B, D), (B,).
        layers: for each layer its starts and its parameters, as for `states`; from the second on W has 2H columns.
        kind: a name in `CELLS`.

    Returns:
        y of the topmost layer, (T, B, 2H).
    """
    for starts, parameters in layers:
        right, left = states(x, lengths, starts, parameters, kind)
        x = join(right[0], left[0], "concat")
    return x


def deep_gradients(dy, x, lengths, layers, kind):
    """Gradients of a loss L with respect to everything that `deep` is given.

    Args:
        dy: what y receives, (T, B, 2H).
        x, lengths, layers, kind: as for `deep`.

    Returns:
        dx: (T, B, D).
        dlayers: for each layer dstarts and dparameters, the lowest first.
    """
    inputs, found = [x], []
    for layer in layers[:-1]:
        inputs.append(deep(inputs[-1], lengths, [layer], kind))
    for x, (starts, parameters) in zip(reversed(inputs), reversed(layers), strict=True):
        halves = np.split(dy, 2, axis=-1)
        dstates = [(half, *(np.zeros_like(half) for _ in starts[0][1:])) for half in halves]
        dy, *dlayer = gradients(dstates, x, lengths, starts, parameters, kind)
        found.append(dlayer)
    return dy, found[::-1]


def parameter_count(D, H, layers, kind):
    """How many numbers a deep bidirectional network learns, without an output layer.

    Args:
        D, H: sizes of the input and of one direction's state.
        layers: how many, at least 1.
        kind: a name in `CELLS`.

    Returns:
        an integer.
    """
    read = [D] + (layers - 1) * [2 * H]
    return 2 * sum(math.prod(shape) for size in read for shape in CELLS[kind].shapes(size, H).values())


class Packed(torch.nn.Module):
    """PyTorch's bidirectional LSTM on sequences of unequal length, on any device: `layer` holds the parameters."""

    def __init__(self, D, H):
        super().__init__()
        self.layer = torch.nn.LSTM(D, H, bidirectional=True)

    def forward(self, x, lengths):
        """x (T, B, D), lengths (B,) on the CPU → y (T, B, 2H) with zeros in the padding, and the final states, joined,
        (B, 2H)."""
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        y, (last, _) = self.layer(packed)
        y, _ = pad_packed_sequence(y, total_length=len(x))
        return y, torch.cat([last[0], last[1]], dim=-1)
