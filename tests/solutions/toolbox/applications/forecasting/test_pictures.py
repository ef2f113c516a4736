"""Are the pictures of forecasts labelled, and do they draw what they are given?"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.applications.forecasting import pictures


def test_every_axis_is_labelled_and_every_method_has_one_entry_in_the_legend():
    step = pictures.by_step({"as now": np.ones((24,)), "GRU": np.ones((3, 24))}, "GRU")
    month = pictures.by_month({"linear": np.ones(12), "GRU": np.ones((3, 12))})
    pictures.weeks(np.datetime64("2013-04-01T00", "h") + np.arange(336), np.ones(336))
    assert [text.get_text() for text in step[0].figure.legends[0].get_texts()] == ["as now", "GRU"]
    assert [text.get_text() for text in month.get_legend().get_texts()] == ["linear", "GRU"]
    for number in plt.get_fignums():
        assert all(ax.get_xlabel() and ax.get_ylabel() for ax in plt.figure(number).axes)


def test_a_method_has_the_same_colour_in_both_pictures():
    (left, right), month = pictures.by_step({"GRU": np.ones(24)}, "GRU"), pictures.by_month({"GRU": np.ones(12)})
    assert left.lines[0].get_color() == right.lines[0].get_color() == month.lines[0].get_color()


def test_the_right_panel_shows_each_seeds_difference_and_the_left_one_the_mean():
    left, right = pictures.by_step({"linear": np.full(24, 2.0), "GRU": np.array([[1.0] * 24, [4.0] * 24])})
    assert [line.get_ydata()[0] for line in left.lines] == [2.0, 2.5]
    assert [line.get_ydata()[0] for line in right.lines] == [0.0, -1.0, 2.0]


def test_a_fan_goes_on_where_the_known_stops():
    fan = np.array([[[1, 2, 3], [2, 3, 5]]])
    (ax,) = pictures.fans(np.array([[4.0, 5, 6]]), np.array([[2.0, 2]]), fan, ["a day"])
    known, forecast = ax.lines[1], ax.lines[0]
    assert known.get_xdata()[-1] + 1 == forecast.get_xdata()[0] == 1
    assert list(forecast.get_ydata()) == [2, 3]


def test_the_split_leaves_out_what_lies_across_the_border():
    texts = [text.get_text() for text in pictures.splitting().texts]
    assert {"left out", "training: the last one", "testing: the first one"} <= set(texts)
