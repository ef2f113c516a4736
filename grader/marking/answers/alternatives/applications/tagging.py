"""Lesson 08, tagging: right answers written differently."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence

from grader.marking.answers.alternatives import Alternatives, Axes

# --- tagging.masked_loss --------------------------------------------------------------------------------------------


def loss_sentence_by_sentence(o, targets, lengths):
    total, count = 0, 0
    for b, length in enumerate(lengths.tolist()):
        total = total + cross_entropy(o[:length, b], targets[:length, b], reduction="sum")
        count += length
    return total / count


def loss_by_log_softmax(o, targets, lengths):
    losses = -o.log_softmax(dim=-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    mask = (torch.arange(o.shape[0], device=o.device).unsqueeze(1) < lengths.unsqueeze(0)).to(o.dtype)
    return (losses * mask).sum() / mask.sum()


def loss_ignoring_what_is_marked(o, targets, lengths):
    """Torch's own way: a target that no tag has stands in padding."""
    padding = torch.arange(len(o), device=o.device)[:, None] >= lengths
    return cross_entropy(o.permute(1, 2, 0), targets.masked_fill(padding, -100).T)


def loss_of_packed(o, targets, lengths):
    scores, aims = (pack_padded_sequence(v, lengths.cpu(), enforce_sorted=False).data for v in (o, targets))
    return torch.mean(torch.logsumexp(scores, 1) - scores[torch.arange(len(aims)), aims])


def loss_weighted(o, targets, lengths):
    """The sentences' means, each with its length as weight."""
    losses = cross_entropy(o.transpose(1, 2), targets, reduction="none")
    mask = torch.arange(len(o), device=o.device)[:, None] < lengths
    means = torch.where(mask, losses, 0.0).sum(0) / lengths
    return (means * lengths / lengths.sum()).sum()


# --- tagging.confusion ----------------------------------------------------------------------------------------------


def confusion_in_loops(targets, found, lengths, K):
    counts = [[0] * K for _ in range(K)]
    for b, length in enumerate(lengths):
        for t in range(length):
            counts[targets[t, b]][found[t, b]] += 1
    return counts


def confusion_by_bincount(targets, found, lengths, K):
    real = (np.arange(targets.shape[0]) < np.asarray(lengths)[:, None]).T
    return np.bincount(K * targets[real] + found[real], minlength=K * K).reshape(K, K)


def confusion_by_one_hot(targets, found, lengths, K):
    real = np.arange(len(targets))[:, None] < lengths
    return np.eye(K)[targets[real]].T @ np.eye(K)[found[real]]


def confusion_by_counter(targets, found, lengths, K):
    pairs = Counter()
    for b, length in enumerate(lengths):
        pairs.update(zip(targets[:length, b].tolist(), found[:length, b].tolist(), strict=True))
    return np.array([[pairs[i, j] for j in range(K)] for i in range(K)])


# --- tagging.spans --------------------------------------------------------------------------------------------------


def spans_with_an_open_one(tags):
    found, opened = [], None
    for t, tag in enumerate(tags):
        mark, _, kind = tag.partition("-")
        if opened is not None and (mark != "I" or kind != opened[1]):
            found.append((opened[0], t, opened[1]))
            opened = None
        if mark in ("B", "I") and opened is None:
            opened = (t, kind)
    if opened is not None:
        found.append((opened[0], len(tags), opened[1]))
    return found


def spans_by_looking_ahead(tags):
    found, t = [], 0
    while t < len(tags):
        end = t + 1
        if tags[t] != "O":
            while end < len(tags) and tags[end] == "I" + tags[t][1:]:
                end += 1
            found.append([t, end, tags[t].split("-")[1]])
        t = end
    return found


def spans_from_starts(tags):
    """Where a span starts, and where one ends, seen from two neighbours at a time."""
    around = ["O", *tags, "O"]
    new = [b != "O" and not (b[0] == "I" and a[2:] == b[2:]) for a, b in pairwise(around)]
    last = [a != "O" and not (b[0] == "I" and a[2:] == b[2:]) for a, b in pairwise(around)]
    starts, ends = ([t for t, yes in enumerate(marks) if yes] for marks in (new, last))
    return {(start, end, tags[start][2:]) for start, end in zip(starts, ends, strict=True)}


# --- tagging.span_f1 ------------------------------------------------------------------------------------------------


def f1_of_numbered(found, true):
    ours, theirs = ({(s, *span) for s, spans in enumerate(given) for span in spans} for given in (found, true))
    hits = len(ours & theirs)
    precision = hits / len(ours) if ours else 0
    recall = hits / len(theirs) if theirs else 0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0


def f1_in_loops(found, true):
    hits = wrong = missed = 0
    for ours, theirs in zip(found, true, strict=True):
        for span in ours:
            hits, wrong = (hits + 1, wrong) if span in theirs else (hits, wrong + 1)
        missed += sum(span not in ours for span in theirs)
    if hits == 0:
        return 0.0, 0.0, 0.0
    return hits / (hits + wrong), hits / (hits + missed), hits / (hits + (wrong + missed) / 2)


def f1_harmonic(found, true):
    both = [len({*a}.intersection(b)) for a, b in zip(found, true, strict=True)]
    sizes = [np.sum([len(spans) for spans in given]) for given in (found, true)]
    if np.sum(both) == 0:
        return np.zeros(3).tolist()
    rates = np.sum(both) / np.array(sizes)
    return *rates, 1 / np.mean(1 / rates)


ALTERNATIVES = {
    "tagging.masked_loss": Alternatives(
        (
            loss_sentence_by_sentence,
            loss_by_log_softmax,
            loss_ignoring_what_is_marked,
            loss_of_packed,
            loss_weighted,
        ),
        Axes("o:TBO targets:TB lengths:B", "∂o:TBO", free="B"),
    ),
    "tagging.confusion": Alternatives(
        (
            confusion_in_loops,
            confusion_by_bincount,
            confusion_by_one_hot,
            confusion_by_counter,
        ),
        Axes("targets:TB found:TB lengths:B", ""),
    ),
    "tagging.spans": Alternatives(
        (spans_with_an_open_one, spans_by_looking_ahead, spans_from_starts),
        Axes("tags:T", ""),
    ),
    "tagging.span_f1": Alternatives(
        (f1_of_numbered, f1_in_loops, f1_harmonic),
        Axes("", ""),
    ),
}
