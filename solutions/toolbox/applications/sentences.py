"""Rated sentences: read, cut into words, turned into numbers and batches; and the bag of words, which forgets order.

A word is given to a network as two numbers: its own, and that of its first five letters, its *beginning*. So a word
that was never seen ("enjoyably") still says what it shares with words that were ("enjoyable").
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
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


def train(model, sentences, targets, loss, epochs, lr, B, seed, clip=1.0):
    """Adam on batches of B sentences; the learning rate rises for 5 % of the updates, then falls in a line to zero.

    Args:
        model: a module, on the device where it is to be trained.
        sentences, targets: tensors (n, 2), and one target for each sentence, (N,).
        loss: function of model, x (T, B, 2), lengths (B,), y (B,) that returns a scalar.

    Returns:
        the loss of each update, a list of floats.
    """
    device, generator = next(model.parameters()).device, torch.Generator().manual_seed(seed)
    optimizer, curve = torch.optim.Adam(model.parameters(), lr=lr, fused=True), []
    order = [at for _ in range(epochs) for at in batches(sentences, B, generator)]
    model.train()
    for k, at in enumerate(order):
        optimizer.param_groups[0]["lr"] = lr * min((k + 1) / (0.05 * len(order)), 1, (1 - k / len(order)) / 0.95)
        x, lengths = padded([sentences[i] for i in at])
        error = loss(model, x.to(device), lengths.to(device), targets[at].to(device))
        optimizer.zero_grad()
        error.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        curve.append(error.item())
    model.eval()
    return curve


@torch.no_grad()
def score_all(score, sentences, device, B=200):
    """One score for each sentence, (N,), as a NumPy array: ``score(x, lengths)`` → (B,), batch by batch."""
    found = np.empty(len(sentences))
    for at in batches(sentences, B):
        x, lengths = padded([sentences[i] for i in at])
        found[at.numpy()] = score(x.to(device), lengths.to(device)).cpu().numpy()
    return found


class BagOfWords:
    """Logistic regression on the words of a sentence: each counts once, wherever it stands.

        s = b + Σ_v w_v [word v is there]

    Args:
        vocabulary: the words (0, unknown, has no weight).
        beginnings: count the words' beginnings too, with weights of their own.
    """

    def __init__(self, vocabulary, beginnings=False):
        self.vocabulary, self.beginnings = vocabulary, beginnings
        self.w = torch.zeros(1 + len(vocabulary.words) + beginnings * len(vocabulary.beginnings))
        self.b = torch.zeros(1)

    def features(self, words):
        """Columns of the weights that the words add, in their order: each once, with the word's place (from 0)."""
        first = {}
        for t, (word, beginning) in enumerate(self.vocabulary.numbers(words).tolist()):
            if word:
                first.setdefault(word, t)
            if beginning and self.beginnings:
                first.setdefault(len(self.vocabulary.words) + beginning, t)
        return list(first), list(first.values())

    def fit(self, sentences, targets, decay, steps=60):
        """Finds the weights that minimise mean cross-entropy + decay · Σ w²; returns itself.

        Args:
            sentences: each a list of words.
            targets: from 0 to 1, (N,).
            decay: how dear a large weight is.
        """
        columns = [torch.tensor(self.features(words)[0], dtype=torch.long) for words in sentences]
        starts = torch.tensor([0, *(len(each) for each in columns[:-1])]).cumsum(0)
        w, b = torch.zeros(len(self.w), 1, requires_grad=True), torch.zeros(1, requires_grad=True)
        optimizer = torch.optim.LBFGS([w, b], max_iter=steps, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            s = torch.nn.functional.embedding_bag(torch.cat(columns), w, starts, mode="sum")[:, 0] + b
            error = torch.nn.functional.binary_cross_entropy_with_logits(s, targets) + decay * w.pow(2).sum()
            error.backward()
            return error

        optimizer.step(closure)
        self.w, self.b = w.detach()[:, 0], b.detach()
        return self

    def along(self, words):
        """The score after each word, (n,)."""
        columns, places = self.features(words)
        gained = np.zeros(len(words))
        np.add.at(gained, places, self.w[columns].numpy())
        return self.b.item() + gained.cumsum()

    def scores(self, sentences):
        """The score of each sentence, (N,); a sentence is a list of words."""
        return np.array([self.along(words)[-1] for words in sentences])
