"""Are the pictures of translation drawn, with what they were given?"""

from __future__ import annotations

import numpy as np
import pytest

from solutions.toolbox.applications.translation import pictures


@pytest.mark.parametrize("attention", [False, True])
def test_the_network_shows_every_word(attention):
    shown = {text.get_text() for text in pictures.encoder_decoder(attention).texts}
    assert {*pictures.SOURCE, *pictures.TARGET, "‹s›", "‹/s›"} <= shown
    assert ("context $c_4$" in shown) == (r"$\tilde{s}_4$" in shown) == attention


def test_with_attention_the_word_is_written_from_the_joined_state():
    """Equation (8D.8): the context does not write by itself; (8D.5): the decoder's state asks."""
    ax = pictures.encoder_decoder(attention=True)
    places = {text.get_text(): text.get_position() for text in ax.texts}
    (word,) = [text for text in ax.texts if text.get_text() == "onglets" and text.get_position()[1] > 1]
    assert places["$s_4$"][1] < places[r"$\tilde{s}_4$"][1] < word.get_position()[1]
    assert places["$s_4$"][0] == places[r"$\tilde{s}_4$"][0] == word.get_position()[0]
    assert any("$s_4 A" in text for text in places)


def test_heat_maps_have_their_words_at_both_axes():
    (ax,) = pictures.looks([(np.eye(2, 3), ["a", "b", "c"], ["x", "y"])])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "b", "c"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["x", "y"]
    assert np.array_equal(ax.images[0].get_array(), np.eye(2, 3))


def test_quality_is_the_mean_of_the_seeds_and_each_group_says_how_many_it_has():
    ax = pictures.quality_by_length({"a": [[1.0, 0.5], [0.5, 0.0]]}, [(1, 2), (3, 3)], [7, 4])
    assert ax.lines[0].get_ydata().tolist() == [0.75, 0.25]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1–2\n(7)", "3\n(4)"]


def test_scores_have_a_panel_each_and_their_means_written_beside_them():
    left, right = pictures.scores_by_method({"word by word": [(0.1, 0.2)], "network": [(0.3, 0.4), (0.5, 0.6)]})
    assert [text.get_text() for text in left.texts] == ["0.10", "0.40"]
    assert [text.get_text() for text in right.texts] == ["20", "50"]
    assert left.get_ylabel() != right.get_ylabel() == "BLEU"


def test_a_tree_names_its_beginnings_and_its_ways():
    ax = pictures.tree([[("start", "", "", "")], [("a", "start", "0.5", "greedy"), ("b", "start", "0.4", "beam")]])
    assert {"start", "a", "b", "0.5", "0.4"} <= {text.get_text() for text in ax.texts}
