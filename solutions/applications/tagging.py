"""Sequence labels: a loss that leaves padding out, a matrix of confusions, names as spans, and the F1 of spans.

A batch holds B sentences side by side, time first, each padded to the longest, T. ``lengths`` (B,) says how many tokens
of each are real. What stands behind the end of a sentence must not matter: it may look like a real tag.
"""

from __future__ import annotations

import numpy as np
import torch


def masked_loss(o, targets, lengths):
    """Mean softmax cross-entropy over the real tokens of a padded batch.

        N = Σ_b lengths_b        loss = (1 / N) Σ_b Σ_{t < lengths_b} −log softmax(o_{t,b})_{target}

    Args:
        o: scores (logits), a tensor (T, B, O); differentiable.
        targets: right tags, integers in 0 … O − 1, (T, B); in padding any of them.
        lengths: number of real tokens of each sentence, integers in 1 … T, (B,).

    Returns:
        loss: in nats, a scalar tensor. Its gradient is zero in padding.
    """
    real = torch.arange(len(o), device=o.device)[:, None] < lengths
    return torch.nn.functional.cross_entropy(o[real], targets[real])


def confusion(targets, found, lengths, K):
    """How often each true tag was taken for each tag, over the real tokens of a padded batch.

        C_ij = number of real tokens whose true tag is i and whose found tag is j

    Args:
        targets, found: tags, integers in 0 … K − 1, arrays (T, B).
        lengths: number of real tokens of each sentence, (B,).
        K: number of tags.

    Returns:
        counts, integers, (K, K): a row for each true tag, a column for each found one.
    """
    real = np.arange(len(targets))[:, None] < lengths
    counts = np.zeros((K, K), dtype=int)
    np.add.at(counts, (targets[real], found[real]), 1)
    return counts


def spans(tags):
    """The names in a sequence of tags O, B-kind, I-kind, also where it is not well formed.

    A span begins at every B, and at every I that does not continue a span of its own kind; it goes on over the I of its
    kind. (The rule of the CoNLL shared tasks: no tag but O is without a span.)

    Args:
        tags: a list of strings, such as ["O", "B-PER", "I-PER"].

    Returns:
        a list of triples (start, end, kind), in order; ``end`` is the place after the last token: [(1, 3, "PER")].
    """
    found, start, kind = [], 0, ""
    for t, tag in enumerate([*tags, "O"]):
        if tag == f"I-{kind}":
            continue
        if kind:
            found.append((start, t, kind))
        start, kind = t, tag[2:]
    return found


def span_f1(found, true):
    """Precision, recall and F1 of spans: a hit agrees in sentence, start, end and kind.

        precision = hits / found        recall = hits / true        F1 = 2 · hits / (found + true)

    Counted over all sentences together; 0/0 counts as 0. Source: N. Chinchor, MUC-4 evaluation metrics (1992).

    Args:
        found, true: for each sentence a list of its spans (start, end, kind).

    Returns:
        precision, recall, f1: three floats between 0 and 1.
    """
    hits = sum(len(set(ours) & set(theirs)) for ours, theirs in zip(found, true, strict=True))
    n_found, n_true = sum(map(len, found)), sum(map(len, true))
    precision, recall = hits / max(n_found, 1), hits / max(n_true, 1)
    f1 = 2 * hits / max(n_found + n_true, 1)
    return precision, recall, f1
