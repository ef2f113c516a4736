"""Networks that listen to letters run together, and how much each letter surprises them: the question of lesson 01.

All have about as many parameters (`PARAMETERS`), read one letter of 26 at a time and guess the next one. One that reads
from the end is the same network on the text turned round.
"""

from __future__ import annotations

import numpy as np
import torch

from solutions.toolbox.experiments.seeds import seed_all
from solutions.toolbox.experiments.training import joined, scores, symbol_loss, train
from solutions.toolbox.nets.layers import Layered
from solutions.toolbox.nets.network import Network
from solutions.toolbox.text.encoding import LETTERS, columns, one_hot

K = len(LETTERS)
PARAMETERS = 24_000
"""So many numbers each of them learns, within 1 %; two networks that work together learn half as many each."""
SIZES = {
    "srn": ("srn", 130, 1),
    "gru": ("gru", 73, 1),
    "lstm": ("lstm", 62, 1),
    "deep": ("lstm", 39, 2),
    "half": ("lstm", 40, 1),
}
"""Name → kind of layer, units of a layer, layers. A "half" is one of two directions."""
TRAINING = {"B": 48, "T": 30, "updates": 1500}
"""Columns side by side, letters of a window, updates."""


def listener(name, seed, orthogonal=False):
    """An untrained network of `SIZES`, its weights drawn with that seed; ``orthogonal``: U starts orthogonal."""
    seed_all(seed)
    kind, H, L = SIZES[name]
    model = Network(Layered(kind, K, H, L), H, K)
    if orthogonal:
        torch.nn.init.orthogonal_(model.cell.stack.weight_hh_l0)
    return model


def trained(name, seed, ids, lr, keep=None, updates=TRAINING["updates"], **start):
    """A listener that has learned a text, integers (N,), with `TRAINING` or with another number of updates.

    Args:
        keep: a file for its weights: they are read from it if it is there, else written to it.
        start: as for `listener`.
    """
    model = listener(name, seed, **start)
    if keep is not None and keep.exists():
        model.load_state_dict(torch.load(keep, weights_only=True))
        return model
    listen(model, ids, lr, **{**TRAINING, "updates": updates})
    if keep is not None:
        torch.save(model.state_dict(), keep)
    return model


def listen(model, ids, lr, B, T, updates):
    """Trains a listener on a text, integers (N,), window by window with the state it has; returns it."""
    x, y = columns(ids[:-1], B), columns(ids[1:], B)
    train(model, joined(one_hot(x, K), y, T), symbol_loss, updates, lr)
    return model


def surprises(model, ids):
    """−ln P of each letter, (T,), float64, in nats, read from a zero state; the first gets that of a blind guess."""
    o = scores(model, one_hot(ids[:-1], K))[:, 0].astype(float)
    shifted = o - o.max(1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(o)), ids[1:]]
    return np.concatenate([[np.log(K)], losses])
