"""Is the best path the best of all, and well formed where it must be?"""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from solutions.toolbox.applications.tagging.viterbi import best_path, well_formed


@pytest.mark.parametrize("T", [1, 2, 5])
def test_viterbi_finds_the_best_of_all_paths(T):
    rng, K = np.random.default_rng(T), 3
    fits, follows = rng.standard_normal((T, K)), rng.standard_normal((K + 1, K))

    def total(path):
        steps = pairwise((K, *path))
        return fits[range(T), path].sum() + sum(follows[i, j] for i, j in steps)

    assert tuple(best_path(fits, follows)) == max(product(range(K), repeat=T), key=total)


def test_a_well_formed_path_has_no_I_without_a_beginning():
    tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    path = best_path(np.random.default_rng(0).standard_normal((50, 5)) + np.array([0, 0, 2, 0, 2]), well_formed(tags))
    named = ["O", *(tags[k] for k in path)]
    assert all(b[0] != "I" or a[2:] == b[2:] for a, b in pairwise(named))
