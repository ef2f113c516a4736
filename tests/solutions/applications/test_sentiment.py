"""Are the references of the sentiment notebook right? PyTorch, finite differences and loops are the oracles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from solutions.applications import sentiment

GRID = list(itertools.product((1, 2, 7), (1, 4), (1, 3)))
"""T, B, H."""
grid = pytest.mark.parametrize(("T", "B", "H"), GRID)


def lengths_of(T, B, seed=0):
    """Lengths from 1 to T; the last sentence is the longest."""
    rng = np.random.default_rng(seed)
    return torch.tensor([*rng.integers(1, T + 1, B - 1), T])


def normal(*shape, seed=1):
    return torch.tensor(np.random.default_rng(seed).standard_normal(shape))


def padding(T, lengths):
    return torch.arange(T)[:, None] >= lengths


# --- pool -----------------------------------------------------------------------------------------------------------


@grid
def test_the_last_state_is_that_of_a_packed_sequence(T, B, H):
    torch.manual_seed(0)
    layer, x, lengths = torch.nn.GRU(2, H, dtype=torch.float64), normal(T, B, 2), lengths_of(T, B)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
    last, _, _ = sentiment.pool(layer(x)[0], lengths)
    torch.testing.assert_close(last, layer(packed)[1][0])


@grid
def test_mean_and_largest_are_those_of_each_sentence_alone(T, B, H):
    h, lengths = normal(T, B, H), lengths_of(T, B)
    _, mean, largest = sentiment.pool(h, lengths)
    for b, n in enumerate(lengths):
        torch.testing.assert_close(mean[b], h[:n, b].mean(0))
        torch.testing.assert_close(largest[b], h[:n, b].amax(0))


@grid
def test_pooling_sends_no_gradient_into_the_padding(T, B, H):
    h, lengths = normal(T, B, H).requires_grad_(), lengths_of(T, B)
    for pooled in sentiment.pool(h, lengths):
        (gradient,) = torch.autograd.grad(pooled.sum(), h, retain_graph=True)
        assert gradient[padding(T, lengths)].abs().sum() == 0
        torch.testing.assert_close(gradient.sum(0), torch.ones(B, H, dtype=h.dtype))


def test_pooling_does_not_see_what_stands_in_the_padding():
    h, lengths = normal(5, 3, 2), torch.tensor([2, 5, 1])
    odd = h.masked_fill(padding(5, lengths)[..., None], torch.nan)
    for got, expected in zip(sentiment.pool(odd, lengths), sentiment.pool(h, lengths), strict=True):
        torch.testing.assert_close(got, expected)


# --- masked_loss ----------------------------------------------------------------------------------------------------


@grid
def test_the_two_means_are_those_of_torchs_loss_on_the_real_words(T, B, H):
    s, lengths, y = normal(T, B), lengths_of(T, B), torch.rand(B, dtype=torch.float64)
    losses = torch.nn.functional.binary_cross_entropy_with_logits(s, y.expand(T, B), reduction="none")
    own = [losses[:n, b] for b, n in enumerate(lengths)]
    per_word, per_sentence = sentiment.masked_loss(s, y, lengths)
    torch.testing.assert_close(per_word, torch.cat(own).mean())
    torch.testing.assert_close(per_sentence, torch.stack([each.mean() for each in own]).mean())


@grid
def test_the_gradients_of_both_means_are_right(T, B, H):
    s, lengths, y = normal(T, B).requires_grad_(), lengths_of(T, B), torch.rand(B, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda s: sentiment.masked_loss(s, y, lengths), (s,))


def test_the_means_are_equal_where_all_lengths_are():
    per_word, per_sentence = sentiment.masked_loss(
        normal(4, 3), torch.rand(3, dtype=torch.float64), torch.tensor([4] * 3)
    )
    torch.testing.assert_close(per_word, per_sentence)


def test_a_loss_of_huge_scores_is_finite():
    s = torch.tensor([[1000.0, -1000.0]])
    per_word, _ = sentiment.masked_loss(s, torch.tensor([0.0, 0.0]), torch.tensor([1, 1]))
    assert per_word == 500


# --- measures -------------------------------------------------------------------------------------------------------


def test_accuracy_as_words_arrive_by_hand():
    s = np.array([[1.0, -1.0, 2.0], [0.0, 1.0, 9.0], [3.0, 9.0, 9.0]])
    accuracy, sentences = sentiment.as_words_arrive(s, np.array([True, True, False]), np.array([3, 2, 1]))
    assert sentences.tolist() == [3, 2, 1]
    assert accuracy.tolist() == [1 / 3, 1 / 2, 1]


def test_the_last_row_asks_the_longest_sentences_only():
    rng = np.random.default_rng(0)
    lengths = np.array([6, 2, 6, 4])
    s, positive = rng.standard_normal((6, 4)), rng.random(4) < 0.5
    accuracy, sentences = sentiment.as_words_arrive(s, positive, lengths)
    assert sentences[-1] == 2
    assert accuracy[-1] == ((s[-1] > 0) == positive)[[0, 2]].mean()


def test_the_interval_holds_the_difference_and_narrows_with_more_sentences():
    rng = np.random.default_rng(0)
    widths = []
    for N in (50, 5000):
        a, b = rng.random(N) < 0.7, rng.random(N) < 0.8
        difference, low, high = sentiment.paired_interval(a, b, rng.integers(0, N, (500, N)))
        assert difference == pytest.approx(b.mean() - a.mean())
        assert low < difference < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 5


def test_methods_that_are_always_right_together_differ_by_nothing():
    right = np.random.default_rng(0).random(30) < 0.5
    assert sentiment.paired_interval(right, right, np.random.default_rng(1).integers(0, 30, (20, 30))) == (0, 0, 0)


def test_a_paired_interval_has_the_width_of_the_normal_approximation():
    """An oracle of another kind: 1.96 standard errors of the paired differences."""
    rng = np.random.default_rng(0)
    N = 2000
    a = rng.random(N) < 0.75
    b = np.where(rng.random(N) < 0.9, a, ~a)
    _, low, high = sentiment.paired_interval(a, b, rng.integers(0, N, (2000, N)))
    error = (b.astype(float) - a).std() / np.sqrt(N)
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.1)
