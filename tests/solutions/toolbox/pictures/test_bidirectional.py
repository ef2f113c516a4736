"""Do the pictures of lesson 07 show what they should, with every axis labelled?"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures import bidirectional as pictures

WORDS = ["moses", "go", "a", "tree"]


def written(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def row(ax, b) -> str:
    """The letters of one row of a batch, in the order of time."""
    here = sorted((text.get_position()[0], text.get_text()) for text in ax.texts if text.get_position()[1] == b)
    return "".join(letter for _, letter in here)


def test_every_step_has_both_states_and_an_output():
    shown = written(pictures.two_directions(3))
    for t in (1, 2, 3):
        assert {f"$x_{t}$", f"$y_{t}$", rf"$\overrightarrow{{h}}_{t}$", rf"$\overleftarrow{{h}}_{t}$"} <= set(shown)
    assert shown.count("start") == 2


def test_six_matrices_are_named_once_each():
    shown = written(pictures.two_directions(3))
    names = [rf"$\over{side}arrow{{{letter}}}$" for letter in "WUV" for side in ("right", "left")]
    assert [shown.count(name) for name in names] == [1] * 6


def test_two_layers_have_two_pairs_of_starts():
    shown = written(pictures.two_layers(2))
    assert shown.count("start") == 4
    assert {"$y^{(1)}_2$", "$y^{(2)}_2$", r"$\overrightarrow{h}^{\,(1)}_2$", r"$\overleftarrow{h}^{\,(2)}_2$"} <= set(
        shown
    )


def test_a_batch_is_turned_as_a_whole_and_each_word_by_itself():
    _, wrong, right = pictures.turned(WORDS)
    assert [row(wrong, b) for b in range(4)] == ["sesom", "∅∅∅og", "∅∅∅∅a", "∅eert"]
    assert [row(right, b) for b in range(4)] == ["sesom", "og∅∅∅", "a∅∅∅∅", "eert∅"]


def test_packed_data_holds_the_letters_step_by_step():
    left, right = pictures.packed(WORDS)
    assert row(left, 1) == "tree∅"
    assert row(right, 0) == "mtgaoroseees"
    assert row(right, 0.62) == "43221"


def test_every_axis_is_labelled():
    pictures.turned(WORDS)
    pictures.reach(np.tri(4), np.tri(4).T, 3)
    pictures.lines([0, 1], {"a": [[1, 2], [3, 4]], "b": [1, 2]}, "x", "y")
    pictures.loss_per_letter({"left": [1, 2], "right": [2, 1]}, "a ")
    labels = [(ax.get_xlabel(), ax.get_ylabel()) for n in plt.get_fignums() for ax in plt.figure(n).axes]
    assert all(x or y for x, y in labels)
    assert sum(bool(x and y) for x, y in labels) == 3 + 1 + 1 + 1


def test_what_came_before_is_read_by_one_direction_and_what_came_later_by_the_other():
    right, left = (np.full((3, 3), value) for value in (0.5, 0.25))
    ax = pictures.reach(right, left, 3)
    before, after = (np.ma.filled(mesh.get_array().astype(float), 0) for mesh in ax.collections)
    np.testing.assert_array_equal(before, 0.5 * np.tri(3, k=-1))
    np.testing.assert_array_equal(after, 0.25 * np.tri(3, k=-1).T)
    assert len(ax.patches) == 2 * 3


def test_each_letter_has_its_loss_of_each_network():
    ax = pictures.loss_per_letter({"left": [1, 2], "right": [2, 1]}, "a ")
    np.testing.assert_array_equal(ax.collections[0].get_array(), [[1, 2], [2, 1]])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "␣"]


def test_a_line_is_the_mean_of_its_seeds():
    ax = pictures.lines([0, 1], {"a": [[1, 2], [3, 4]]}, "x", "y")
    assert list(ax.lines[0].get_ydata()) == [2, 3]
