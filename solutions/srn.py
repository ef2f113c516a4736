"""The simple recurrent network (Elman 1990) in NumPy and in PyTorch; its gradients are in `solutions.bptt`.

The network reads a sequence ``x`` step by step and carries a hidden state::

    z_t = x_t Wᵀ + h_{t-1} Uᵀ + b        h_t = tanh(z_t)        y_t = softmax(h_t Vᵀ + c)

Shapes, everywhere: ``x`` (T, B, D), ``h`` (T, B, H), ``h0`` (B, H), ``W`` (H, D), ``U`` (H, H), ``b`` (H,),
``V`` (O, H), ``c`` (O,). Arrays are float64 or float32; a result has the dtype of its inputs.

Source: J. L. Elman, "Finding structure in time", Cognitive Science 14 (1990).
"""

from __future__ import annotations

import numpy as np
import torch


def step(x_t, h, W, U, b):
    """One step of the network: the new hidden state.

        h_t = tanh(x_t Wᵀ + h_{t-1} Uᵀ + b)

    Args:
        x_t: input of this step, (B, D).
        h: hidden state of the step before, h_{t-1}, (B, H).
        W, U, b: parameters, (H, D), (H, H), (H,).

    Returns:
        h_t, (B, H).
    """
    return np.tanh(x_t @ W.T + h @ U.T + b)


def sequence(x, h0, W, U, b):
    """The hidden states of a whole sequence: `step` applied T times, starting from ``h0``.

    Args:
        x: input, (T, B, D).
        h0: hidden state before the first step, (B, H).
        W, U, b: parameters, (H, D), (H, H), (H,).

    Returns:
        h, the states h_1 … h_T, (T, B, H). ``h0`` is not among them.
    """
    h = h0
    states = []
    for x_t in x:
        h = step(x_t, h, W, U, b)
        states.append(h)
    return np.stack(states)


def output_layer(h, V, c):
    """The output of every step: a probability for each of O classes.

        o_t = h_t Vᵀ + c        y_t = softmax(o_t),  softmax(o)_j = exp(o_j) / Σ_i exp(o_i)

    The largest score is subtracted before exp: softmax does not change, and exp cannot overflow.

    Args:
        h: hidden states, (T, B, H).
        V, c: parameters, (O, H), (O,).

    Returns:
        y, (T, B, O); each row is ≥ 0 and sums to 1.
    """
    o = h @ V.T + c
    e = np.exp(o - o.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(o, targets):
    """Softmax cross-entropy of a sequence, from the scores before the softmax.

        loss_{t,b} = log Σ_i exp(o_{t,b,i}) − o_{t,b,target}        loss = (1 / TB) Σ_{t,b} loss_{t,b}

    The largest score is subtracted before exp, so that no finite score overflows.

    Args:
        o: scores (logits), (T, B, O).
        targets: the right class of each step, integers in 0 … O − 1, (T, B).

    Returns:
        loss: the mean over all T · B steps, in nats, a scalar.
        losses: the loss of every step, in nats, (T, B).
    """
    top = o.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(o - top).sum(axis=-1)) + top[..., 0]
    losses = log_sum - np.take_along_axis(o, targets[..., None], axis=-1)[..., 0]
    return losses.mean(), losses


def word_starts(losses, rise):
    """Where words start, read off the loss of each letter: cut before a letter that surprises.

    A word starts at letter t when ``losses[t] − losses[t−1] > rise``. The first letter always starts a word.

    Args:
        losses: the loss of each letter, (T,).
        rise: how much more than the letter before it a letter must surprise, in the unit of ``losses``.

    Returns:
        starts, booleans, (T,).
    """
    starts = np.ones(len(losses), dtype=bool)
    starts[1:] = losses[1:] - losses[:-1] > rise
    return starts


def f1_score(found, true):
    """Precision, recall and F1 of a set of word starts.

        precision = hits / found        recall = hits / true        F1 = 2 · hits / (found + true)

    The first letter is not counted: it starts a word whatever the network says. 0/0 counts as 0.

    Args:
        found: where the network cuts, booleans, (T,).
        true: where the words start, booleans, (T,).

    Returns:
        precision, recall, f1: three floats between 0 and 1.
    """
    found, true = found[1:], true[1:]
    hits, n_found, n_true = (found & true).sum(), found.sum(), true.sum()
    precision = hits / max(n_found, 1)
    recall = hits / max(n_true, 1)
    f1 = 2 * hits / max(n_found + n_true, 1)
    return float(precision), float(recall), float(f1)


def parameter_count(D, H, O):
    """How many numbers the network learns: those of W, U, b, V and c.

    Args:
        D, H, O: sizes of input, hidden state and output.

    Returns:
        the count, an int. The length T of the sequence does not appear.
    """
    return H * D + H * H + H + O * H + O


class SRN(torch.nn.Module):
    """The recurrent layer as a PyTorch module, on any device.

    ``SRN(D, H)`` has the parameters W (H, D), U (H, H) and b (H,), drawn uniformly from ±1/√H,
    as ``torch.nn.RNN`` does.
    """

    def __init__(self, D, H):
        super().__init__()
        bound = H**-0.5
        self.W = torch.nn.Parameter(torch.empty(H, D).uniform_(-bound, bound))
        self.U = torch.nn.Parameter(torch.empty(H, H).uniform_(-bound, bound))
        self.b = torch.nn.Parameter(torch.empty(H).uniform_(-bound, bound))

    def forward(self, x, h0):
        """x (T, B, D) and h0 (B, H) → the states h_1 … h_T, (T, B, H). Differentiable in every parameter and input."""
        h = h0
        states = []
        for x_t in x:
            h = torch.tanh(x_t @ self.W.T + h @ self.U.T + self.b)
            states.append(h)
        return torch.stack(states)


def forward(x, h0, targets, W, U, b, V, c):
    """The whole network with its loss: states, scores and mean cross-entropy.

    Args:
        x, h0, targets: (T, B, D), (B, H), integers (T, B).
        W, U, b, V, c: all parameters.

    Returns:
        loss: scalar, mean over T · B steps, in nats.
        h: states, (T, B, H).
        o: scores, (T, B, O).
    """
    h = sequence(x, h0, W, U, b)
    o = h @ V.T + c
    return cross_entropy(o, targets)[0], h, o
