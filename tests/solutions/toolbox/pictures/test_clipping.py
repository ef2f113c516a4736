import matplotlib.pyplot as plt
import numpy as np
import pytest

from solutions.toolbox.pictures import clipping as pictures
from solutions.toolbox.pictures.description import describe


def the_cliff():
    w, across = np.linspace(4, 5, 3), np.array([-1.0, -0.1, 0.1, 1.0])
    path = np.array([(4.5, -2.2), (4.4, -2.2)])
    return pictures.cliff(w, across, np.ones((4, 3)), path, np.array([0.2, 0.3]), "to w = 9")


def test_every_axis_is_labelled():
    pictures.against_lag({"a": np.ones(5)})
    pictures.powers({"A": np.ones(21), "B": np.ones(21)}, np.ones(21), 0.9)
    pictures.gammas((0.5, 1.0), {"random": [(2, 1, 1), (3, 1, 1)], "rotation": [(2, 1, 1), (3, 1, 1)]})
    the_cliff()
    pictures.wall(np.arange(3.0), np.ones(3), np.ones(3), "bias")
    pictures.two_descents(
        np.arange(3.0), np.arange(4.0), np.ones((4, 3)), np.ones((2, 2)), {"way": np.ones((5, 2))}, {"way": np.ones(7)}
    )
    pictures.two_ways(np.array([3.0, 0.6]), 1.0, np.array([0.98, 0.2]), np.array([1.0, 0.6]))
    pictures.bends({"by value": [0.5, 1]}, {"by value": [10, 0]})
    pictures.burst({"not clipped": np.ones(200)})
    pictures.failing({"a": [1.0, 2.0]}, ["a"], 0.2)
    for number in plt.get_fignums():
        axes = plt.figure(number).axes
        assert all(ax.get_xlabel() or ax.get_label() == "<colorbar>" for ax in axes)
        assert axes[0].get_ylabel()
        assert describe(plt.figure(number))


def test_panels_that_share_an_axis_have_one_label_and_each_a_title():
    panels = pictures.adding_results((5, 10), {"a": [[0.1, 0.2], [0.1, 0.1]], "b": [[0.1, 0.2], [0.1, 0.1]]}, "Adding")
    assert [ax.get_title() for ax in panels] == ["a", "b"]
    assert [bool(ax.get_ylabel()) for ax in panels] == [True, False]
    assert all(ax.get_xlabel() for ax in panels)


def test_the_chain_has_a_box_for_every_state_and_the_loss():
    ax = pictures.chain(3)
    texts = [text.get_text() for text in ax.texts]
    assert {"$h_0$", "$h_{1}$", "$h_{3}$", "$J_{1}^T$", "$J_{3}^T$", "$L_T$"} <= set(texts)


def test_the_legend_says_where_a_line_ends_that_leaves_the_picture():
    ax = pictures.against_lag({"stays": [1.0, 0.5], "leaves": [1.0, 1e-12]}, limits=(1e-8, 1e8))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["stays", "leaves\n   (at 1: 1e-12)"]


def test_a_line_behind_is_named_where_it_leaves_the_picture():
    ax = pictures.against_lag({"a": [1.0, 1.0, 1.0]}, behind={"small": [1.0, 0.1, 1e-12]}, limits=(1e-8, 1e8))
    [name] = [text for text in ax.texts if text.get_text() == "small"]
    assert tuple(name.xy) == (1, 0.1)


def test_the_cliff_leaves_room_for_a_leap_straight_off_its_wall():
    """The last line is the leap: from where the way ends, straight off the wall: 2 in b for each 1 in w."""
    *_, leap = the_cliff().lines
    w, b, _ = (np.asarray(values, dtype=float) for values in leap.get_data_3d())
    assert (w[0], b[0]) == (4.4, -2.2)
    assert np.diff(b) == pytest.approx(2 * np.diff(w))
    assert b[1] + w[1] / 2 == pytest.approx(1.0)


@pytest.mark.parametrize("lost", [None, np.inf, np.nan])
def test_a_network_that_is_lost_is_drawn_as_lost_and_not_as_an_error(lost):
    [ax] = pictures.adding_results((5, 10), {"a": [[0.1, lost, lost], [0.1, 0.1, 40.0]]})
    dots = [line.get_ydata() for line in ax.lines if line.get_marker() != "None"]
    assert np.nanmax(dots) == 0.1
    strips = {tuple(group.get_offsets().data[0]) for group in ax.collections}
    assert strips == {(0, pictures.LOST), (1, pictures.ABOVE)}
    assert {"2", "1"} <= {text.get_text() for text in ax.texts}


def test_a_lost_network_counts_as_the_worst_in_the_median():
    [ax] = pictures.adding_results((5, 10), {"a": [[0.1, None, None], [0.1, 0.2, None]]})
    medians = next(line for line in ax.lines if line.get_marker() == "None")
    assert list(medians.get_ydata()) == [pictures.LOST, 0.2]


def test_lengths_may_have_different_numbers_of_seeds():
    [ax] = pictures.adding_results((5, 10), {"a": [[0.1, 0.2, 0.3], [0.4]]})
    medians, dots = (next(line for line in ax.lines if line.get_marker() == mark) for mark in ("None", "o"))
    assert list(medians.get_ydata()) == [0.2, 0.4]
    assert list(dots.get_xdata()) == [0, 0, 0, 1]


def test_all_panels_reach_down_to_the_smallest_error():
    panels = pictures.adding_results((5,), {"a": [[0.1, 0.1]], "b": [[1e-4, 1e-4]]})
    assert all(ax.get_ylim()[0] < 1e-4 for ax in panels)


def test_a_panel_for_each_start_and_optimizer_and_both_ways_in_each():
    series = {"not clipped": ([0.1, 1], [[0.1, None], [0.2, 0.2]]), "clipped": ([0.1, 1], [[0.1, 0.1], [0.1, 0.1]])}
    panels = pictures.by_rate({("exploding", "SGD"): series, ("exploding", "Adam"): series})
    assert [ax.get_title() for ax in panels.flat] == ["exploding, SGD", "exploding, Adam"]
    named = [{line.get_label() for line in ax.lines if line.get_label()[0] != "_"} for ax in panels.flat]
    assert named == [{"not clipped", "clipped"}] * 2
