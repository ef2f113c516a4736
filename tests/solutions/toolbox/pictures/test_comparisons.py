"""Do the pictures that compare cells show every seed, none over another, and the interval that decides?"""

from __future__ import annotations

import numpy as np
import pytest

from solutions.toolbox.experiments.verdicts import interval
from solutions.toolbox.pictures import comparisons as pictures


def test_equal_values_are_set_apart():
    places = pictures.dodged(2, 5)
    assert len(set(places)) == 5
    assert places.mean() == pytest.approx(2)
    assert np.ptp(places) < 1
    assert pictures.dodged(2, 1) == pytest.approx([2])


def test_an_error_that_is_no_number_is_a_cross_at_the_edge_and_not_a_dot_at_1():
    errors = {"net": [[0.1, 0.2, np.nan]], "other": [[0.1, 0.1, np.inf]]}
    (ax,) = pictures.errors_by_length(errors, (20,), {"success": 0.01})
    dots = [value for line in ax.lines if line.get_marker() in "os" for value in line.get_xdata()]
    crosses = [value for line in ax.lines if line.get_marker() == "x" for value in line.get_xdata()]
    assert dots == [0.1, 0.2, 0.1, 0.1]
    assert crosses == [0.4, 0.4]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["net", "other"]
    assert ax.get_xlabel()


def test_a_bar_is_the_interval_of_the_difference_seed_by_seed():
    values = {"plain": [1.0, 2, 3, 4, 5], "with": [1.1, 2.2, 3.1, 4.2, 5.1]}
    ax = pictures.differences(values, "plain", "loss")
    bar, dots, zero = ax.lines
    np.testing.assert_allclose(bar.get_xdata(), interval([0.1, 0.2, 0.1, 0.2, 0.1]))
    np.testing.assert_allclose(dots.get_xdata(), [0.1, 0.2, 0.1, 0.2, 0.1])
    assert list(zero.get_xdata()) == [0, 0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["with"]


def test_shares_add_up_to_1():
    ax = pictures.shares({"f": np.random.default_rng(0).random((3, 50)), "i": np.ones(4)}, "value")
    assert [line.get_ydata().sum() for line in ax.lines] == pytest.approx([1] * 4)
    assert ax.get_xlabel()
    assert ax.get_ylabel()


def test_each_seed_has_a_dot_where_its_unseen_loss_is_lowest():
    unseen = np.array([[3.0, 1, 2], [3, 2, 1]])
    (ax,) = pictures.turning_up([0, 30, 60], {"net": (unseen - 1, unseen)})
    lowest = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert lowest == [(30, 1), (60, 1)]
    assert ax.get_xlabel()
    assert ax.get_ylabel()
