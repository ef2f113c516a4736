"""Do the pictures of lesson 05 show what they should, with every axis labelled?"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from solutions.toolbox.pictures import lstm as pictures


def written(ax) -> set[str]:
    return {text.get_text() for text in ax.texts}


@pytest.mark.parametrize(
    ("stage", "new"), [(1, "$c_t$"), (2, "$g_t$"), (3, "$i_t$"), (4, "$o_t$"), (5, "$f_t$")], ids=str
)
def test_each_stage_adds_its_part(stage, new):
    assert new in written(pictures.cell(stage))
    assert stage == 1 or new not in written(pictures.cell(stage - 1))


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
    pictures.learning_curves([0, 1], {"a": (np.ones(2), np.ones(2))})
    for number in plt.get_fignums():
        assert all(ax.get_xlabel() and ax.get_ylabel() for ax in plt.figure(number).axes)


def test_a_cell_has_a_row_with_a_dot_for_each_seed_and_its_mean():
    ax = pictures.dots_per_cell({"a": [1.0, 2.0], "b": [3.0, 4.0]}, "loss", reference="a")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert [list(line.get_xdata()) for line in ax.lines] == [[1.0, 2.0], [3.0, 4.0], [1.5, 1.5]]
    assert {"1.50", "3.50"} <= written(ax)
