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


def test_two_layers_have_two_pairs_of_starts():
    shown = written(pictures.two_layers(2))
    assert shown.count("start") == 4
    assert "$y^{(1)}_2$" in shown
    assert "$y^{(2)}_2$" in shown


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
    pictures.reach({"a": np.eye(4), "b": np.ones((4, 4))})
    pictures.lines([0, 1], {"a": [[1, 2], [3, 4]], "b": [1, 2]}, "x", "y")
    pictures.loss_per_letter({"left": [1, 2], "right": [2, 1]}, "a ")
    labels = [(ax.get_xlabel(), ax.get_ylabel()) for n in plt.get_fignums() for ax in plt.figure(n).axes]
    assert all(x or y for x, y in labels)
    assert sum(bool(x and y) for x, y in labels) == 3 + 2 + 1 + 1


def test_a_line_is_the_mean_of_its_seeds():
    ax = pictures.lines([0, 1], {"a": [[1, 2], [3, 4]]}, "x", "y")
    assert list(ax.lines[0].get_ydata()) == [2, 3]
