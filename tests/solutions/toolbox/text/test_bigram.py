import numpy as np
import pytest

from solutions.toolbox.text.bigram import Bigram, best_bigram


def test_each_row_is_a_distribution():
    ids = np.random.default_rng(0).integers(0, 5, 400)
    np.testing.assert_allclose(Bigram(ids, 5).P.sum(axis=1), 1)


def test_it_counts_pairs():
    """0 is followed by 1 twice and by 2 once."""
    model = Bigram(np.array([0, 1, 0, 1, 0, 2]), 3, mix=1.0)
    np.testing.assert_allclose(model.P[0], [0, 2 / 3, 1 / 3])


def test_the_loss_is_that_of_the_pair():
    model = Bigram(np.array([0, 1, 0, 1, 0, 2]), 3, mix=1.0)
    assert model.losses(np.array([0, 1]))[1] == pytest.approx(np.log(3 / 2))


def test_a_pair_never_seen_is_possible():
    assert np.isfinite(Bigram(np.array([0, 1, 0, 1]), 3).losses(np.array([2, 2, 2]))).all()


def test_the_best_mix_trusts_pairs_where_pairs_decide():
    """In 0 1 2 0 1 2 … the symbol before says everything; in noise it says nothing."""
    noise = np.random.default_rng(0).integers(0, 40, 800)
    assert best_bigram(np.arange(300) % 3, np.arange(90) % 3, 3).P[0, 1] > 0.98
    assert best_bigram(noise[:400], noise[400:], 40).P.max() < 0.15
