"""Lesson 08, speech: right answers written differently."""

from __future__ import annotations

import math
from functools import cache
from itertools import groupby

import numpy as np
import torch

from grader.marking.answers.alternatives import Alternatives, Axes

# --- speech.dtw -----------------------------------------------------------------------------------------------------


def dtw_by_cases(x, y):
    """No frame around the table; scalars; the borders by hand."""
    D = np.zeros((len(x), len(y)), x.dtype)
    for i in range(len(x)):
        for j in range(len(y)):
            cost = math.sqrt(sum((float(a) - float(b)) ** 2 for a, b in zip(x[i], y[j], strict=True)))
            ways = [D[a, b] for a, b in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if a >= 0 and b >= 0]
            D[i, j] = cost + (min(ways) if ways else 0)
    return D


def dtw_by_recursion(x, y):
    """From the end, remembering."""

    @cache
    def cost_to(i, j):
        if min(i, j) < 0:
            return 0.0 if i == j == -1 else math.inf
        return np.linalg.norm(x[i] - y[j]) + min(cost_to(i - 1, j - 1), cost_to(i - 1, j), cost_to(i, j - 1))

    return np.array([[cost_to(i, j) for j in range(len(y))] for i in range(len(x))], dtype=x.dtype)


def dtw_along_diagonals(x, y):
    """All entries with the same i + j at once; the local costs by PyTorch."""
    local = torch.cdist(torch.tensor(x), torch.tensor(y), compute_mode="donot_use_mm_for_euclid_dist").numpy()
    N, M = local.shape
    D = np.pad(np.full((N, M), np.nan, x.dtype), ((1, 0), (1, 0)), constant_values=np.inf)
    D[0, 0] = 0
    for k in range(N + M - 1):
        i = np.arange(max(0, k - M + 1), min(N, k + 1))
        j = k - i
        D[i + 1, j + 1] = local[i, j] + np.minimum(np.minimum(D[i, j], D[i, j + 1]), D[i + 1, j])
    return D[1:, 1:]


# --- speech.collapse ------------------------------------------------------------------------------------------------


def collapse_by_groups(path, blank):
    return [int(k) for k, _ in groupby(path.tolist()) if k != blank]


def collapse_by_mask(path, blank):
    new = np.insert(np.diff(path) != 0, 0, True)
    return path[new & (path != blank)]


def collapse_in_torch(path, blank):
    merged = torch.unique_consecutive(torch.tensor(path))
    return merged[merged != blank]


# --- speech.ctc_loss ------------------------------------------------------------------------------------------------


def ctc_in_torch(log_p, labels, blank):
    """PyTorch's own."""
    return torch.nn.functional.ctc_loss(
        torch.tensor(log_p)[:, None],
        torch.tensor([labels], dtype=torch.long),
        torch.tensor([len(log_p)]),
        torch.tensor([len(labels)]),
        blank=blank,
        reduction="sum",
    )


def ctc_backwards(log_p, labels, blank):
    """The sum from the end, state by state, in scalars."""
    states = [blank]
    for label in labels:
        states += [label, blank]
    S = len(states)
    beta = [0.0 if s >= S - 2 else -math.inf for s in range(S)]
    for t in range(len(log_p) - 1, 0, -1):
        after = [beta[s] + float(log_p[t, states[s]]) for s in range(S)]
        beta = []
        for s in range(S):
            ways = after[s : s + 2]
            if s + 2 < S and states[s + 2] != blank and states[s + 2] != states[s]:
                ways.append(after[s + 2])
            beta.append(_log_sum(ways))
    return -_log_sum([float(log_p[0, states[s]]) + beta[s] for s in range(min(2, S))])


def _log_sum(values):
    top = max(values)
    return top if top == -math.inf else top + math.log(math.fsum(math.exp(v - top) for v in values))


def ctc_by_scaling(log_p, labels, blank):
    """With probabilities: a matrix of allowed steps, and each row of α scaled to the sum 1."""
    p, states = np.exp(log_p.astype(np.float64)), np.full(2 * len(labels) + 1, blank)
    states[1::2] = labels
    allowed = np.eye(len(states)) + np.eye(len(states), k=1)
    for s in range(3, len(states), 2):
        allowed[s - 2, s] = states[s] != states[s - 2]
    alpha, loss = np.zeros(len(states)), 0.0
    alpha[:2] = p[0, states[:2]]
    for p_t in p[1:]:
        loss, alpha = loss - math.log(alpha.sum()), alpha / alpha.sum()
        alpha = (alpha @ allowed) * p_t[states]
    last = alpha[-2:].sum()
    return loss - math.log(last) if last > 0 else math.inf


def ctc_by_two_kinds(log_p, labels, blank):
    """Blanks and labels apart: a state is how many labels were said, and whether a blank came last."""
    L = len(labels)
    silent, spoken = np.full(L + 1, -np.inf, log_p.dtype), np.full(L + 1, -np.inf, log_p.dtype)
    silent[0] = 0
    for row in log_p:
        new_silent, new_spoken = np.logaddexp(silent, spoken) + row[blank], np.full_like(spoken, -np.inf)
        for n, label in enumerate(labels, start=1):
            ways = [spoken[n], silent[n - 1]] + ([spoken[n - 1]] if n > 1 and labels[n - 2] != label else [])
            new_spoken[n] = np.logaddexp.reduce(ways) + row[label]
        silent, spoken = new_silent, new_spoken
    return -np.logaddexp(silent[L], spoken[L])


# --- speech.error_rate ----------------------------------------------------------------------------------------------


def rate_by_recursion(references, hypotheses):
    @cache
    def edits(a, b):
        if not a or not b:
            return len(a) + len(b)
        if a[0] == b[0]:
            return edits(a[1:], b[1:])
        return 1 + min(edits(a[1:], b), edits(a, b[1:]), edits(a[1:], b[1:]))

    total = sum(edits(tuple(r), tuple(h)) for r, h in zip(references, hypotheses, strict=True))
    return total / len([label for r in references for label in r])


def rate_by_tables(references, hypotheses):
    edits = 0
    for r, h in zip(references, hypotheses, strict=True):
        table = np.add.outer(np.arange(len(r) + 1), np.arange(len(h) + 1))
        for i in range(len(r)):
            for j in range(len(h)):
                diagonal = table[i, j] + (r[i] != h[j])
                table[i + 1, j + 1] = min(diagonal, table[i, j + 1] + 1, table[i + 1, j] + 1)
        edits += table[len(r), len(h)]
    return edits / np.sum([len(r) for r in references])


def rate_by_whole_rows(references, hypotheses):
    """A row at once: insertions by a running minimum."""
    edits, length = 0, 0
    for r, h in zip(references, hypotheses, strict=True):
        place = np.arange(len(h) + 1)
        row = place
        for label in r:
            changed = np.append(row[0] + 1, np.minimum(row[1:] + 1, row[:-1] + (np.array(h, int) != label)))
            row = np.minimum.accumulate(changed - place) + place
        edits, length = edits + row[-1], length + len(r)
    return float(edits) / length


ALTERNATIVES = {
    "speech.dtw": Alternatives(
        (dtw_by_cases, dtw_by_recursion, dtw_along_diagonals),
        Axes("x:ND y:MD", "D:NM", "D"),
    ),
    "speech.collapse": Alternatives(
        (collapse_by_groups, collapse_by_mask, collapse_in_torch),
        Axes("", ""),
    ),
    "speech.ctc_loss": Alternatives(
        (ctc_in_torch, ctc_backwards, ctc_by_scaling, ctc_by_two_kinds),
        Axes("", ""),
    ),
    "speech.error_rate": Alternatives(
        (rate_by_recursion, rate_by_tables, rate_by_whole_rows),
        Axes("", ""),
    ),
}
