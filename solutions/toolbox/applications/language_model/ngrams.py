"""Counting what followed what in a text: the tables behind an n-gram model. How they become probabilities is up to you.

>>> table = NGrams(np.array([0, 1, 0, 1, 0, 2]), K=3, orders=2)
>>> table.counts(np.array([0, 1, 0]), [3])[:, 0]      # what followed anything, and what followed the symbol 0
array([[3., 2., 1.],
       [0., 2., 1.]])
"""

from __future__ import annotations

import numpy as np


class NGrams:
    """How often each of K symbols followed the last 0, 1, … orders − 1 symbols of a text.

    Args:
        ids: the text, integers in 0 … K − 1, (N,).
        K: number of symbols.
        orders: how many lengths of context; the longest has orders − 1 symbols. K**orders must fit into 63 bits.
        continuation: count for all but the longest context *how many different symbols stood before it* (Kneser and
            Ney's counts) instead of how often it occurred.
    """

    def __init__(self, ids, K, orders, continuation=False):
        self.K, self.orders = K, orders
        if orders * np.log2(K) > 63:
            raise ValueError(f"{orders} symbols out of {K} do not fit into an integer of 64 bits; take fewer orders")
        self.tables = []
        for k in range(orders):
            if continuation and k < orders - 1:
                grams = np.unique(_codes(ids, K, k + 2)) % K ** (k + 1)
            else:
                grams = _codes(ids, K, k + 1)
            kinds, counts = np.unique(grams, return_counts=True)
            contexts, first = np.unique(kinds // K, return_index=True)
            self.tables.append((contexts, np.append(first, len(kinds)), kinds % K, counts))

    def counts(self, ids, places):
        """Counts for the symbol at each place of a text, from the symbols before it.

        Args:
            ids: a text, (N,).
            places: indices into it, (B,); a context that would begin before the text counts as never seen.

        Returns:
            floats, (orders, B, K), shortest context first.
        """
        places = np.asarray(places)
        found = np.zeros((self.orders, len(places), self.K))
        for k, (contexts, first, symbols, counts) in enumerate(self.tables):
            code = np.zeros(len(places), np.int64)
            for back in range(k, 0, -1):
                code = code * self.K + ids[np.maximum(places - back, 0)]
            at = np.searchsorted(contexts, code).clip(max=len(contexts) - 1)
            seen = (contexts[at] == code) & (places >= k)
            sizes = np.where(seen, first[at + 1] - first[at], 0)
            row = np.repeat(np.arange(len(places)), sizes)
            entry = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(first[at], sizes)
            found[k, row, symbols[entry]] = counts[entry]
        return found


def _codes(ids, K, length):
    """Every stretch of that length as one integer."""
    code = np.zeros(len(ids) - length + 1, np.int64)
    for k in range(length):
        code = code * K + ids[k : len(ids) - length + 1 + k]
    return code
