"""The bag of words, which forgets the order: what a network that reads sentences must beat."""

from __future__ import annotations

import numpy as np
import torch


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
            decay: how much a large weight costs.
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
