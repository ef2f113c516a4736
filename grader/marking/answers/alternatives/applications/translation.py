"""Lesson 08, translation: right answers written differently."""

from __future__ import annotations

import heapq

import numpy as np
import torch

from grader.marking.answers.alternatives import Alternatives, Axes

# --- teacher forcing --------------------------------------------------------------------------------------------------


def forcing_by_columns(targets, lengths, begin, end, pad):
    """Sentence after sentence, as lists."""
    rows, columns = len(targets) + 1, []
    for column, n in zip(targets.T.tolist(), lengths.tolist(), strict=True):
        words, rest = column[:n], [pad] * (rows - n - 1)
        columns.append(([begin, *words, *rest], [*words, end, *rest], [True] * (n + 1) + [False] * (rows - n - 1)))
    return tuple(np.array(part).T for part in zip(*columns, strict=True))


def forcing_by_assignment(targets, lengths, begin, end, pad):
    """Arrays full of pad, filled one sentence at a time."""
    S, B = targets.shape
    inputs, wanted = np.full((2, S + 1, B), pad)
    mask = np.zeros((S + 1, B), dtype=bool)
    for b in range(B):
        n = lengths[b]
        inputs[0, b], inputs[1 : n + 1, b] = begin, targets[:n, b]
        wanted[:n, b], wanted[n, b] = targets[:n, b], end
        mask[: n + 1, b] = True
    return inputs, wanted, mask


def forcing_in_torch(targets, lengths, begin, end, pad):
    """With PyTorch's indexing; the mask as numbers 0 and 1."""
    y, n = torch.tensor(targets), torch.tensor(lengths)
    S, B = y.shape
    words = torch.nn.functional.pad(y, (0, 0, 0, 1), value=pad)
    words[torch.arange(S + 1)[:, None] >= n] = pad
    inputs = torch.cat([torch.full((1, B), begin), words[:-1]])
    wanted = words.scatter(0, n[None], end)
    return inputs, wanted, (torch.arange(S + 1)[:, None] <= n).long()


# --- attention --------------------------------------------------------------------------------------------------------


def attend_by_loops(s, h, lengths, A):
    """For each sentence and each target step, over that sentence's own states only."""
    weights = h.new_zeros(len(s), len(h), h.shape[1])
    contexts = []
    for k in range(len(s)):
        row = []
        for b, n in enumerate(lengths.tolist()):
            alpha = torch.softmax((h[:n, b] @ A.T) @ s[k, b], dim=0)
            weights[k, :n, b] = alpha
            row.append(alpha @ h[:n, b])
        contexts.append(torch.stack(row))
    return weights, torch.stack(contexts)


def _real(h, lengths):
    """The states, zero behind each sentence's end."""
    return torch.where((torch.arange(len(h), device=h.device)[:, None] < lengths)[..., None], h, 0.0)


def attend_by_bmm(s, h, lengths, A):
    """Batched products with the sentence first; the softmax by hand, with the largest score subtracted."""
    states = _real(h, lengths).transpose(0, 1)
    e = torch.bmm((s @ A).transpose(0, 1), states.transpose(1, 2))  # (B, S, T)
    seen = (torch.arange(len(h), device=h.device) < lengths[:, None])[:, None]
    e = torch.where(seen, e, torch.full_like(e, -torch.inf))
    p = torch.exp(e - e.amax(dim=2, keepdim=True).detach())
    alpha = p / p.sum(dim=2, keepdim=True)
    return alpha.permute(1, 2, 0), torch.bmm(alpha, states).transpose(0, 1)


def attend_by_scaled_dot_product(s, h, lengths, A):
    """PyTorch's own attention, with its division undone."""
    query, states = (s @ A).transpose(0, 1), _real(h, lengths).transpose(0, 1)
    seen = (torch.arange(len(h), device=h.device) < lengths[:, None])[:, None].expand(-1, len(s), -1)
    context = torch.nn.functional.scaled_dot_product_attention(query, states, states, seen, scale=1.0)
    scores = (query @ states.mT).masked_fill(~seen, -torch.inf)
    weights = torch.exp(scores - torch.logsumexp(scores, dim=2, keepdim=True))
    return weights.permute(1, 2, 0), context.transpose(0, 1)


# --- searching --------------------------------------------------------------------------------------------------------


def greedy_recursive(next_log_probabilities, end, longest):
    """One step, then the rest."""

    def from_here(symbols, total):
        if len(symbols) == longest:
            return symbols, total
        log_p = list(next_log_probabilities(symbols))
        best = log_p.index(max(log_p))
        if best == end:
            return symbols, total + log_p[best]
        return from_here((*symbols, best), total + log_p[best])

    return from_here((), 0.0)


def greedy_in_torch(next_log_probabilities, end, longest):
    """With tensors; the sum at the end."""
    chosen, paid = [], []
    while len(chosen) < longest and end not in chosen:
        log_p = torch.tensor(next_log_probabilities(np.array(chosen, dtype=int)))
        best = int((log_p == log_p.max()).nonzero()[0, 0])
        chosen.append(best)
        paid.append(log_p[best])
    return [k for k in chosen if k != end], torch.stack(paid).sum().numpy()


def greedy_as_narrow_beam(next_log_probabilities, end, longest):
    """A beam of one."""
    return beam_in_arrays(next_log_probabilities, end, longest, 1)


def beam_in_arrays(next_log_probabilities, end, longest, width, alpha=0.0):
    """All continuations of a round as one matrix; stable argsort of its negative."""
    prefixes, totals, done = [()], np.zeros(1), []
    for _ in range(longest):
        rows = np.array([next_log_probabilities(prefix) for prefix in prefixes])
        sums = totals.astype(rows.dtype)[:, None] + rows
        order = np.argsort(-sums, axis=None, kind="stable")[:width]
        parents, symbols = np.unravel_index(order, sums.shape)
        grown = [((*prefixes[i], int(k)), sums[i, k]) for i, k in zip(parents, symbols, strict=True)]
        done.extend(pair for pair in grown if pair[0][-1] == end)
        alive = [pair for pair in grown if pair[0][-1] != end]
        if not alive:
            break
        prefixes, totals = [pair[0] for pair in alive], np.array([pair[1] for pair in alive])
    pool = done if done else [alive[0]]
    scores = [total / len(symbols) ** alpha for symbols, total in pool]
    symbols, total = pool[int(np.argmax(scores))]
    return list(symbols[:-1] if symbols[-1] == end else symbols), total


def beam_with_heap(next_log_probabilities, end, longest, width, alpha=0.0):
    """heapq.nsmallest, with (cost, rank of the parent, symbol) as the key."""
    active, best = [(0.0, ())], None
    for step in range(1, longest + 1):
        options = (
            (cost - log_p, rank, k)
            for rank, (cost, prefix) in enumerate(active)
            for k, log_p in enumerate(next_log_probabilities(list(prefix)))
        )
        chosen = heapq.nsmallest(width, options)
        grown = [(cost, (*active[rank][1], k)) for cost, rank, k in chosen]
        for cost, prefix in grown:
            if prefix[-1] == end and (best is None or cost / step**alpha < best[0]):
                best = cost / step**alpha, cost, prefix[:-1]
        active = [(cost, prefix) for cost, prefix in grown if prefix[-1] != end]
    cost, prefix = best[1:] if best else active[0]
    return list(prefix), -cost


class Hypothesis:
    """A beginning of a translation and what it costs."""

    def __init__(self, symbols=(), total=0.0):
        self.symbols, self.total = symbols, total

    def grow(self, log_p):
        return [Hypothesis((*self.symbols, k), self.total + p) for k, p in enumerate(log_p)]


def beam_of_objects(next_log_probabilities, end, longest, width, alpha=0.0):
    """Objects; the finished ones leave the list when they are met."""
    going, over = [Hypothesis()], []
    for _ in range(longest):
        grown = [child for parent in going for child in parent.grow(next_log_probabilities(parent.symbols))]
        going = []
        for child in sorted(grown, key=lambda each: each.total, reverse=True)[:width]:
            (over if child.symbols[-1] == end else going).append(child)
    winner = max(over or going, key=lambda each: each.total / len(each.symbols) ** alpha)
    return [k for k in winner.symbols if k != end], winner.total


ALTERNATIVES = {
    "translation.teacher_forcing": Alternatives(
        (forcing_by_columns, forcing_by_assignment, forcing_in_torch),
        Axes("targets:SB lengths:B", "inputs:SB wanted:SB mask:SB", "B"),
    ),
    "translation.attend": Alternatives(
        (attend_by_loops, attend_by_bmm, attend_by_scaled_dot_product),
        Axes("s:SBH h:TBE lengths:B A:HE upstream:SBE", "weights:STB context:SBE ∂s:SBH ∂A:HE ∂h:TBE", "SBHE"),
    ),
    "translation.greedy": Alternatives(
        (greedy_recursive, greedy_in_torch, greedy_as_narrow_beam),
        Axes("table:BLRK", "symbols:BL log-probability:B", "B"),
    ),
    "translation.beam_search": Alternatives(
        (beam_in_arrays, beam_with_heap, beam_of_objects),
        Axes("table:BLRK", "symbols:BL log-probability:B", "B"),
    ),
}
