"""Lesson 08, language model: a text in windows, its score in bits, a symbol drawn, and n-grams that back off.

Symbols are integers 0 … K − 1. Floating arrays are float64 or float32; a result is at least as precise as its inputs.

Sources: C. E. Shannon, "Prediction and entropy of printed English", Bell System Technical Journal 30 (1951);
R. Kneser, H. Ney, "Improved backing-off for m-gram language modeling", ICASSP 1995; A. Karpathy, "The unreasonable
effectiveness of recurrent neural networks" (2015).
"""

from __future__ import annotations

import numpy as np


def windows(ids, B, T):
    """A text as windows of T steps and B columns, with the next symbol as target.

        x[n, t, b] = ids[b·S + n·T + t]        y[n, t, b] = ids[b·S + n·T + t + 1]
        S = T · floor((L − 1) / (B·T))

    Column b is a stretch of S symbols; window n + 1 goes on where window n ended.

    Args:
        ids: the text, integers (L,), L > B·T.
        B, T: columns; steps of a window.

    Returns:
        x, y: inputs and targets, (S / T, T, B) each. At the end of the text fewer than B·T symbols are left out.
    """
    S = (len(ids) - 1) // (B * T) * T
    x, y = (ids[first : first + B * S].reshape(B, -1, T) for first in (0, 1))
    return x.transpose(1, 2, 0), y.transpose(1, 2, 0)


def measures(losses, mask):
    """Bits per character and perplexity of texts of different lengths, from the loss of every character.

        bits of text b = Σ_t loss_{t,b} / (n_b ln 2)        bits = Σ loss / (n ln 2)        perplexity = exp(Σ loss / n)

    The sums run over real characters only; n_b is their number in text b, and n = Σ_b n_b.

    Args:
        losses: −ln P of each character, in nats, (T, B); anything, ∞ included, where the mask is False.
        mask: True for a real character, False for padding, (T, B). Every text has a character.

    Returns:
        bits of each text (B,); bits per character of all of them together, and their perplexity, scalars.
    """
    real = np.where(mask, losses, 0)
    nats = real.sum() / mask.sum()
    return real.sum(axis=0) / mask.sum(axis=0) / np.log(2), nats / np.log(2), np.exp(nats)


def sample(o, tau, u):
    """Probabilities at a temperature, and the symbol that a uniform random number draws.

        p = softmax(o / tau)        drawn = the smallest j with p_0 + … + p_j > u

    Args:
        o: scores, (B, K).
        tau: temperature, > 0.
        u: a number for each row, 0 ≤ u < 1, (B,).

    Returns:
        p: probabilities, (B, K).
        drawn: integers in 0 … K − 1, (B,).
    """
    scores = o / tau
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    drawn = (p.cumsum(axis=-1) <= u[:, None]).sum(axis=-1)
    return p, np.minimum(drawn, o.shape[-1] - 1)  # the sum of all p may be rounded below u


def back_off(counts, d):
    """Probability of the next symbol from counts after longer and longer contexts: interpolated absolute discounting.

        P_k(s) = (max(c_k(s) − d_k, 0) + d_k · kinds_k · P_{k−1}(s)) / n_k        where n_k > 0
        P_k(s) = P_{k−1}(s)                                                       where n_k = 0
        P_{−1}(s) = 1 / K,   n_k = Σ_s c_k(s),   kinds_k = number of symbols with c_k(s) > 0

    Args:
        counts: c_k(s), how often symbol s followed the last k symbols, for k = 0, 1, …: (orders, B, K), floats.
        d: the discount of each order, between 0 and 1, (orders,).

    Returns:
        P of the longest context, (B, K); each row sums to 1.
    """
    P = np.full(counts.shape[1:], 1 / counts.shape[-1], counts.dtype)
    for c, d_k in zip(counts, d, strict=True):
        n, kinds = c.sum(axis=-1, keepdims=True), (c > 0).sum(axis=-1, keepdims=True)
        mixed = (np.maximum(c - d_k, 0) + d_k * kinds * P) / np.maximum(n, 1)
        P = np.where(n > 0, mixed, P)
    return P
