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
    ax = pictures.by_group({"x": {"g": [0.5, 0.7]}, "y": {"g": [0.9]}})
    assert [text.get_text() for text in ax.texts] == ["60", "90"]


def test_mistakes_and_names_are_marked_and_escaped():
    shown = pictures.wrongly_tagged([(["a", "<b>"], ["X", "Y"], ["X", "Z"])]).data
    assert "&lt;b&gt;" in shown
    assert "[Z, truly Y]" in shown
    shown = pictures.names_found([("李明在上海", [(0, 2, "PER"), (3, 5, "LOC")], [(0, 2, "PER"), (2, 3, "LOC")])]).data
    assert shown.count("solid") == 3  # one name found, and two in the key
    assert shown.count("dotted") == 1 + shown.count("dotted line")
