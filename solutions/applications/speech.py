"""Spoken words: aligning two recordings, and connectionist temporal classification (CTC). NumPy.

A recording is a sequence of frames, each a vector of features: ``x`` (T, D). A *path* names one class for each frame;
one class is the *blank*. Labels are integers, the blank is never one of them.

Sources: H. Sakoe, S. Chiba, "Dynamic programming algorithm optimization for spoken word recognition", IEEE Transactions
on Acoustics, Speech, and Signal Processing 26 (1978); A. Graves, S. Fernández, F. Gomez, J. Schmidhuber, "Connectionist
temporal classification", ICML 2006; V. I. Levenshtein, Soviet Physics Doklady 10 (1966).
"""

from __future__ import annotations

import numpy as np


def dtw(x, y):
    """What it costs at least to align the first i frames of x with the first j frames of y, for every i and j.

        D[i, j] = ‖x_i − y_j‖ + min(D[i−1, j], D[i, j−1], D[i−1, j−1])        D[0, 0] = ‖x_0 − y_0‖

    where an entry outside the table counts as infinite. The last entry is the distance of the two recordings.

    Args:
        x: frames of one recording, (N, D).
        y: frames of another, (M, D).

    Returns:
        D, (N, M), in the dtype of x.
    """
    local = np.sqrt(((x[:, None] - y[None]) ** 2).sum(axis=-1))
    D = np.full((len(x) + 1, len(y) + 1), np.inf, dtype=x.dtype)
    D[0, 0] = 0
    for i in range(len(x)):
        for j in range(len(y)):
            D[i + 1, j + 1] = local[i, j] + min(D[i, j + 1], D[i + 1, j], D[i, j])
    return D[1:, 1:]


def collapse(path, blank):
    """The labels that a path stands for: repeats are merged, then blanks are dropped.

        collapse([a, a, –, a, b, b]) = [a, a, b]

    Args:
        path: one class for each frame, integers, (T,).
        blank: class of the blank.

    Returns:
        a list of integers, perhaps empty.
    """
    labels, before = [], blank
    for k in path:
        if k != before and k != blank:
            labels.append(int(k))
        before = k
    return labels


def ctc_loss(log_p, labels, blank):
    """Minus the log of the probability that a path drawn frame by frame collapses to the labels.

        ℓ = (–, l_1, –, l_2, …, l_L, –)        S = 2L + 1
        α_1(s) = p_1(ℓ_s) for the first two s, else 0
        α_t(s) = p_t(ℓ_s) · (α_{t−1}(s) + α_{t−1}(s−1) + [ℓ_s ≠ – and ℓ_s ≠ ℓ_{s−2}] · α_{t−1}(s−2))
        loss = −log(α_T(S) + α_T(S−1))

    computed with logarithms throughout. (Equations 5 to 8 of Graves and others, 2006.)

    Args:
        log_p: log-probability of each class at each frame, (T, K), T ≥ 1.
        labels: a list of L integers, perhaps empty; none of them is the blank.
        blank: class of the blank.

    Returns:
        the loss, a scalar; infinity if no path of T frames collapses to the labels.
    """
    extended = np.array([blank] + [k for label in labels for k in (label, blank)])
    jumps = np.array([s > 1 and k not in (blank, extended[s - 2]) for s, k in enumerate(extended)])
    alpha = np.full(len(extended), -np.inf, dtype=log_p.dtype)
    alpha[:2] = log_p[0, extended[:2]]
    for log_p_t in log_p[1:]:
        before = np.pad(alpha, (2, 0), constant_values=-np.inf)
        stay, step, jump = before[2:], before[1:-1], np.where(jumps, before[:-2], -np.inf)
        alpha = log_p_t[extended] + np.logaddexp(np.logaddexp(stay, step), jump)
    return -np.logaddexp.reduce(alpha[-2:])


def error_rate(references, hypotheses):
    """Edits that turn the hypotheses into the references, over the total length of the references.

        rate = Σ_n edits(r_n, h_n) / Σ_n |r_n|

    An edit inserts, deletes or replaces one label; as few as possible are counted. The rate can be above 1.

    Args:
        references: what was said, a list of lists of labels; not all of them empty.
        hypotheses: what was recognised, likewise, in the same order.

    Returns:
        the rate, a scalar.
    """
    edits = 0
    for said, heard in zip(references, hypotheses, strict=True):
        row = list(range(len(heard) + 1))
        for i, label in enumerate(said, start=1):
            above, row = row, [i]
            for j, other in enumerate(heard, start=1):
                row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (label != other)))
        edits += row[-1]
    return edits / sum(len(said) for said in references)
