"""Do the pictures of lesson 06 show what they should, with every axis labelled?"""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from solutions.toolbox.pictures import deep as pictures
from solutions.toolbox.pictures.diagrams import COLOURS


def written(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def arrows(ax, role) -> list:
    """The arrows in the colour of a role."""
    coloured = [patch for patch in ax.patches if hasattr(patch, "get_arrowstyle")]
    return [patch for patch in coloured if to_hex(patch.get_facecolor()).upper() == COLOURS[role]]


@pytest.mark.parametrize(("L", "T"), [(1, 1), (3, 4)])
def test_a_stack_has_every_state_and_an_arrow_for_every_use(L, T):
    ax = pictures.stack(L, T)
    states = {f"$h^{{({k})}}_{t}$" for k in range(1, L + 1) for t in range(T + 1)}
    assert states | {f"$x_{t}$" for t in range(1, T + 1)} <= set(written(ax))
    assert len(arrows(ax, "input")) == len(arrows(ax, "state")) == L * T


def test_masks_stand_between_layers_only():
    ax = pictures.stack(3, 2, dropped=True)
    assert len(arrows(ax, "loss")) == 2 * 2
    assert len(arrows(ax, "input")) == 2
    assert len(arrows(ax, "state")) == 3 * 2


def test_residual_paths_go_past_all_layers_but_the_lowest():
    ax = pictures.stack(3, 2, residual=True)
    assert written(ax).count("+") == len(arrows(ax, "output")) == 2 * 2


def test_a_marked_path_joins_its_places():
    ax = pictures.stack(2, 2, marked=[(0, 1), (1, 1), (2, 1)])
    (line,) = [line for line in ax.lines if line.get_linewidth() > 5]
    assert len(set(line.get_xdata())) == 1
    assert len(line.get_ydata()) == 3


def test_the_four_ways_to_be_deep_are_named():
    assert {"stacked", "deep input", "deep transition", "deep output"} <= set(written(pictures.ways_to_be_deep()))


def test_every_axis_is_labelled():
    pictures.by_depth({"a": {1: [1.0], 2: [2.0, 3.0]}})
    told = {"a": np.ones((3, 2)), "b": np.ones((3, 2))}
    drawn = [pictures.by_layer(told, told, {"a": 10, "b": 20}), pictures.rows_of_dots({"": {"a": [1.0, 2.0]}}, "x")]
    down, back = pictures.gradients_down_and_back({"a": np.ones((3, 2, 5))})
    assert all(ax.get_xlabel() for ax in (*drawn, down, back))
    assert drawn[0].get_ylabel()
    assert down.get_ylabel()


def test_gradients_go_down_from_the_top_layer_and_back_from_the_last_step():
    sizes = np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    down, back = pictures.gradients_down_and_back({"a": sizes})
    np.testing.assert_allclose(down.lines[0].get_xydata(), [[1, 3], [2, 6]])
    assert down.xaxis_inverted()
    np.testing.assert_allclose([line.get_ydata() for line in back.lines], [[6, 5, 4], [3, 2, 1]])


def test_what_layers_tell_is_filled_after_training_and_hollow_before():
    ax = pictures.by_layer({"a": np.array([[90.0, 80.0]])}, {"a": np.array([[60.0, 50.0]])}, {"a": 10})
    dots = {(line.get_label(), line.get_markerfacecolor() == "white", *line.get_ydata()) for line in ax.lines[:4]}
    assert dots == {
        ("layer 1, trained", False, 90),
        ("layer 1, untrained", True, 60),
        ("layer 2, trained", False, 80),
        ("layer 2, untrained", True, 50),
    }


def test_a_row_has_a_dot_for_each_seed_and_says_their_mean():
    ax = pictures.rows_of_dots({"one": {"a": [1.0, 3.0], "b": [5.0, 5.0]}, "two": {"b": [7.0]}}, "x")
    dots = [line for line in ax.lines if line.get_label() in ("one", "two")]
    assert [list(line.get_xdata()) for line in dots] == [[1, 3, 5, 5], [7]]
    assert [round(place) for line in dots for place in line.get_ydata()] == [0, 0, 1, 1, 1]
    assert written(ax) == ["2.00", "5.00", "7.00"]


def test_depths_have_a_dot_for_each_seed():
    ax = pictures.by_depth({"a": {1: [1.0, 2.0], 3: [3.0, 5.0]}})
    assert list(ax.lines[0].get_ydata()) == [1.5, 4.0]
    assert list(ax.get_xticks()) == [1, 3]
    assert [list(line.get_ydata()) for line in ax.lines[1:]] == [[1.0, 2.0], [3.0, 5.0]]
