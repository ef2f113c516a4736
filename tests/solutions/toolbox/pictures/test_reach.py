"""Do the pictures of how far a gradient reaches show all of it, with every axis labelled?"""

from __future__ import annotations

import numpy as np

from solutions.toolbox.pictures import reach as pictures

FALLING = 10.0 ** -np.arange(20.0)


def test_all_ways_and_the_belt_alone_stand_side_by_side_and_nothing_is_cut_off():
    ax = pictures.all_ways_and_belt({"bias 0": FALLING}, {"bias 0": FALLING**1.5})
    assert {line.get_label() for line in ax.lines} >= {"bias 0", "bias 0, belt alone"}
    assert ax.get_ylim()[0] < FALLING[-1] ** 1.5
    assert ax.get_xlabel()
    assert "lag" in ax.get_ylabel()


def test_a_network_that_solved_its_task_ends_in_a_dot_and_another_in_a_cross():
    before, after = np.ones((3, 20)), np.stack([FALLING, FALLING**0.1, FALLING**0.2])
    solved = [False, True, True]
    runs = {"bias 0": (before, after), "bias 3": (before, after)}
    panels = pictures.before_and_after(runs, {"bias 0": solved, "bias 3": solved})
    ends = {line.get_marker(): len(line.get_xdata()) for line in panels[0].lines if line.get_marker() in "ox"}
    assert ends == {"o": 2, "x": 1}
    assert [ax.get_title() for ax in panels] == ["bias 0", "bias 3"]
    assert all(ax.get_xlabel() for ax in panels)
    assert panels[0].get_ylabel()


def test_names_at_the_ends_of_lines_do_not_cover_each_other():
    ax = pictures.all_ways_and_belt({"a": FALLING, "b": 1.1 * FALLING}, {"a": FALLING, "b": FALLING})
    low, high = sorted(text.get_position()[1] for text in ax.texts)
    assert np.log10(high / low) >= 1.5
