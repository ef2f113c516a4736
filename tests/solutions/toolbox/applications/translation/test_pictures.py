"""Are the pictures of translation drawn, with what they were given?"""

from __future__ import annotations

import numpy as np
import pytest

from solutions.toolbox.applications.translation import pictures


@pytest.mark.parametrize("attention", [False, True])
def test_the_network_shows_every_word(attention):
    shown = {text.get_text() for text in pictures.encoder_decoder(attention).texts}
    assert {*pictures.SOURCE, *pictures.TARGET, "‹s›", "‹/s›"} <= shown
    assert ("context $c_4$" in shown) == attention


def test_heat_maps_have_their_words_at_both_axes():
    (ax,) = pictures.looks([(np.eye(2, 3), ["a", "b", "c"], ["x", "y"])])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "b", "c"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["x", "y"]
    assert np.array_equal(ax.images[0].get_array(), np.eye(2, 3))


def test_quality_is_the_mean_of_each_group():
    right = np.array([[1, 1, 0, 0], [1, 0, 0, 0]])
    ax = pictures.quality_by_length(np.array([1, 2, 3, 4]), {"a": right}, [(1, 2), (3, 4)])
    assert ax.lines[0].get_ydata().tolist() == [0.75, 0.0]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1–2\n(2 sentences)", "3–4\n(2 sentences)"]


def test_a_tree_names_its_beginnings_and_its_ways():
    ax = pictures.tree([[("start", "", "", "")], [("a", "start", "0.5", "greedy"), ("b", "start", "0.4", "beam")]])
    assert {"start", "a", "b", "0.5", "0.4"} <= {text.get_text() for text in ax.texts}
