"""Sentiment: one answer from many words, sentences of unequal length, and measures that padding cannot spoil.

A batch of B sentences is padded to the length of the longest, T. Sentence b has n_b words, 1 ≤ n_b ≤ T; what stands at
the steps after its end is *padding* and means nothing. Time first, as everywhere:

    h (T, B, H)   states          s (T, B)   scores, s > 0 says "positive"          n (B,)   lengths, integers

`pool` and `masked_loss` are PyTorch, for a network is trained through them; `as_words_arrive` and `paired_interval`
are NumPy and measure it.

Sources: the loss on logits as in PyTorch's `binary_cross_entropy_with_logits`; the bootstrap of B. Efron, "Bootstrap
methods: another look at the jackknife", Annals of Statistics 7 (1979), in its paired percentile form.
"""

from __future__ import annotations

import numpy as np
import torch


def pool(h, lengths):
    """One vector for each sentence, in three ways.

        last_b = h_{n_b, b}        mean_b = (1 / n_b) Σ_{t ≤ n_b} h_{t, b}        largest_b = max_{t ≤ n_b} h_{t, b}

    Args:
        h: states, (T, B, H); anything may stand in the padding.
        lengths: n, integers (B,), from 1 to T.

    Returns:
        last, mean, largest, each (B, H).
    """
    steps, rows = torch.arange(len(h), device=h.device), torch.arange(h.shape[1], device=h.device)
    padding = (steps[:, None] >= lengths)[..., None]
    last = h[lengths - 1, rows]
    mean = h.masked_fill(padding, 0.0).sum(0) / lengths[:, None]
    largest = h.masked_fill(padding, -torch.inf).amax(0)
    return last, mean, largest


def masked_loss(s, y, lengths):
    """Binary cross-entropy of a score at every word, and its two means.

        ℓ_{t,b} = log(1 + exp(s_{t,b})) − y_b s_{t,b}                    = −y log σ(s) − (1 − y) log(1 − σ(s))
        per_word = Σ_b Σ_{t ≤ n_b} ℓ_{t,b} / Σ_b n_b                     every word counts alike
        per_sentence = (1 / B) Σ_b (1 / n_b) Σ_{t ≤ n_b} ℓ_{t,b}         every sentence counts alike

    Args:
        s: scores, (T, B).
        y: targets, how positive each sentence is, floats from 0 to 1, (B,).
        lengths: n, integers (B,), from 1 to T.

    Returns:
        per_word, per_sentence: scalars.
    """
    real = torch.arange(len(s), device=s.device)[:, None] < lengths
    losses = torch.where(real, torch.nn.functional.softplus(s) - y * s, 0.0)
    return losses.sum() / lengths.sum(), (losses.sum(0) / lengths).mean()


def as_words_arrive(s, positive, lengths):
    """Accuracy after 1, 2, … T words, over the sentences that are that long.

        sentences_t = #{b : n_b ≥ t}        accuracy_t = #{b : n_b ≥ t and (s_{t,b} > 0) = positive_b} / sentences_t

    Args:
        s: scores at every word, (T, B); T is the longest length.
        positive: the truth, booleans (B,).
        lengths: n, integers (B,), from 1 to T.

    Returns:
        accuracy, floats (T,); sentences, integers (T,).
    """
    there = np.arange(len(s))[:, None] < lengths
    right = ((s > 0) == positive) & there
    sentences = there.sum(axis=1)
    return right.sum(axis=1) / sentences, sentences


def paired_interval(right_a, right_b, resamples):
    """How much more accurate b is than a on the same sentences, with a 95 % interval by the bootstrap.

        d_i = right_b,i − right_a,i        difference = mean_i d_i        d*_r = mean_k d_{resamples[r, k]}
        low, high = the quantiles 0.025 and 0.975 of d*_1 … d*_R          (linear between neighbours, NumPy's default)

    Args:
        right_a, right_b: whether each method is right on each sentence, booleans (N,).
        resamples: in each row the numbers of N sentences drawn with replacement, integers (R, N).

    Returns:
        difference, low, high: scalars.
    """
    gain = right_b.astype(float) - right_a
    low, high = np.quantile(gain[resamples].mean(axis=1), [0.025, 0.975])
    return gain.mean(), low, high
