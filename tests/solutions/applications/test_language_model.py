"""Are the language model's reference solutions right? PyTorch, brute force and sums that must be 1 are the oracles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from solutions.applications import language_model as lm

sizes = st.integers(1, 5)


# --- windows --------------------------------------------------------------------------------------------------------


@given(B=sizes, T=sizes, number=sizes, left=st.integers(1, 25))
def test_the_columns_read_one_after_the_other_are_the_text(B, T, number, left):
    ids = np.arange(number * B * T + left)
    x, y = lm.windows(ids, B, T)
    assert x.shape == y.shape == ((len(ids) - 1) // (B * T), T, B)
    np.testing.assert_array_equal(x.reshape(-1, B).T.ravel(), np.arange(x.size))
    np.testing.assert_array_equal(y, x + 1)
    assert len(ids) - 1 - x.size < B * T


def test_a_state_that_is_carried_over_sees_the_text_in_order():
    """A window's first input is the target of the last step of the window before, in every column."""
    x, y = lm.windows(np.random.default_rng(0).integers(0, 9, 100), 3, 4)
    np.testing.assert_array_equal(x[1:, 0], y[:-1, -1])


# --- measures -------------------------------------------------------------------------------------------------------


def test_the_measures_are_those_of_torchs_summed_loss():
    o, targets = torch.randn(7, 3, 5).double(), torch.randint(5, (7, 3))
    mask = np.arange(7)[:, None] < np.array([7, 2, 4])
    losses = torch.nn.functional.cross_entropy(o.movedim(2, 1), targets, reduction="none").numpy()
    ignored = torch.where(torch.as_tensor(mask), targets, -100)
    expected = torch.nn.functional.cross_entropy(o.movedim(2, 1), ignored).item()
    each, bits, perplexity = lm.measures(np.where(mask, losses, np.inf), mask)
    assert bits == pytest.approx(expected / np.log(2))
    assert perplexity == pytest.approx(np.exp(expected)) == pytest.approx(2**bits)
    assert each[1] == pytest.approx(losses[:2, 1].mean() / np.log(2))


@pytest.mark.parametrize("K", [1, 2, 66])
def test_a_blind_guess_among_k_symbols_has_perplexity_k(K):
    _, bits, perplexity = lm.measures(np.full((4, 2), np.log(K)), np.ones((4, 2), bool))
    assert perplexity == pytest.approx(K)
    assert bits == pytest.approx(np.log2(K))


# --- back_off -------------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 999), orders=sizes, B=sizes, K=sizes)
def test_every_row_is_a_distribution(seed, orders, B, K):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 3, (orders, B, K)).astype(float)
    P = lm.back_off(counts, rng.uniform(0, 1, orders))
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(axis=1), 1)


def test_it_is_the_example_of_the_lesson():
    """After “qu”: e 6 times, i 3 times, a once, discount ½; the shorter context knows nothing (1/K each)."""
    P = lm.back_off(np.array([[[6.0, 3.0, 1.0, 0.0]]]), np.array([0.5]))
    np.testing.assert_allclose(P[0], np.array([5.5, 2.5, 0.5, 0.0]) / 10 + 0.15 / 4)


def test_without_discount_it_counts_and_an_unseen_context_backs_off():
    counts = np.array([[[1.0, 3.0], [1.0, 3.0]], [[2.0, 0.0], [0.0, 0.0]]])
    np.testing.assert_allclose(lm.back_off(counts, np.zeros(2)), [[1, 0], [0.25, 0.75]])


# --- sample ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tau", "size"), list(itertools.product((0.01, 0.5, 1.0, 3.0), (1.0, 1e4))))
def test_the_probabilities_are_torchs_softmax(tau, size):
    o = size * np.random.default_rng(0).standard_normal((4, 6))
    p, _ = lm.sample(o, tau, np.full(4, 0.5))
    np.testing.assert_allclose(p, torch.softmax(torch.as_tensor(o) / tau, 1), rtol=1e-10, atol=1e-300)


def test_what_is_drawn_has_the_frequencies_p():
    o = np.tile(np.log([0.2, 0.0001, 0.5, 0.2999]), (20000, 1))
    p, drawn = lm.sample(o, 1.0, (np.arange(20000) + 0.5) / 20000)
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 20000, p[0], atol=1e-4)


def test_the_ends_of_the_line_draw_what_can_be_drawn():
    o = np.array([[-1e4, 0.0, 0.0, -1e4]] * 2)
    _, drawn = lm.sample(o, 1.0, np.array([0.0, np.nextafter(1, 0)]))
    assert drawn[0] == 1
    assert drawn[1] in (2, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_are_floats_of_at_least_that_precision_and_inputs_stay(dtype):
    o, counts = np.ones((2, 3), dtype), np.ones((2, 2, 3), dtype)
    p, _ = lm.sample(o, 0.5, np.zeros(2, dtype))
    P = lm.back_off(counts, np.full(2, 0.5, dtype))
    assert min(p.dtype.itemsize, P.dtype.itemsize) >= np.dtype(dtype).itemsize
    assert (o == 1).all()
    assert (counts == 1).all()
