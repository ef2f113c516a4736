"""Sentence pairs, their vocabularies and batches, and two translators without a network: a dictionary, a neighbour."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

PAD, BEGIN, END, UNKNOWN = range(4)
"""The first symbols of every vocabulary."""


def read_pairs(path):
    """A file with one pair a line, words apart by spaces and languages by a tab, as tuples of two lists of words."""
    with open(path, encoding="utf-8") as file:
        return [tuple(side.split() for side in line.rstrip("\n").split("\t")) for line in file]


class Vocabulary:
    """The words of some sentences, each with a number: four special symbols first, then the words in order.

    >>> words = Vocabulary([["close", "all", "tabs"]])
    >>> words.columns([["close", "tabs"], ["open"]])[0].tolist()
    [[5, 3], [6, 0]]
    """

    def __init__(self, sentences):
        self.words = ["·", "‹s›", "‹/s›", "‹?›", *sorted({word for sentence in sentences for word in sentence})]
        self.number = {word: k for k, word in enumerate(self.words)}

    def __len__(self):
        return len(self.words)

    def columns(self, sentences):
        """Sentences side by side, integers (T, B), padded with PAD, and their lengths (B,). New words are UNKNOWN."""
        lengths = np.array([len(sentence) for sentence in sentences])
        ids = np.full((lengths.max(), len(sentences)), PAD)
        for b, sentence in enumerate(sentences):
            ids[: len(sentence), b] = [self.number.get(word, UNKNOWN) for word in sentence]
        return ids, lengths

    def text(self, symbols):
        """The words of some numbers, a list."""
        return [self.words[k] for k in symbols]


def batches(pairs, B, seed):
    """Endless batches of at most B pairs of similar length, in random order: so there is little padding."""
    generator = np.random.default_rng(seed)
    lengths = np.array([(len(source), len(target)) for source, target in pairs])
    while True:
        order = np.lexsort((generator.random(len(pairs)), *lengths.T))
        groups = [order[first : first + B] for first in range(0, len(order), B)]
        for k in generator.permutation(len(groups)):
            yield [pairs[i] for i in groups[k]]


def word_table(pairs, rounds=5):
    """For each source word the target word that most probably comes from it: IBM's model 1.

        p(f | e) ∝ Σ over pairs of  p(f | e) / Σ_{e' in the sentence} p(f | e')

    Source: P. F. Brown and others, "The mathematics of statistical machine translation", Computational Linguistics 19
    (1993), model 1.

    Returns:
        dict from source word to target word.
    """
    p = defaultdict(lambda: 1.0)
    for _ in range(rounds):
        counts, totals = defaultdict(float), defaultdict(float)
        for source, target in pairs:
            for f in target:
                norm = sum(p[f, e] for e in source)
                for e in source:
                    counts[f, e] += p[f, e] / norm
                    totals[e] += p[f, e] / norm
        p = defaultdict(float, {(f, e): count / totals[e] for (f, e), count in counts.items()})
    best = {}
    for (f, e), value in p.items():
        if value > best.get(e, (0.0, ""))[0]:
            best[e] = value, f
    return {e: f for e, (_, f) in best.items()}


def nearest(pairs, sentence):
    """The translation of the most similar source sentence: the fewest words added, left out or exchanged."""

    def changes(other):
        row = list(range(len(other) + 1))
        for i, word in enumerate(sentence, 1):
            corner, row[0] = row[0], i
            for j, another in enumerate(other, 1):
                corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != another))
        return row[-1]

    fewest, found = float("inf"), []
    for source, target in pairs:
        at_least = max(len(source), len(sentence)) - sum(word in sentence for word in source)
        if at_least < fewest and (count := changes(source)) < fewest:  # the bound saves most of the work
            fewest, found = count, target
    return found
