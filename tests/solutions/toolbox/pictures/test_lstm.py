"""Do the pictures of lesson 05 show what they should, with every axis labelled?"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from solutions.toolbox.pictures import lstm as pictures
from solutions.toolbox.pictures.diagrams import COLOURS


def written(ax) -> set[str]:
    return {text.get_text() for text in ax.texts}


@pytest.mark.parametrize(("step", "new"), [(1, "$c_t$"), (2, "$g_t$"), (3, "$i_t$"), (4, "$o_t$")], ids=str)
def test_each_step_adds_its_part_and_its_number(step, new):
    assert {new, str(step)} <= written(pictures.cell_1997(step))
    assert step == 1 or new not in written(pictures.cell_1997(step - 1))


def test_the_cell_of_1997_is_whole_with_the_numbers_of_all_steps_and_lacks_the_forget_gate():
    shown = written(pictures.cell_1997())
    assert {"1", "2", "3", "4", "$i_t$", "$o_t$", "$h_t$"} <= shown
    assert "$f_t$" not in shown


@pytest.mark.parametrize(
    ("draw", "new"),
    [
        (lambda: pictures.cell_1997(3), {"$U_i$", "$W_i$"}),
        (lambda: pictures.cell(5), {"$U_f$", "$W_f$"}),
        (pictures.peepholes, {"$p_f$", "$p_i$", "$p_o$"}),
        (pictures.coupled, set()),
    ],
)
def test_only_what_is_new_is_in_colour(draw, new):
    marks = [text for text in draw().texts if text.get_text()[:3] in ("$U_", "$W_", "$p_")]
    assert {text.get_text() for text in marks if text.get_color() != COLOURS["faint"]} == new
    assert len(marks) > len(new)


def test_nothing_is_drawn_pale():
    for ax in (pictures.cell_1997(), pictures.cell_1997(4), pictures.cell(5), pictures.cell()):
        assert {piece.get_alpha() for piece in (*ax.texts, *ax.patches)} == {None}


def test_every_symbol_has_its_meaning_beside_it():
    shown = written(pictures.symbols())
    assert {meaning for _, _, meaning in pictures.SYMBOLS} <= shown
    assert {"×", "+", "σ", "tanh", "or ⊗", "or ⊕", "here", "elsewhere"} <= shown


def test_the_whole_cell_has_four_layers_each_with_its_parameters():
    shown = written(pictures.cell())
    assert {f"${name}_{layer}$" for name in "WU" for layer in "ifgo"} <= shown
    assert {"×", "+", "tanh", "$c_{t-1}$", "$h_{t-1}$", "$h_t$", "$x_t$"} <= shown


def test_the_variants_have_what_makes_them_different():
    assert {"$p_i$", "$p_f$", "$p_o$"} <= written(pictures.peepholes())
    shown = written(pictures.coupled())
    assert "1−" in shown
    assert "$i_t$" not in shown


def test_every_axis_is_labelled():
    pictures.over_time({"size": {"a": np.ones(3)}, "slope": {"a": np.ones(3)}})
    pictures.spread_over_time({"size": np.ones((2, 3)), "slope": np.ones((2, 3))})
    for number in plt.get_fignums():
        assert all(ax.get_xlabel() and ax.get_ylabel() for ax in plt.figure(number).axes)


def test_the_band_reaches_from_the_least_to_the_largest_seed():
    (ax,) = pictures.spread_over_time({"size": [[1.0, 2.0], [3.0, 6.0]]})
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [2.0, 4.0])
    assert {tuple(corner) for corner in ax.collections[0].get_paths()[0].vertices} >= {(2, 2), (2, 6), (1, 1), (1, 3)}
