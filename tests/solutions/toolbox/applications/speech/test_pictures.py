"""Are the speech pictures drawn from what they are given?"""

from __future__ import annotations

import numpy as np
import pytest

from solutions.applications.speech import dtw
from solutions.toolbox.applications.speech import pictures


def test_the_cheapest_way_costs_what_the_table_says():
    rng = np.random.default_rng(0)
    for N, M in ((5, 8), (1, 4), (6, 1), (1, 1)):
        x, y = rng.standard_normal((N, 2)), rng.standard_normal((M, 2))
        D = dtw(x, y)
        way = pictures.cheapest_way(D)
        assert (way[0], way[-1]) == ((0, 0), (N - 1, M - 1))
        assert sum(np.linalg.norm(x[i] - y[j]) for i, j in way) == pytest.approx(D[-1, -1])


def test_the_lattice_draws_every_allowed_step_and_no_other():
    jumps = [False, False, False, True, False]
    ax = pictures.lattice(["–", "a", "–", "b", "–"], 3, jumps)
    steps = [child for child in ax.texts if child.arrowprops]
    first = 2 + 3  # from states 0 and 1: stay and go on; stay, go on, jump
    second = 2 + 3 + 2 + 2  # from states 0, 1, 2, 3 (the blanks do not jump)
    assert len(steps) == first + second


def test_confusions_count_pairs():
    ax = pictures.confusions(np.array([1, 1, 9]), np.array([1, 9, 9]))
    assert sorted((text.get_position(), text.get_text()) for text in ax.texts) == [
        ((1, 1), "1"),
        ((9, 1), "1"),
        ((9, 9), "1"),
    ]


def test_the_others_are_drawn():
    rng = np.random.default_rng(0)
    rows = [{"recordings a digit": n, "voice": n, "A": [0.5, 0.6], "B": [0.4]} for n in (1, 2)]
    assert len(pictures.accuracy_by_number(rows, ("A", "B")).lines) == 6
    assert len(pictures.accuracy_by_voice(rows, ("A", "B")).lines) == 5
    words = {"a": (rng.standard_normal(500), rng.standard_normal((9, 8))), "b": (np.ones(9), np.ones((9, 3)))}
    assert pictures.spectrograms(words, 64, 8000).shape == (2, 2)
    assert len(pictures.features([np.ones((4, 13)), np.ones((6, 13))], ["a", "b"])) == 2
    x, y = rng.standard_normal((2, 4, 3))
    local = [np.ones((4, 4)), np.ones((4, 4))]
    assert len(pictures.alignment(local, [dtw(x, y), dtw(y, x)], [("a", "b"), ("c", "d")])) == 2
    left, right = pictures.training_of_ctc([[3, 2], [3, 1]], [[1, 1], [1, 0.5]])
    assert len(left.lines) == len(right.lines) == 2
    log_p = np.log(rng.dirichlet(np.ones(11), 6))
    above, below = pictures.spikes(rng.standard_normal((12, 13)), log_p, [3, 5], np.array([5, 7]), 10)
    assert [text.get_text() for text in above.texts] == ["“3”", "“5”"]
    assert below.get_ylabel() == "probability"
