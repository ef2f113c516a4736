"""The baseline of the word experiments: a next symbol guessed from the one before it, by counting."""

from __future__ import annotations

import numpy as np


class Bigram:
    """How often each of K symbols follows each other one, mixed with how often it occurs at all.

        P(j | i) = m · n_ij / n_i + (1 − m) · (n_j + 1) / (N + K)

    Args:
        ids: training text, integers in 0 … K − 1, (N,).
        K: number of symbols.
        mix: m, between 0 and 1; below 1, so that no pair is impossible.
    """

    def __init__(self, ids, K, mix=0.9):
        pairs = np.bincount(ids[:-1] * K + ids[1:], minlength=K * K).reshape(K, K)
        single = (np.bincount(ids, minlength=K) + 1) / (len(ids) + K)
        self.first = single
        self.P = mix * pairs / np.maximum(pairs.sum(1, keepdims=True), 1) + (1 - mix) * single

    def losses(self, ids):
        """−log P of each symbol after the one before it, in nats, (T,); the first symbol by its frequency alone."""
        p = np.concatenate([self.first[ids[:1]], self.P[ids[:-1], ids[1:]]])
        return -np.log(p)


def best_bigram(train, validation, K):
    """The bigram of the training text whose ``mix`` (0.1 … 0.99) gives the smallest loss on the validation text."""
    models = [Bigram(train, K, mix) for mix in (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)]
    return min(models, key=lambda model: model.losses(validation).mean())
