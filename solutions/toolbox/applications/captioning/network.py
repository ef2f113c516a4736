"""The network that learns captions, a convolutional net that sees and a GRU that writes; and what it must beat.

model = Captioner(O, **SMALL)                         in PyTorch, to be trained
train(model, *album.tensors("train", device), seed)
given = as_arrays(model)                              its parameters in the form of the exercises
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import torch

from solutions.toolbox.applications.captioning.album import END, SIZE
from solutions.toolbox.experiments.training import descend, warm_up_and_decay

SMALL = {"maps": (24, 48, 64), "H": 128, "D": 32}
WIDE = {"maps": (48, 96, 128), "H": 256, "D": 64}
KERNELS, STRIDE = (5, 3, 3), 2


class Eyes(torch.nn.Module):
    """Three convolutional layers: (B, 3, 32, 32) → maps of 16², 8², 4² places → all their numbers as features (B, F).

    Each layer: a frame of zeros, kernels with stride 2, normalisation of each map over the batch, ReLU.
    """

    def __init__(self, maps, normalised=True, left_out=0.4):
        super().__init__()
        layers = []
        for C, M, size in zip((3, *maps), maps, KERNELS, strict=False):
            norm = torch.nn.BatchNorm2d(M) if normalised else torch.nn.Identity()
            layers += [torch.nn.Conv2d(C, M, size, STRIDE, size // 2), norm, torch.nn.ReLU()]
        self.layers = torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Dropout(left_out))
        self.F = maps[-1] * (SIZE // STRIDE ** len(KERNELS)) ** 2

    def forward(self, x):
        return self.layers(x)


class Captioner(torch.nn.Module):
    """The whole network: eyes, a layer to the first state, a table of words, a GRU, a layer to the scores.

    Args:
        O: number of words, the end symbol among them.
        maps, H, D: maps of the three layers, sizes of the state and of a word's row.
        normalised: whether the eyes normalise their maps.
    """

    def __init__(self, O, maps, H, D, normalised=True):
        super().__init__()
        self.eyes = Eyes(maps, normalised)
        self.start, self.table = torch.nn.Linear(self.eyes.F, H), torch.nn.Embedding(O + 1, D)
        self.gru, self.scores = torch.nn.GRU(D, H), torch.nn.Linear(H, O)
        with torch.no_grad():
            self.table.weight.mul_(0.1)  # at first the picture says more than the words
            self.gru.bias_ih_l0[H : 2 * H] += 1  # the update gate starts by keeping: lesson 04

    def forward(self, x, y):
        """Scores (T, B, O) of the captions y (T, B): at each step the word before is known."""
        known = torch.nn.functional.pad(y, (0, 0, 1, 0), value=self.scores.out_features)[:-1]
        return self.scores(self.gru(self.table(known), self.start(self.eyes(x)).tanh()[None])[0])


class Slots(torch.nn.Module):
    """The same eyes without a recurrent network: each place of the caption has a layer of its own, blind to the rest.

    Args:
        O, maps, H: as for `Captioner`; D is not used.
        T: places.
    """

    def __init__(self, O, maps, H, D, T):
        super().__init__()
        self.eyes, self.O, self.T = Eyes(maps), O, T
        self.hidden, self.scores = torch.nn.Linear(self.eyes.F, H), torch.nn.Linear(H, T * O)

    def forward(self, x, y=None):
        """Scores (T, B, O), or the first steps of them if the captions y (T, B) are shorter."""
        o = self.scores(self.hidden(self.eyes(x)).tanh()).view(len(x), self.T, self.O).transpose(0, 1)
        return o if y is None else o[: len(y)]

    @torch.no_grad()
    def write(self, x):
        """The likeliest word at each place, (T, B)."""
        return self.eval()(x).argmax(dim=2).cpu().numpy()


def train(model, x, y, seed, epochs=20, B=16, lr=3e-3, ends=True, note=None):
    """Adam over shuffled batches; the learning rate rises for 5 % of the updates, then falls in a line to zero.

    Args:
        model: gives scores (T, B, O) for pictures and captions.
        x, y: pictures (N, 3, 32, 32) and captions (T, N), padded with the end symbol.
        ends: whether the end symbol counts in the loss.
        note: is called after each epoch, while the model is not in training; it must draw no random numbers.

    Returns:
        the mean loss a word of each epoch, in nats, a list.
    """
    shuffle = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr)
    real = torch.zeros_like(y, dtype=torch.bool)
    real[int(ends) :] = y[: len(y) - int(ends)] != END
    real[: int(ends)] = True
    kept, curve = y.masked_fill(~real, -100), []  # PyTorch leaves −100 out
    n, model = epochs * (len(x) // B), model.train()
    for _ in range(epochs):
        batches = torch.randperm(len(x), generator=shuffle).split(B)[: len(x) // B]
        for at in batches:
            T = int(real[:, at].sum(0).max())
            loss = torch.nn.functional.cross_entropy(model(x[at], y[:T, at]).flatten(0, 1), kept[:T, at].flatten())
            descend(optimizer, loss, lr * warm_up_and_decay(len(curve), n))
            curve.append(loss.item())
        if note is not None:
            model.eval()
            note()
            model.train()
    model.eval()
    return np.reshape(curve, (epochs, -1)).mean(axis=1).tolist()


@torch.no_grad()
def losses(model, x, y):
    """Of each true caption y (T, B) of pictures x: its loss in nats, its words (the first end symbol counted), and
    whether greedy search would write exactly it. All (B,), NumPy arrays.

    The last by a single pass: the likeliest word is the true one at each step if and only if search finds the caption.
    """
    o = model.eval()(x, y)
    real = (y == END).cumsum(0) - (y == END).long() == 0
    loss = torch.nn.functional.cross_entropy(o.flatten(0, 1), y.flatten(), reduction="none").view_as(y)
    right = ((o.argmax(2) == y) | ~real).all(0)
    return _array((loss * real).sum(0)), _array(real.sum(0)), _array(right)


@torch.no_grad()
def as_arrays(model):
    """The parameters of a trained `Captioner` in the form of the exercises, as NumPy arrays.

    The normalisation is folded into the kernels: γ (m − μ) / √(v + ε) + β is a factor and a number added.

    Returns:
        a dict: "layers", a list of (K, b); "A", "a"; "E"; "gru", the four arrays of PyTorch's layer; "V", "c".
    """
    layers = []
    steps = list(model.eyes.layers)
    for conv, norm in zip(steps[0:9:3], steps[1:9:3], strict=True):
        factor, shift = torch.ones_like(conv.bias), conv.bias
        if isinstance(norm, torch.nn.BatchNorm2d):
            factor = norm.weight / (norm.running_var + norm.eps).sqrt()
            shift = (conv.bias - norm.running_mean) * factor + norm.bias
        layers.append((_array(conv.weight * factor[:, None, None, None]), _array(shift)))
    pairs = {"A": model.start.weight, "a": model.start.bias, "V": model.scores.weight, "c": model.scores.bias}
    named = {name: _array(value) for name, value in pairs.items()}
    return {"layers": layers, "E": _array(model.table.weight), "gru": [*map(_array, model.gru.parameters())], **named}


def _array(tensor):
    return tensor.detach().cpu().numpy()


@torch.no_grad()
def features(model, x, B=256):
    """What the eyes of a trained model make of pictures x (N, 3, 32, 32): (N, F), as a NumPy array."""
    return np.concatenate([_array(model.eyes(part)) for part in x.split(B)])


def word_f1(said, true):
    """How well the words of a caption fit, whatever their order: 2 · common / (said + true), doubles counted."""
    common = sum((Counter(said) & Counter(true)).values())
    return 2 * common / max(len(said) + len(true), 1)


def nearest(x, known):
    """For each row of x the number of the nearest row of ``known``, by Euclidean distance."""
    x, known = x.reshape(len(x), -1), known.reshape(len(known), -1)
    return ((known**2).sum(axis=1) - 2 * x @ known.T).argmin(axis=1)


def ridge(x, y, new, O, strength=100.0):
    """Word by place without any network: linear least squares from pixels to each place's word, the weights held small.

    Args:
        x, y: training pictures (N, …) and captions (T, N).
        new: other pictures (B, …).
        O: number of words.

    Returns:
        the word with the largest value at each place, (T, B).
    """
    x, new = x.reshape(len(x), -1), new.reshape(len(new), -1)
    mean, wanted = x.mean(axis=0), np.eye(O, dtype=x.dtype)[y].transpose(1, 0, 2).reshape(len(x), -1)
    x, new = x - mean, new - mean
    weights = np.linalg.solve(x @ x.T + strength * np.eye(len(x), dtype=x.dtype), wanted - wanted.mean(axis=0))
    found = new @ x.T @ weights + wanted.mean(axis=0)
    return found.reshape(len(new), -1, O).argmax(axis=2).T
