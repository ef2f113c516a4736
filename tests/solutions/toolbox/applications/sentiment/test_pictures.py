"""Do the pictures of the notebook on sentiment show what they should, with every axis labelled?"""

from __future__ import annotations

import numpy as np

from solutions.toolbox.applications.sentiment import pictures


def labelled(*axes):
    return all(ax.get_xlabel() and ax.get_ylabel() for ax in axes)


def test_ratings_and_lengths_are_counted():
    left, right = pictures.ratings_and_lengths(np.array([-1.0, 2.0, 2.1]), [3, 4, 9])
    assert labelled(left, right)
    assert sum(bar.get_height() for bar in left.patches) == 3
    assert sum(bar.get_height() for bar in right.patches) == 3


def test_a_padded_batch_has_a_cell_for_each_entry_and_the_words_in_them():
    ax = pictures.padded_batch([["a", "film"], ["so"]])
    assert labelled(ax)
    assert len(ax.patches) == 4
    assert [text.get_text() for text in ax.texts] == ["a", "film", "so", ""]
    assert [cell.get_hatch() for cell in ax.patches] == [None, None, None, "///"]


def test_each_seed_has_a_dot_and_each_group_its_mean():
    ax = pictures.dots_by_group(
        {"bag": {"x": [70.0, 72.0], "y": [50.0]}, "GRU": {"x": [80.0], "y": [60.0]}}, "accuracy (%)"
    )
    assert [text.get_text() for text in ax.texts] == ["71.0", "50.0", "80.0", "60.0"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["x", "y"]
    assert ax.get_ylabel() == "accuracy (%)"


def test_curves_over_words_stand_beside_the_number_of_sentences():
    top, bottom = pictures.arriving(
        {"GRU": np.array([[50.0, 60.0], [52.0, 62.0]]), "CNN": np.array([[50.0, 55.0]])}, np.array([9, 4])
    )
    assert labelled(top, bottom)
    np.testing.assert_allclose(top.lines[0].get_ydata(), [51, 61])


def test_a_sentence_has_its_words_under_the_score():
    (ax,) = pictures.along([(["not", "bad"], {"bag": [-0.1, -1.0], "GRU": [-0.2, 1.0]})])
    assert labelled(ax)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["not", "bad"]
    assert len(ax.get_legend().get_texts()) == 2


def test_no_seed_hides_another():
    ax = pictures.dots_by_group({"GRU": {"x": [80.0, 80.0, 80.0]}}, "accuracy (%)")
    assert len(set(ax.lines[0].get_xdata())) == 3


def test_each_seed_has_a_line_from_training_to_training():
    by_training = {
        "nothing": {"made": [50.0, 52.0], "real": [80.0, 81.0]},
        "pairs": {"made": [90.0, 94.0], "real": [79.0, 78.0]},
    }
    panels = pictures.lessons(
        {"bag": {name: {"made": [50.0], "real": [79.0]} for name in by_training}, "GRU": by_training}, "accuracy"
    )
    assert [ax.get_title() for ax in panels] == ["made", "real"]
    drawn = [line.get_ydata().tolist() for line in panels[1].lines]
    assert drawn == [[79.0, 79.0], [80.0, 79.0], [81.0, 78.0]]
    assert [label.get_text() for label in panels[0].get_xticklabels()] == ["nothing", "pairs"]


def test_methods_have_looks_of_their_own():
    names = ("lexicon", "bag of words", "bag, with beginnings", "GRU", "GRU, every word (mean of five)", "CNN")
    assert len({tuple(pictures.look_of(name).items()) for name in names}) == 6
    assert pictures.look_of("CNN, taught") == pictures.look_of("CNN")
