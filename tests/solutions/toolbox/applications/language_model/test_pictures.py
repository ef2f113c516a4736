"""Do the pictures of the language model show what they should, with every axis labelled?"""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from solutions.toolbox.applications.language_model import pictures


def test_every_symbol_of_the_text_is_in_its_window_and_the_last_target_too():
    ax = pictures.windows("abc defg\nhijk", B=2, T=3, number=2)
    written = [text.get_text() for text in ax.texts]
    assert {"column 0", "column 1", "window 0", "window 1", "␣", "⏎"} <= set(written)
    symbols = [symbol for symbol in written if len(symbol) == 1]
    assert "".join(symbols) == "abc␣deffg⏎hijk"  # a column, its last target; the next column, its last target


def test_every_axis_is_labelled():
    pictures.next_symbols({"ab": {"a": 0.9, "b": 0.1}, "ba": {"a": 0.2, "b": 0.8}}, "ab")
    pictures.surprisal({"one": np.ones(3), "other": np.zeros(3)}, "a b")
    pictures.lines([1, 2], {"a": [1, 2], "b": ([1], [2])}, "x", "y", log=True, level={"c": 1.5})
    pictures.histogram({"a": [1.0, -1.0], "b": [2.0]}, "difference")
    pictures.at_temperatures({"τ = 1": np.ones(2)}, "ab")
    for number in plt.get_fignums():
        drawn = plt.figure(number).axes
        assert all(ax.get_xlabel() for ax in drawn)
        assert drawn[0].get_ylabel()


def test_the_true_symbol_is_marked():
    ax = pictures.next_symbols({"x": {"a": 0.5, "b": 0.3, "c": 0.2}}, "b")[0]
    colours = [bar.get_facecolor() for bar in ax.patches]
    assert colours[0] == colours[2] != colours[1]


def test_the_true_symbol_is_there_where_it_is_not_likely():
    P = {symbol: (9 - k) / 45 for k, symbol in enumerate("abcdefghi")}
    ax = pictures.next_symbols({"x": P}, "h", most=3)[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a\n", "b\n", "c\n", "h\n(no. 8)"]
    assert ax.patches[-1].get_height() == pytest.approx(100 * P["h"])
