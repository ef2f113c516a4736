"""The best sequence of tags, where one tag has a say in the next."""

from __future__ import annotations

import numpy as np


def best_path(fits, follows):
    """The tags with the largest sum of scores, by Viterbi's algorithm: the best way to each tag, step by step.

    Args:
        fits: how well each of K tags fits each of T words, (T, K).
        follows: how well tag j follows tag i, (K + 1, K); the last row is for the first word.

    Returns:
        the path, a list of T numbers of tags.
    """
    best, back = follows[-1] + fits[0], []
    for fit in fits[1:]:
        ways = best[:, None] + follows[:-1]
        back.append(ways.argmax(axis=0))
        best = ways.max(axis=0) + fit
    path = [int(best.argmax())]
    for came_from in reversed(back):
        path.append(int(came_from[path[-1]]))
    return path[::-1]


def well_formed(tags):
    """Scores for `best_path` that forbid an I after anything but B or I of its own kind: 0 or −∞, (K + 1, K)."""
    return np.array([[0.0 if j[0] != "I" or i[2:] == j[2:] else -np.inf for j in tags] for i in [*tags, "O"]])
