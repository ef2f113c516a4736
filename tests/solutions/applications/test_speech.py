"""Are the speech solutions right? PyTorch, listing everything, and properties are the oracles."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from solutions.applications.speech import collapse, ctc_loss, dtw, error_rate

SIZES = list(itertools.product((1, 2, 6, 15), (2, 3, 5), (0, 1, 2, 4)))
"""T, K, L."""


def log_probabilities(T, K, dtype=np.float64, seed=0):
    logits = np.random.default_rng(seed).standard_normal((T, K)).astype(dtype)
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def torchs(log_p, labels, blank):
    sizes = torch.tensor([len(log_p)]), torch.tensor([len(labels)])
    targets = torch.tensor([labels], dtype=torch.long)
    return torch.nn.functional.ctc_loss(torch.tensor(log_p)[:, None], targets, *sizes, blank=blank, reduction="sum")


@pytest.mark.parametrize(("T", "K", "L"), SIZES)
@pytest.mark.parametrize("blank", [0, 1])
def test_the_ctc_loss_is_pytorchs(T, K, L, blank):
    rng = np.random.default_rng(T + 10 * K + 100 * L)
    for _ in range(3):
        labels = rng.choice([k for k in range(K) if k != blank], L).tolist()
        log_p = log_probabilities(T, K, seed=L)
        assert float(ctc_loss(log_p, labels, blank)) == pytest.approx(torchs(log_p, labels, blank).item(), rel=1e-12)


@pytest.mark.parametrize("labels", [[], [0], [0, 0], [0, 1], [1, 1, 0], [0, 1, 0, 1]])
def test_the_ctc_loss_sums_over_all_paths_that_collapse_to_the_labels(labels):
    log_p = log_probabilities(5, 3)
    paths = [path for path in itertools.product(range(3), repeat=5) if collapse(path, 2) == labels]
    total = math.fsum(math.exp(log_p[range(5), path].sum()) for path in paths)
    assert ctc_loss(log_p, labels, 2) == pytest.approx(-math.log(total), rel=1e-12)


@pytest.mark.parametrize(("T", "labels"), [(1, [0, 1]), (2, [1, 1]), (4, [0, 0, 1, 1]), (2, [0, 1, 0])])
def test_the_ctc_loss_of_what_does_not_fit_is_infinite(T, labels):
    assert ctc_loss(log_probabilities(T, 3), labels, 2) == np.inf


def test_the_ctc_loss_of_a_long_sequence_neither_overflows_nor_leaves_float32():
    log_p = log_probabilities(2000, 11, np.float32)
    loss = ctc_loss(log_p, [3, 3, 7], 10)
    assert loss.dtype == np.float32
    assert float(loss) == pytest.approx(torchs(log_p.astype(float), [3, 3, 7], 10).item(), rel=1e-4)


def test_probabilities_of_all_labellings_add_up_to_one():
    log_p = log_probabilities(4, 3)
    every = [list(labels) for L in range(5) for labels in itertools.product((0, 1), repeat=L)]
    assert math.fsum(math.exp(-ctc_loss(log_p, labels, 2)) for labels in every) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("path", "labels"),
    [([3, 3, 9, 9, 5, 5], [3, 5]), ([5, 5, 9, 5], [5, 5]), ([9, 9], []), ([5], [5]), ([9, 5, 5, 9], [5]), ([], [])],
)
def test_a_path_is_merged_before_blanks_are_dropped(path, labels):
    assert collapse(np.array(path, dtype=int), 9) == labels


@given(st.lists(st.integers(0, 3), max_size=8), st.data())
def test_any_path_made_from_labels_collapses_to_them(labels, data):
    path = []
    for label in labels:
        path += [3] * data.draw(st.integers(int(path[-1:] == [label]), 2)) + [label] * data.draw(st.integers(1, 3))
    assert collapse(path, 3) == [k for k in labels if k != 3]


def every_alignment(x, y):
    """The cost of each alignment, one by one."""

    def ways(i, j):
        if i == j == 0:
            yield 0.0
        for a, b in ((i - 1, j), (i, j - 1), (i - 1, j - 1)):
            if a >= 0 and b >= 0:
                yield from (cost + np.linalg.norm(x[a] - y[b]) for cost in ways(a, b))

    last = np.linalg.norm(x[-1] - y[-1])
    return [cost + last for cost in ways(len(x) - 1, len(y) - 1)]


@pytest.mark.parametrize(("N", "M", "F"), list(itertools.product((1, 2, 5), (1, 4), (1, 3))))
def test_the_distance_is_that_of_the_cheapest_alignment(N, M, F):
    rng = np.random.default_rng(N + M)
    x, y = rng.standard_normal((N, F)), rng.standard_normal((M, F))
    assert dtw(x, y)[-1, -1] == pytest.approx(min(every_alignment(x, y)), rel=1e-12)


def test_a_table_holds_the_distances_of_all_beginnings():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((6, 2)), rng.standard_normal((4, 2))
    D = dtw(x, y)
    for i, j in itertools.product(range(6), range(4)):
        assert D[i, j] == dtw(x[: i + 1], y[: j + 1])[-1, -1]
    np.testing.assert_allclose(D.T, dtw(y, x), rtol=1e-12)


def test_a_recording_that_is_slowed_down_has_no_distance():
    x = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
    D = dtw(x, np.repeat(x, [1, 3, 2, 1, 4], axis=0))
    assert D.dtype == np.float32
    assert D[-1, -1] == 0


@pytest.mark.parametrize(
    ("said", "heard", "rate"),
    [
        ([[1, 2, 3]], [[1, 2, 3]], 0),
        ([[1, 2, 3]], [[2, 3]], 1 / 3),
        ([[1, 2, 3]], [[1, 4, 3]], 1 / 3),
        ([[1, 2], [3, 4, 5, 6]], [[], [3, 4, 5, 6]], 1 / 3),
        ([[], [1, 2]], [[7], [1, 2]], 1 / 2),
        ([[1]], [[2, 3, 4]], 3),
        ([[1, 2, 3, 4]], [[2, 1, 3]], 3 / 4),
    ],
)
def test_the_error_rate_counts_edits_per_label_said(said, heard, rate):
    assert error_rate(said, heard) == pytest.approx(rate)


labellings = st.lists(st.integers(0, 2), max_size=6)


@given(labellings, labellings, labellings)
def test_edits_are_a_distance(a, b, c):
    def edits(one, other):
        return error_rate([[0], one], [[0], other]) * (1 + len(one))

    assert edits(a, b) == pytest.approx(edits(b, a))
    assert (edits(a, b) == 0) == (a == b)
    assert edits(a, c) <= edits(a, b) + edits(b, c) + 1e-9
