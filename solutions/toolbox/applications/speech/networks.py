"""Networks that read frames: for one digit, and for a sequence of digits with CTC; and how they are trained."""

from __future__ import annotations

from itertools import islice

import numpy as np
import torch

from solutions.toolbox.applications.speech.data import padded
from solutions.toolbox.experiments.training import descend, warm_up_and_decay

BLANK = 10
"""Class of the blank; the digits 0 … 9 are their own classes."""


class Reader(torch.nn.Module):
    """A bidirectional GRU that starts backwards at each sequence's own end, and an output layer: a score at each step.

    Args:
        D, H, O: sizes of input, of the state of each direction, and of the output.
    """

    def __init__(self, D, H, O):
        super().__init__()
        self.gru = torch.nn.GRU(D, H, bidirectional=True)
        self.output = torch.nn.Linear(2 * H, O)

    def states(self, x, lengths, after=0.0):
        """x (T, B, D), lengths (B,) on the CPU → both directions' states (T, B, 2H); ``after`` each sequence's end."""
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
        return torch.nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], padding_value=after)[0]

    def forward(self, x, lengths):
        """x (T, B, D), lengths (B,) on the CPU → scores (T, B, O); those after a sequence's end mean nothing."""
        return self.output(self.states(x, lengths))


class WordReader(Reader):
    """A `Reader` for one word: the output layer sees the largest value that each unit has at any step, (B, O)."""

    def forward(self, x, lengths):
        return self.output(self.states(x, lengths, after=-1.0).amax(0))


class WordCNN(torch.nn.Module):
    """Two convolutions over time, three steps wide, and the largest value that each unit has anywhere.

    Args:
        D, H, O: sizes of input, of both layers, and of the output.
    """

    def __init__(self, D, H, O):
        super().__init__()
        self.first = torch.nn.Conv1d(D, H, 3, padding=1)
        self.second = torch.nn.Conv1d(H, H, 3, padding=1)
        self.output = torch.nn.Linear(H, O)

    def forward(self, x, lengths):
        """x (T, B, D), lengths (B,) on the CPU → scores (B, O)."""
        mask = within(lengths, x).permute(1, 2, 0)
        h = torch.relu(self.first(x.permute(1, 2, 0))) * mask
        h = torch.relu(self.second(h)) * mask
        return self.output(h.amax(2))


def within(lengths, x):
    """1.0 where a step belongs to its sequence, 0.0 after its end, (T, B, 1), for x (T, B, …)."""
    return (torch.arange(len(x))[:, None] < lengths).float()[..., None].to(x.device)


def batches(recordings, B, seed, device):
    """Endless batches of B recordings in random order: frames, lengths, digits. Those of a batch are about as long."""
    rng, lengths = np.random.default_rng(seed), np.array([len(x) for x in recordings.frames])
    while True:
        for pool in np.array_split(rng.permutation(len(lengths)), max(1, len(lengths) // (8 * B))):
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            for at in rng.permutation(np.arange(0, len(pool), B)):
                picked = recordings.part(pool[at : at + B])
                yield *padded(picked.frames, device), torch.as_tensor(picked.digits, device=device)


def noisy(data, size, seed):
    """The same batches with normal noise of that size on every number, so that none of them is seen twice."""
    generator = torch.Generator().manual_seed(seed)
    for x, *rest in data:
        noise = torch.randn(x.shape, generator=generator)  # drawn on the CPU: the same on every device
        yield x + size * noise.to(x.device), *rest


def train(model, data, loss, updates, lr=1e-2):
    """Adam; the learning rate rises for 5 % of the updates, then falls in a line to zero; the norm is clipped at 1.

    Args:
        data: yields frames (T, B, D), lengths (B,), and targets.
        loss: function of the model's scores, the lengths, and the targets.

    Returns:
        the loss of each update.
    """
    optimizer, curve = torch.optim.Adam(model.parameters(), lr=lr), []
    for k, (x, lengths, targets) in enumerate(islice(data, updates)):
        error = loss(model(x, lengths), lengths, targets)
        descend(optimizer, error, lr * warm_up_and_decay(k, updates))
        curve.append(error.item())
    return curve


def word_loss(scores, lengths, digits):
    """Mean softmax cross-entropy of scores (B, O)."""
    return torch.nn.functional.cross_entropy(scores, digits)


@torch.no_grad()
def answers(model, recordings, device):
    """The digit with the largest score for each recording, (N,)."""
    x, lengths = padded(recordings.frames, device)
    return model(x, lengths).argmax(-1).cpu().numpy()


@torch.no_grad()
def log_probabilities(model, sequences, device):
    """log softmax of the scores for each of several arrays (T_n, D): a list of arrays (T_n, O)."""
    x, lengths = padded(sequences, device)
    log_p = model(x, lengths).log_softmax(-1).cpu().numpy()
    return [log_p[:T, n] for n, T in enumerate(lengths)]
