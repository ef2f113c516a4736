"""Rated sentences: read, cut into words, turned into numbers and batches.

A word is given to a network as two numbers: its own, and that of its first five letters, its *beginning*. So a word
that was never seen ("enjoyably") still says what it shares with words that were ("enjoyable").
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import torch

NEGATIONS = frozenset(
    (
        "n't",
        "not",
        "no",
        "never",
        "nothing",
        "nobody",
        "nowhere",
        "neither",
        "nor",
        "none",
        "without",
        "cannot",
        "hardly",
    )
)
TURNS = frozenset(("but", "yet", "although", "though", "despite", "however"))
BEGINNING = 5


@dataclass(frozen=True)
class Sentence:
    """What was written, its words, and the mean rating that people gave it, from −4 (very negative) to 4."""

    text: str
    words: tuple[str, ...]
    rating: float

    @property
    def negated(self):
        """Whether a negation stands in it."""
        return not NEGATIONS.isdisjoint(self.words)

    @property
    def turned(self):
        """Whether a word that announces a turn stands in it, such as "but"."""
        return not TURNS.isdisjoint(self.words)


def words_of(text):
    """The words of a text in small letters, and its punctuation marks; "don't" becomes "do" and "n't"."""
    text = re.sub(r"n't\b", " n't", text.lower().replace("’", "'"))
    return tuple(re.findall(r"n't|'[a-z]+|[^\W\d_]+|\d+|[.,!?;:()]", text))


def read(path):
    """The sentences of a file with a line for each: rating, tabulator, text."""
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [Sentence(text, words_of(text), float(rating)) for rating, text in rows]


class Vocabulary:
    """The words and the beginnings that stand in at least two of the training sentences, numbered from 1.

    The number 0 is for all others. It is also what `padded` fills up with: whoever needs to know what is padding must
    look at the lengths.
    """

    def __init__(self, sentences, least=2):
        self.words = _numbered((set(s.words) for s in sentences), least)
        self.beginnings = _numbered(({w[:BEGINNING] for w in s.words} for s in sentences), least)

    def numbers(self, words):
        """A sentence of n words as integers (n, 2): number of the word, number of its beginning."""
        pairs = [(self.words.get(w, 0), self.beginnings.get(w[:BEGINNING], 0)) for w in words]
        return torch.tensor(pairs).reshape(-1, 2)


def _numbered(sets, least):
    counts = Counter(item for each in sets for item in sorted(each))
    return {item: k for k, item in enumerate((i for i, count in counts.most_common() if count >= least), start=1)}


def padded(sentences):
    """Sentences of unequal length, each (n, 2), side by side: x (T, B, 2), filled up with 0, and lengths (B,)."""
    return torch.nn.utils.rnn.pad_sequence(sentences), torch.tensor([len(each) for each in sentences])


def batches(sentences, B, generator=None):
    """Which sentences go together, as a list of index tensors: of similar length, so that there is little padding.

    Args:
        sentences: tensors (n, 2).
        generator: shuffles sentences of nearly the same length, and the batches; None: in the order of the lengths.
    """
    lengths = torch.tensor([len(each) for each in sentences], dtype=torch.float)
    if generator is None:
        return list(lengths.argsort(stable=True).split(B))
    apart = (lengths + 4 * torch.rand(len(sentences), generator=generator)).argsort().split(B)
    return [apart[k] for k in torch.randperm(len(apart), generator=generator)]
