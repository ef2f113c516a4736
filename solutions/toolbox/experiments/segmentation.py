"""Word segmentation: Chinese sentences whose characters are tagged, in padded batches, and a network that tags them."""

from __future__ import annotations

import numpy as np
import torch

from solutions.toolbox.experiments.training import descend
from solutions.toolbox.text.corpora import peoples_daily
from solutions.toolbox.text.encoding import encode

TAGS = "bmes"
"""A character begins a word, is in its middle, ends it, or is a word by itself (single)."""

NO_TAG = -1
"""Stands in the padding, and is not counted by `tag_loss`."""


def tagged_sentences(first, last, shortest=5, longest=60):
    """Paragraphs first … last − 1 of the People's Daily: pairs of characters and tags, two strings of equal length.

    Only Chinese characters; paragraphs with fewer than ``shortest`` or more than ``longest`` of them are left out.
    """
    texts = (peoples_daily(k, k + 1) for k in range(first, last))
    return [(text.symbols, bmes(text.starts)) for text in texts if shortest <= len(text) <= longest]


def bmes(starts):
    """The tags of a text from where its words start, booleans (T,)."""
    ends = np.append(starts[1:], True)
    return "".join("s" if s and e else "b" if s else "e" if e else "m" for s, e in zip(starts, ends, strict=True))


def batches(sentences, alphabet, B, seed=None):
    """The sentences as integers, B side by side, padded to the longest of each batch; ``seed`` shuffles them.

    Yields:
        ids (T, B), tags (T, B) with `NO_TAG` in the padding, lengths (B,): integer tensors.
    """
    order = np.arange(len(sentences)) if seed is None else np.random.default_rng(seed).permutation(len(sentences))
    for first in range(0, len(order), B):
        chosen = [sentences[k] for k in order[first : first + B]]
        ids, tags = ([encode(each[k], of) for each in chosen] for k, of in ((0, alphabet), (1, TAGS)))
        yield side_by_side(ids, len(alphabet)), side_by_side(tags, NO_TAG), torch.tensor([len(each) for each in ids])


def side_by_side(rows, padding):
    """Arrays of integers of unequal length as the columns of one tensor (T, B), the rest filled up with ``padding``."""
    return torch.nn.utils.rnn.pad_sequence([torch.as_tensor(row) for row in rows], padding_value=padding)


class Tagger(torch.nn.Module):
    """A vector for every symbol, a recurrent layer, scores for every tag.

    Args:
        read: module that maps vectors (T, B, D) and lengths (B,) to outputs (T, B, O).
        symbols, D, O: number of symbols (one more is kept for all others), sizes of vector and output.
        tags: number of tags.
    """

    def __init__(self, read, symbols, D, O, tags=4):
        super().__init__()
        self.embedding = torch.nn.Embedding(symbols + 1, D)
        self.read = read
        self.output = torch.nn.Linear(O, tags)

    def forward(self, ids, lengths):
        """ids (T, B), lengths (B,) → scores (T, B, tags)."""
        return self.output(self.read(self.embedding(ids), lengths))


def tag_loss(scores, tags):
    """Mean cross-entropy of scores (T, B, K) and tags (T, B), in nats; places with `NO_TAG` do not count."""
    return torch.nn.functional.cross_entropy(scores.flatten(0, 1), tags.flatten(), ignore_index=NO_TAG)


def learn(model, make_batches, epochs, lr, device="cpu"):
    """Adam on every batch, ``epochs`` times; the learning rate falls in a line to zero.

    Args:
        make_batches: ``make_batches(epoch)`` → list of (ids, tags, lengths).
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        todo = list(make_batches(epoch))
        for k, (ids, tags, lengths) in enumerate(todo):
            error = tag_loss(model(ids.to(device), lengths), tags.to(device))
            descend(optimizer, error, lr * (1 - (epoch + k / len(todo)) / epochs))
    return model


@torch.no_grad()
def guesses(model, some_batches, device="cpu"):
    """Guessed and true tags of all real places, two integer arrays of one length."""
    guessed, true = [], []
    for ids, tags, lengths in some_batches:
        real = tags != NO_TAG
        guessed.append(model(ids.to(device), lengths).argmax(-1).cpu()[real])
        true.append(tags[real])
    return torch.cat(guessed).numpy(), torch.cat(true).numpy()
