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


def test_the_three_ways_to_be_deep_are_named():
    assert {"stacked", "deep transition", "deep output"} <= set(written(pictures.ways_to_be_deep()))


def test_every_axis_is_labelled():
    pictures.by_depth({"a": {1: [1.0], 2: [2.0, 3.0]}})
    drawn = pictures.by_layer({"a": np.ones((3, 2)), "b": np.ones((3, 2))}, {"a": 10, "b": 20})
    maps = pictures.gradient_maps({"a": np.full((2, 5), 1e-9), "b": np.ones((2, 5))})
    assert all(ax.get_xlabel() for ax in (*drawn, maps[-1]))
    assert all(ax.get_ylabel() for ax in (drawn[0], *maps))
    assert [ax.get_title(loc="left") for ax in maps] == ["a", "b"]


def test_depths_have_a_dot_for_each_seed():
    ax = pictures.by_depth({"a": {1: [1.0, 2.0], 3: [3.0, 5.0]}})
    assert list(ax.lines[0].get_ydata()) == [1.5, 4.0]
    assert list(ax.get_xticks()) == [1, 3]
    assert [list(line.get_ydata()) for line in ax.lines[1:]] == [[1.0, 2.0], [3.0, 5.0]]
