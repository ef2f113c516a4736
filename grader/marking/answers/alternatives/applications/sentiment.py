"""Lesson 08, sentiment: right answers written differently."""

from __future__ import annotations

import math
from statistics import fmean

import numpy as np
import torch

from grader.marking.answers.alternatives import Alternatives, Axes

# --- sentiment.pool -------------------------------------------------------------------------------------------------


def pool_sentence_by_sentence(h, lengths):
    """Each sentence cut to its own length."""
    own = [h[:n, b] for b, n in enumerate(lengths.tolist())]
    return (
        torch.stack([v[-1] for v in own]),
        torch.stack([v.mean(0) for v in own]),
        torch.stack([v.amax(0) for v in own]),
    )


def pool_by_products(h, lengths):
    """Masks of zeros and ones; the last word is where the mask falls."""
    real = (torch.arange(1, len(h) + 1, device=h.device)[:, None] <= lengths).to(h.dtype)
    h = torch.where(real[..., None] > 0, h, 0.0)
    ends = real - torch.cat([real[1:], torch.zeros_like(real[:1])])
    lowest = h.min()
    largest = (lowest + (h - lowest) * real[..., None]).max(0)[0]
    return torch.einsum("tb,tbh->bh", ends, h), torch.einsum("tb,tbh->bh", real / real.sum(0), h), largest


def pool_by_gather(h, lengths):
    end = (lengths - 1)[None, :, None].expand(1, -1, h.shape[2])
    after = torch.arange(len(h), device=h.device).view(-1, 1, 1).ge(lengths.view(1, -1, 1))
    mean = torch.where(after, torch.nan, h).nanmean(0)
    return h.gather(0, end)[0], mean, h.where(~after, torch.finfo(h.dtype).min).max(dim=0).values


def pool_word_by_word(h, lengths):
    """Carried along: what a sentence has so far is kept when it has ended."""
    last, total, largest = h[0], h[0], h[0]
    for t in range(1, len(h)):
        going_on = (t < lengths)[:, None]
        last = torch.where(going_on, h[t], last)
        total = torch.where(going_on, total + h[t], total)
        largest = torch.where(going_on, torch.maximum(largest, h[t]), largest)
    return [last, total / lengths.unsqueeze(1), largest]


# --- sentiment.masked_loss ------------------------------------------------------------------------------------------


def loss_sentence_by_sentence(s, y, lengths):
    own = [
        torch.nn.functional.binary_cross_entropy_with_logits(s[:n, b], y[b].expand(n), reduction="none")
        for b, n in enumerate(lengths.tolist())
    ]
    return torch.cat(own).mean(), torch.stack([losses.mean() for losses in own]).mean()


def loss_by_weights(s, y, lengths):
    """PyTorch's loss with a weight for every entry."""
    real = (torch.arange(len(s), device=s.device).unsqueeze(1) < lengths).to(s.dtype)

    def weighted(weights):
        return torch.nn.functional.binary_cross_entropy_with_logits(
            s, y.expand_as(s), weight=weights / weights.sum(), reduction="sum"
        )

    return weighted(real), weighted(real / real.sum(0))


def loss_of_the_real_entries(s, y, lengths):
    """Only what is real is looked at: a list of words, with their sentences' numbers."""
    steps, rows = torch.nonzero(torch.arange(len(s), device=s.device)[:, None] < lengths, as_tuple=True)
    scores, targets = s[steps, rows], y[rows]
    losses = -targets * torch.nn.functional.logsigmoid(scores) - (1 - targets) * torch.nn.functional.logsigmoid(-scores)
    return losses.mean(), (losses / lengths[rows]).sum() / len(y)


def loss_by_hand(s, y, lengths):
    """log(1 + exp(s)) = max(s, 0) + log(1 + exp(−|s|)), added word by word."""
    each = torch.clamp(s, min=0) + torch.log1p(torch.exp(-torch.abs(s))) - s * y
    total = torch.zeros_like(y)
    for t in range(len(s)):
        total = total + torch.where(t < lengths, each[t], torch.zeros_like(y))
    return [total.sum() / lengths.sum(), torch.dot(total, 1 / lengths.to(s.dtype)) / s.shape[1]]


# --- sentiment.as_words_arrive --------------------------------------------------------------------------------------


def arrive_in_loops(s, positive, lengths):
    accuracy, sentences = [], []
    for t in range(len(s)):
        asked = [b for b in range(len(lengths)) if lengths[b] > t]
        accuracy.append(sum(bool(s[t, b] > 0) == bool(positive[b]) for b in asked) / len(asked))
        sentences.append(len(asked))
    return accuracy, sentences


def arrive_by_masked_mean(s, positive, lengths):
    gone = np.arange(1, len(s) + 1)[:, None] > lengths
    right = np.ma.masked_array(np.equal(s > 0, positive), gone)
    return right.mean(axis=1).filled(), right.count(axis=1)


def arrive_sorted_by_length(s, positive, lengths):
    """The sentences in the order of their lengths, the longest first: those that are there stand in front."""
    order = np.argsort(-lengths)
    right = np.where(positive, s > 0, s <= 0)[:, order].cumsum(axis=1)
    there = np.searchsorted(-lengths[order], -np.arange(1, len(s) + 1), side="right")
    return right[np.arange(len(s)), there - 1] / there, there


def arrive_in_torch(s, positive, lengths):
    s, positive, lengths = (torch.as_tensor(value) for value in (s, positive, lengths))
    there = torch.arange(len(s))[:, None] < lengths
    right = torch.logical_xor(s > 0, ~positive).double()
    return (right * there).sum(1) / there.sum(1), there.sum(1)


# --- sentiment.paired_interval --------------------------------------------------------------------------------------


def interval_of_accuracies(right_a, right_b, resamples):
    """Both accuracies on the same resample, then their difference."""
    d = right_b[resamples].mean(1) - right_a[resamples].mean(1)
    return right_b.mean() - right_a.mean(), *np.percentile(d, (2.5, 97.5))


def interval_in_loops(right_a, right_b, resamples):
    gain = [int(b) - int(a) for a, b in zip(right_a, right_b, strict=True)]
    d = sorted(fmean(gain[i] for i in row) for row in resamples)

    def quantile(q):
        at = q * (len(d) - 1)
        k = math.floor(at)
        return d[k] + (at - k) * (d[min(k + 1, len(d) - 1)] - d[k])

    return fmean(gain), quantile(0.025), quantile(0.975)


def interval_by_counts(right_a, right_b, resamples):
    """How often each sentence was drawn, times what it gains."""
    R, N = resamples.shape
    counts = np.zeros((R, N))
    np.add.at(counts, (np.arange(R)[:, None], resamples), 1)
    gain = np.subtract(right_b, right_a, dtype=float)
    low, high = np.quantile(counts @ gain / N, (0.025, 0.975))
    return gain.sum() / N, low, high


def interval_in_torch(right_a, right_b, resamples):
    gain = torch.tensor(right_b).double() - torch.tensor(right_a).double()
    ends = gain[torch.tensor(resamples)].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64))
    return gain.mean(), ends[0], ends[1]


ALTERNATIVES = {
    "sentiment.pool": Alternatives(
        (pool_sentence_by_sentence, pool_by_products, pool_by_gather, pool_word_by_word),
        Axes(
            "h:TBH lengths:B upstream:VBH",
            "last:BH mean:BH largest:BH ∂last:TBH ∂mean:TBH ∂largest:TBH",
            free="BH",
        ),
    ),
    "sentiment.masked_loss": Alternatives(
        (
            loss_sentence_by_sentence,
            loss_by_weights,
            loss_of_the_real_entries,
            loss_by_hand,
        ),
        Axes("s:TB y:B lengths:B", "∂per_word:TB ∂per_sentence:TB", free="B"),
    ),
    "sentiment.as_words_arrive": Alternatives(
        (
            arrive_in_loops,
            arrive_by_masked_mean,
            arrive_sorted_by_length,
            arrive_in_torch,
        ),
        Axes("s:TB positive:B lengths:B", "accuracy:T sentences:T", free="B"),
    ),
    "sentiment.paired_interval": Alternatives(
        (
            interval_of_accuracies,
            interval_in_loops,
            interval_by_counts,
            interval_in_torch,
        ),
        Axes("right_a:N right_b:N resamples:RN", "difference:", free="R"),
    ),
}
