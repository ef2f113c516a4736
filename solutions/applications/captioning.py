"""Captions for pictures: a small convolutional net sees, a GRU writes; its loss, and greedy writing.

    maps     m_{b,m,i,j} = max(0, b_m + Σ_{c,r,s} K_{m,c,r,s} x_{b,c,vi+r,vj+s})       a layer of the convolutional net
    start    h_0 = tanh(f Aᵀ + a)                                                     the features f enter once
    words    x_1 = E_start,  x_t = E_{word t−1},  h_t = GRU(x_t, h_{t−1}),  o_t = h_t Vᵀ + c

A caption is a column of word numbers that closes with the end symbol; what follows the end symbol is padding. ``E``
has one row more than there are words: its last row stands for the start. ``cell`` holds the parameters of the GRU of
lesson 04 by name: W, U, b, b_m. Arrays are float64 or float32; a result has the dtype of its inputs.

Sources: O. Vinyals and others, "Show and tell", CVPR 2015, arXiv:1411.4555; A. Karpathy, L. Fei-Fei, "Deep
visual-semantic alignments", CVPR 2015, arXiv:1412.2306; Y. LeCun and others, Proceedings of the IEEE 86 (1998).
"""

from __future__ import annotations

import numpy as np

from solutions.gru import sequence, step
from solutions.srn import cross_entropy


def convolve(x, K, b, stride):
    """One layer of a convolutional net, without a frame of zeros: slide every kernel over the picture, then ReLU.

        out_{b,m,i,j} = max(0, b_m + Σ_{c,r,s} K_{m,c,r,s} x_{b,c,vi+r,vj+s})        v: the stride

    Only places where the whole kernel lies inside the picture count: I = (P − R) // v + 1, J = (Q − S) // v + 1.

    Args:
        x: pictures or maps, (B, C, P, Q).
        K: kernels, (M, C, R, S).
        b: a bias for each kernel, (M,).
        stride: how far the kernel moves from one place to the next, in both directions, an int.

    Returns:
        maps, (B, M, I, J), ≥ 0.
    """
    windows = np.lib.stride_tricks.sliding_window_view(x, K.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    z = np.einsum("bcijrs,mcrs->bmij", windows, K) + b[:, None, None]
    return np.maximum(z, 0)


def caption_states(features, captions, A, a, E, cell):
    """The states of the GRU that writes given captions: it starts from the picture and reads the word before.

        h_0 = tanh(f Aᵀ + a)        x_1 = E_start,  x_t = E_{word t−1}        h_t = GRU(x_t, h_{t−1})

    Args:
        features: of the pictures, f, (B, F).
        captions: word numbers, integers (T, B).
        A, a: of the layer from the features to the state, (H, F), (H,).
        E: a row for each word, and the start's row last, (O + 1, D).
        cell: parameters of the GRU, a dict with W, U, b, b_m.

    Returns:
        h0: the state before the first step, (B, H).
        h: the states h_1 … h_T, (T, B, H).
    """
    h0 = np.tanh(features @ A.T + a)
    start = np.full_like(captions[:1], len(E) - 1)
    read = np.concatenate([start, captions[:-1]])
    return h0, sequence(E[read], h0, **cell)


def caption_loss(o, targets, end):
    """Cross-entropy of captions of different lengths: every word and the first end symbol count, padding does not.

        L_b = Σ_{t ≤ T_b} loss_{t,b}        per word: Σ_b L_b / Σ_b T_b        per caption: Σ_b L_b / B

    T_b counts the words of caption b and its first end symbol; without an end symbol it is T.

    Args:
        o: scores, (T, B, O).
        targets: word numbers, integers (T, B); from the first ``end`` of a column on, the rest of it is padding.
        end: number of the end symbol.

    Returns:
        per_word, per_caption: two scalars, in nats.
    """
    losses = cross_entropy(o, targets)[1]
    is_end = targets == end
    counts = np.cumsum(is_end, axis=0) - is_end == 0  # no end symbol stands before
    total = losses[counts].sum()
    return total / counts.sum(), total / targets.shape[1]


def write(h0, E, cell, V, c, end, limit):
    """Write captions word by word, always the likeliest one, until the end symbol or the limit.

    The word that was written is read in the next step. After its end symbol a caption holds end symbols only, which
    have no part in its probability.

    Args:
        h0: states that the pictures gave, (B, H).
        E: a row for each word, and the start's row last, (O + 1, D).
        cell: parameters of the GRU, a dict with W, U, b, b_m.
        V, c: of the layer from the state to the scores, (O, H), (O,).
        end, limit: number of the end symbol; the most words written, T.

    Returns:
        words: integers (T, B), padded with ``end``.
        log_p: Σ log p of the words of each caption and its end symbol, (B,).
    """
    h, word, log_p = h0, np.full(len(h0), len(E) - 1), np.zeros_like(h0[:, 0])
    words, ended = [], np.zeros(len(h0), dtype=bool)
    for _ in range(limit):
        h = step(E[word], h, **cell)
        o = h @ V.T + c
        word = np.where(ended, end, o.argmax(axis=1))
        log_p -= np.where(ended, 0, cross_entropy(o[None], word[None])[1][0])
        words.append(word)
        ended |= word == end
    return np.stack(words), log_p
