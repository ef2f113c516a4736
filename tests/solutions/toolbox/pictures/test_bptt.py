"""Do lesson 02's pictures show what they are given?"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch

from solutions.toolbox.pictures import bptt as bptt_pictures


def words(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("T", [1, 3])
def test_every_step_has_its_boxes_and_arrows(T, back):
    ax = bptt_pictures.unfolded_with_losses(T, back)
    assert {f"${s}_{t}$" for s in "xhyL" for t in range(1, T + 1)} | {"$h_0$"} <= set(words(ax))
    assert [words(ax).count(f"${name}$") for name in "WUV"] == [T] * 3
    assert sum(isinstance(patch, FancyArrowPatch) for patch in ax.patches) == 4 * T


@pytest.mark.parametrize("T", [1, 3])
def test_a_loss_has_a_way_to_every_copy_of_u(T):
    """Equation (2.8): each way's product, and the state that its last factor is."""
    ax = bptt_pictures.paths_of_one_loss(T)
    steps = range(1, T + 1)
    assert {f"$u$, step {k}" for k in steps} | {f"$\\delta_{{{T},{k}}}$" for k in steps} <= set(words(ax))
    assert {f"$\\delta_{{{T},{k}}}\\ h_{{{k - 1}}}$" for k in steps} <= set(words(ax))
    assert sum(isinstance(patch, FancyArrowPatch) for patch in ax.patches) == 3 * T


@pytest.mark.parametrize(("k1", "k2"), [(1, 1), (1, 3), (2, 4), (3, 5)])
def test_squares_are_the_pairs_that_a_truncated_sweep_keeps(k1, k2):
    ax = bptt_pictures.truncation(7, k1, k2)
    squares = {(int(line.get_ydata()[0]), int(line.get_xdata()[0])) for line in ax.lines if line.get_marker() == "s"}
    kept = set()
    for first in range(1, 8, k1):
        block = range(first, min(first + k1, 8))
        kept |= {(t, k) for t, k in itertools.product(block, range(1, 8)) if block[-1] - k2 < k <= t}
    assert squares == kept


def test_the_heat_map_leaves_out_what_lies_after_the_loss():
    sizes = np.arange(1.0, 10.0).reshape(3, 3) / 10
    ax = bptt_pictures.heat_map(sizes)
    shown = (
        ax.images[0].get_array().filled(np.nan)
        if np.ma.isMaskedArray(ax.images[0].get_array())
        else ax.images[0].get_array()
    )
    assert np.array_equal(np.isnan(shown), ~np.tri(3, dtype=bool))
    assert np.allclose(shown[np.tri(3, dtype=bool)], sizes[np.tri(3, dtype=bool)])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step k", "loss of step t")


def test_zeros_are_drawn_as_the_least_size():
    ax = bptt_pictures.heat_map(np.zeros((2, 2)), limits=(1e-3, 1.0))
    assert np.nanmin(np.ma.filled(ax.images[0].get_array(), np.nan)) == 1e-3


@pytest.mark.parametrize("bar", [True, False])
def test_the_scale_of_colours_can_be_left_out(bar):
    ax = bptt_pictures.heat_map(np.ones((2, 2)), bar=bar)
    assert len(ax.figure.axes) == 1 + bar
