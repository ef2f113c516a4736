"""Do the pictures of tagging show what they are given?"""

from __future__ import annotations

import numpy as np

from solutions.toolbox.applications.tagging import pictures


def test_the_pictures_can_be_drawn():
    pictures.network()
    panels = pictures.padding({"one": [1, 5, 3], "two": [2, 2]})
    assert panels[0].get_title() == "one: 40% padding"
    ax = pictures.confusions(np.array([[3, 1], [0, 2]]), ["A", "B"])
    assert [text.get_text() for text in ax.texts] == ["3", "1", "2"]


def test_each_group_has_a_panel_and_no_seed_hides_another():
    panels = pictures.by_group({"x": {"g": [50.0, 50.0], "h": [1.0, 2.0]}, "y": {"g": [90.0], "h": [3.0]}}, "share (%)")
    assert [ax.get_title() for ax in panels] == ["g", "h"]
    assert [text.get_text() for text in panels[0].texts] == ["50.0", "90.0"]
    assert [label.get_text() for label in panels[0].get_yticklabels()] == ["x", "y"]
    assert len(set(panels[0].lines[0].get_ydata())) == 2
    assert all(ax.get_xlabel() == "share (%)" for ax in panels)


def test_mistakes_and_names_are_marked_and_escaped():
    shown = pictures.wrongly_tagged([(["a", "<b>"], ["X", "Y"], ["X", "Z"])]).data
    assert "&lt;b&gt;" in shown
    assert "[Z, truly Y]" in shown
    shown = pictures.names_found([("李明在上海", [(0, 2, "PER"), (3, 5, "LOC")], [(0, 2, "PER"), (2, 3, "LOC")])]).data
    assert shown.count("solid") == 3  # one name found, and two in the key
    assert shown.count("dotted") == 1 + shown.count("dotted line")
