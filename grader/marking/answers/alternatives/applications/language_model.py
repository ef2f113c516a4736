"""Lesson 08, language model: right answers written differently."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
import torch

from grader.checks.device import pick_device
from grader.marking.answers.alternatives import Alternatives, Axes

# --- language_model.windows -----------------------------------------------------------------------------------------


def windows_in_loops(ids, B, T):
    number = (len(ids) - 1) // (B * T)
    x, y = np.zeros((2, number, T, B), dtype=int)
    for n in range(number):
        for t in range(T):
            for b in range(B):
                at = b * number * T + n * T + t
                x[n, t, b], y[n, t, b] = ids[at], ids[at + 1]
    return x, y


def windows_by_places(ids, B, T):
    """The place of every symbol by one sum that broadcasts."""
    number = (len(ids) - 1) // (B * T)
    n, t, b = np.ogrid[:number, :T, :B]
    places = (b * number + n) * T + t
    return ids[places], ids[places + 1]


def windows_of_columns(ids, B, T):
    """Columns first, (S, B), then cut along time; the shifted text goes the same way."""
    number = (len(ids) - 1) // (B * T)
    S = number * T

    def cut(text):
        columns = np.stack(np.split(text[: B * S], B), axis=1)
        return np.split(columns, number)

    return cut(ids), cut(np.roll(ids, -1))


def windows_in_torch(ids, B, T):
    text = torch.as_tensor(ids)
    number = (len(text) - 1) // (B * T)
    x, y = (part[: B * number * T].view(B, number, T).permute(1, 2, 0) for part in (text, text[1:]))
    return x, y


# --- language_model.measures ----------------------------------------------------------------------------------------


def measures_in_loops(losses, mask):
    sums, counts = [], []
    for b in range(losses.shape[1]):
        own = [float(losses[t, b]) for t in range(losses.shape[0]) if mask[t, b]]
        sums.append(math.fsum(own))
        counts.append(len(own))
    bits = [total / count / math.log(2) for total, count in zip(sums, counts, strict=True)]
    nats = math.fsum(sums) / sum(counts)
    return bits, nats / math.log(2), math.exp(nats)


def measures_by_selection(losses, mask):
    """The real losses as one list; perplexity from the bits."""
    texts = [np.log2(np.exp(losses[mask[:, b], b])).mean() for b in range(mask.shape[1])]
    bits = losses[mask].mean(dtype=float) * np.log2(np.e)
    return np.array(texts), bits, 2**bits


def measures_weighted(losses, mask):
    """The texts' means, weighted by their lengths."""
    lengths = np.count_nonzero(mask, axis=0)
    means = np.nansum(np.where(mask, losses, np.nan), axis=0) / lengths
    nats = np.average(means, weights=lengths)
    return means / math.log(2), nats / math.log(2), np.exp(nats)


def measures_in_torch(losses, mask):
    losses, mask = torch.as_tensor(losses, device=pick_device()), torch.as_tensor(mask, device=pick_device())
    real = losses.masked_fill(~mask, 0).double()
    nats = real.sum() / mask.sum()
    return real.sum(0) / mask.sum(0) / math.log(2), nats / math.log(2), nats.exp()


# --- language_model.back_off ----------------------------------------------------------------------------------------


def back_off_in_loops(counts, d):
    orders, rows, K = counts.shape
    P = np.empty((rows, K), counts.dtype)
    for row in range(rows):
        shorter = [1 / K] * K
        for k in range(orders):
            c = [float(value) for value in counts[k, row]]
            total, kinds = sum(c), sum(value > 0 for value in c)
            if total:
                shorter = [
                    (max(value - float(d[k]), 0) + float(d[k]) * kinds * p) / total
                    for value, p in zip(c, shorter, strict=True)
                ]
        P[row] = shorter
    return P


def back_off_recursive(counts, d):
    if len(counts) == 0:
        return np.ones(counts.shape[1:], counts.dtype) / counts.shape[2]
    shorter, c = back_off_recursive(counts[:-1], d[:-1]), counts[-1]
    P, seen = shorter.copy(), c.any(axis=1)
    n, kinds = c.sum(axis=1), np.count_nonzero(c, axis=1)
    kept = np.where(c > 0, c - d[-1], 0)
    P[seen] = (kept[seen] + (d[-1] * kinds[seen])[:, None] * shorter[seen]) / n[seen][:, None]
    return P


def back_off_by_mass(counts, d):
    """What was taken away is measured, not counted: the mass that the discounted counts lack."""
    P = np.ones_like(counts[0]) / counts.shape[-1]
    for k in range(len(counts)):
        with np.errstate(invalid="ignore"):
            kept = np.clip(counts[k] - d[k], 0, None) / counts[k].sum(-1)[:, None]
        free = 1 - kept.sum(-1, keepdims=True)
        P = np.where(np.isnan(kept), P, kept + free * P)
    return P


def back_off_in_torch(counts, d):
    counts, d = torch.as_tensor(counts, device=pick_device()), torch.as_tensor(d, device=pick_device())
    P = torch.full_like(counts[0], 1 / counts.shape[2])
    for c, own in zip(counts, d, strict=True):
        n = c.sum(1, keepdim=True)
        share = own * (c > 0).sum(1, keepdim=True) / n.clamp(min=1)
        P = torch.where(n > 0, torch.relu(c - own) / n.clamp(min=1) + share * P, P)
    return P


# --- language_model.sample ------------------------------------------------------------------------------------------


def sample_in_loops(o, tau, u):
    p, drawn = np.empty_like(o), []
    for row in range(len(o)):
        top = max(float(score) for score in o[row])
        terms = [math.exp((float(score) - top) / tau) for score in o[row]]
        p[row] = [term / math.fsum(terms) for term in terms]
        ends = accumulate(term / math.fsum(terms) for term in terms)
        drawn.append(next((j for j, end in enumerate(ends) if end > u[row]), o.shape[1] - 1))
    return p, drawn


def sample_by_search(o, tau, u):
    log_p = o / tau - np.logaddexp.reduce(o / tau, axis=1, keepdims=True)
    p = np.exp(log_p)
    found = [np.searchsorted(np.cumsum(row), number, side="right") for row, number in zip(p, u, strict=True)]
    return p, np.clip(found, 0, o.shape[1] - 1)


def sample_by_power(o, tau, u):
    """The softmax at temperature 1, raised to 1 / tau through its logarithm, and normalised again."""
    log_p = o - o.max(1)[:, None]
    log_p = log_p - np.log(np.exp(log_p).sum(1))[:, None]
    p = np.exp((log_p - log_p.max(1)[:, None]) / tau)
    p = p / p.sum(1)[:, None]
    ends = np.cumsum(p, axis=1)
    ends[:, -1] = 1  # in exact arithmetic
    return p, np.argmax(ends > u[:, None], axis=1)


def sample_in_torch(o, tau, u):
    o, u = torch.as_tensor(o, device=pick_device()), torch.as_tensor(u, device=pick_device())
    p = torch.softmax(o / tau, dim=1)
    drawn = torch.searchsorted(p.cumsum(1), u[:, None], right=True)
    return p, drawn[:, 0].clamp(max=o.shape[1] - 1)


ALTERNATIVES = {
    "language_model.windows": Alternatives(
        (windows_in_loops, windows_by_places, windows_of_columns, windows_in_torch),
        Axes("", ""),
    ),
    "language_model.measures": Alternatives(
        (
            measures_in_loops,
            measures_by_selection,
            measures_weighted,
            measures_in_torch,
        ),
        Axes("losses:TB mask:TB", "", free="T"),
    ),
    "language_model.back_off": Alternatives(
        (back_off_in_loops, back_off_recursive, back_off_by_mass, back_off_in_torch),
        Axes("counts:NBK d:N", "P:BK", free="BK"),
    ),
    "language_model.sample": Alternatives(
        (sample_in_loops, sample_by_search, sample_by_power, sample_in_torch),
        Axes("o:BK u:B", "p:BK drawn:B", free="B"),
    ),
}
