"""Does the table count what followed what?"""

import numpy as np
import pytest

from solutions.toolbox.applications.language_model.ngrams import NGrams


def by_hand(ids, K, text, place, k, continuation):
    """Counts after the k symbols before a place, by looking at every place of the training text."""
    context, found = list(text[place - k : place]), [[] for _ in range(K)]
    for i in range(k, len(ids)):
        if list(ids[i - k : i]) == context:
            found[ids[i]].append(ids[i - k - 1] if i > k else None)
    if continuation:
        return [len(set(before) - {None}) for before in found]
    return [len(before) for before in found]


@pytest.mark.parametrize("continuation", [False, True])
def test_the_counts_are_those_of_a_search_through_the_text(continuation):
    rng = np.random.default_rng(0)
    K, orders = 3, 4
    ids, text = rng.integers(0, K, 60), rng.integers(0, K, 20)
    places = np.arange(orders, 20)
    counts = NGrams(ids, K, orders, continuation).counts(text, places)
    assert counts.shape == (orders, len(places), K)
    for k in range(orders):
        for b, place in enumerate(places):
            smooth = continuation and k < orders - 1
            assert counts[k, b].tolist() == by_hand(ids, K, text, place, k, smooth)


def test_a_context_before_the_text_was_never_seen():
    counts = NGrams(np.zeros(10, int), 2, 3).counts(np.zeros(5, int), [0, 1, 2])
    assert (counts.sum(axis=2) > 0).tolist() == [[True] * 3, [False, True, True], [False, False, True]]


def test_too_many_orders_are_refused():
    with pytest.raises(ValueError, match="64 bits"):
        NGrams(np.zeros(99, int), 66, 11)
