"""Translation with an encoder and a decoder: what the decoder is fed, where it looks, how a translation is searched.

Shapes: ``S`` steps of the target, ``T`` steps of the source, ``B`` sentence pairs, ``H`` and ``E`` sizes of the
states of decoder and encoder. A symbol is an integer. Sentences are columns, time first, padded behind their own ends.

Sources: I. Sutskever, O. Vinyals, Q. V. Le, "Sequence to sequence learning with neural networks", NIPS 2014;
D. Bahdanau, K. Cho, Y. Bengio, "Neural machine translation by jointly learning to align and translate", ICLR 2015;
M.-T. Luong, H. Pham, C. D. Manning, "Effective approaches to attention-based neural machine translation", EMNLP 2015.
"""

from __future__ import annotations

import math

import numpy as np
import torch


def teacher_forcing(targets, lengths, begin, end, pad):
    """What the decoder is fed and what it should answer, when the right translation is known.

        inputs = begin, y_1, …, y_n, pad, …        wanted = y_1, …, y_n, end, pad, …        mask: the first n + 1 steps

    Args:
        targets: the right translations, integers (S, B); what stands behind a column's own end may be anything.
        lengths: how many symbols each has, n, integers (B,), each from 0 to S.
        begin, end, pad: three symbols, integers.

    Returns:
        inputs, wanted: integers (S + 1, B).
        mask: True where an answer counts, booleans (S + 1, B).
    """
    S, B = targets.shape
    t = np.arange(S + 1)[:, None]
    padded = np.where(t < lengths, np.concatenate([targets, np.full((1, B), pad)]), pad)
    inputs = np.concatenate([np.full((1, B), begin), padded[:-1]])
    wanted = np.where(t == lengths, end, padded)
    return inputs, wanted, t <= lengths


def attend(s, h, lengths, A):
    """Attention with bilinear scores: where each step of the decoder looks, and what it sees there.

        e[k, t] = s_k A h_tᵀ        α[k, ·] = softmax of e[k, t] over t < length        c_k = Σ_t α[k, t] h_t

    Args:
        s: states of the decoder, tensor (S, B, H).
        h: states of the encoder, tensor (T, B, E); those behind a sentence's own end may be anything, also NaN.
        lengths: of the source sentences, integer tensor (B,), each from 1 to T.
        A: weights, tensor (H, E).

    Returns:
        weights α: (S, T, B), 0 behind a sentence's own end.
        context c: (S, B, E).
    """
    behind = torch.arange(len(h), device=h.device)[:, None] >= lengths
    h = h.masked_fill(behind[..., None], 0.0)
    scores = torch.einsum("sbh,he,tbe->stb", s, A, h)
    weights = scores.masked_fill(behind, -math.inf).softmax(dim=1)
    return weights, torch.einsum("stb,tbe->sbe", weights, h)


def greedy(next_log_probabilities, end, longest):
    """A translation, symbol after symbol, each the most probable at its place (the smallest of equals).

    Args:
        next_log_probabilities: function of a list of symbols, the translation so far; returns the log-probability of
            every symbol as the next one, (K,).
        end: the symbol that ends a translation.
        longest: how many steps are made at most; the end symbol takes one.

    Returns:
        symbols: the translation without the end symbol, a list.
        total: log-probability of the whole: the sum over all steps, that of the end symbol included.
    """
    symbols, total = [], 0.0
    for _ in range(longest):
        log_p = next_log_probabilities(symbols)
        best = int(np.argmax(log_p))
        total += log_p[best]
        if best == end:
            break
        symbols.append(best)
    return symbols, total


def beam_search(next_log_probabilities, end, longest, width, alpha=0.0):
    """A translation found by following the ``width`` best beginnings side by side.

    In every round each hypothesis is continued by every symbol; the ``width`` continuations with the largest sums of
    log-probabilities are kept. Those that end with ``end`` are finished and put aside: they take no place in the next
    round. Of equals the continuation of the better hypothesis comes first, then the smaller symbol. The result is the
    finished hypothesis with the largest total / lengthᵅ, where the end symbol counts in the length; of equals the one
    that finished first. Where none has finished after ``longest`` rounds, it is the best unfinished one.

    Args:
        next_log_probabilities, end, longest: as for `greedy`.
        width: how many hypotheses are kept.
        alpha: 0 compares sums, 1 means.

    Returns:
        symbols: the translation without the end symbol, a list.
        total: the sum of its log-probabilities, that of the end symbol included, not divided.
    """
    beam, finished = [([], 0.0)], []
    for _ in range(longest):
        candidates = [
            ([*symbols, k], total + log_p)
            for symbols, total in beam
            for k, log_p in enumerate(next_log_probabilities(symbols))
        ]
        candidates.sort(key=lambda found: -found[1])  # equals keep their order
        kept = candidates[:width]
        finished += [found for found in kept if found[0][-1] == end]
        beam = [found for found in kept if found[0][-1] != end]
    symbols, total = max(finished or beam, key=lambda found: found[1] / len(found[0]) ** alpha)
    return [k for k in symbols if k != end], total
