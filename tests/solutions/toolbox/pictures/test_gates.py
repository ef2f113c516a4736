import numpy as np
import pytest

from solutions.toolbox.pictures import gates as pictures
from solutions.toolbox.pictures import gru as gru_pictures
from solutions.toolbox.pictures.diagrams import COLOURS
from solutions.toolbox.pictures.gates import Node, Wire


def texts(ax):
    return [text.get_text() for text in ax.texts]


PARTS = (
    Node("a", 1, 1, "a", "gate"),
    Node("b", 3, 1, "×", since=2),
    Wire(("a", "b"), "W", since=2),
    Node("old", 2, 2, "old", "state", until=2),
)


def test_a_part_is_there_from_its_first_stage_to_its_last():
    assert texts(pictures.draw_cell(PARTS, 4, 3, stage=1)) == ["a", "old"]
    assert texts(pictures.draw_cell(PARTS, 4, 3, stage=2)) == ["a", "×", "W"]
    assert texts(pictures.draw_cell(PARTS, 4, 3)) == ["a", "×", "W"]


def test_what_was_there_before_is_pale_and_nothing_is_in_the_complete_picture():
    grown = pictures.draw_cell(PARTS, 4, 3, stage=2)
    assert [text.get_alpha() for text in grown.texts] == [pictures.PALE, None, None]
    assert {text.get_alpha() for text in pictures.draw_cell(PARTS, 4, 3).texts} == {None}


def test_what_is_older_than_a_stage_is_grey_and_where_it_was():
    drawn = pictures.draw_cell(pictures.quiet(PARTS, 2), 4, 3)
    assert [text.get_text() for text in drawn.texts if text.get_color() == COLOURS["input"]] == []
    roles = {part.name: part.role for part in pictures.quiet(PARTS, 2) if isinstance(part, Node)}
    assert roles == {"a": "faint", "b": "operation", "old": "faint"}
    circle = pictures.quiet(PARTS, 9)[1]
    assert pictures._edge(circle, (3, 1), (2, 1)) == pictures._edge(PARTS[1], (3, 1), (2, 1))


def test_a_wire_ends_at_the_edges_of_what_it_joins_and_turns_at_its_corners():
    nodes = {node.name: node for node in PARTS if isinstance(node, Node)}
    np.testing.assert_allclose(pictures._points(("a", "b"), nodes), [(1 + 0.33 + 0.015, 1), (3 - 0.17 - 0.015, 1)])
    course = (("a", 0.1, 0), (None, 2), (3, None))
    start, corner, end = pictures._points(course, nodes)
    assert start == pytest.approx((1.1, 1 + 0.23 + 0.015))
    assert (corner, end) == ((1.1, 2), (3, 2))


def test_a_wire_that_branches_off_has_a_dot():
    wire = Wire(((0.5, 1), (0.5, 2)))
    assert len(pictures.draw_cell((wire,), 4, 3).patches) == 2


@pytest.mark.parametrize(
    ("stage", "gates"), [(1, ["$n_t$"]), (2, ["$n_t$", "$z_t$"]), (3, ["$n_t$", "$z_t$", "$r_t$"])]
)
def test_the_gru_grows_gate_by_gate(stage, gates):
    assert [text for text in texts(gru_pictures.cell(stage)) if text in ("$n_t$", "$z_t$", "$r_t$")] == gates


def test_a_map_has_a_row_for_each_unit_and_a_letter_for_each_column():
    values = np.random.default_rng(0).random((4, 3))
    panels = pictures.gates_over_text({"r": values, "z": 1 - values}, "abcd", np.array([1, 0, 1, 0], bool))
    assert [tick.get_text() for tick in panels[-1].get_xticklabels()] == list("abcd")
    assert panels[0].images[0].get_array().shape == (3, 4)
    assert {panel.images[0].get_clim() for panel in panels} == {(0, 1)}
    assert len(panels[0].lines) == 2
    assert panels[0].get_ylabel() == "r: unit"


def test_chosen_units_are_shown_in_their_order_under_their_numbers():
    values = np.random.default_rng(0).random((4, 9))
    (panel,) = pictures.gates_over_text({"z": values}, "abcd", units=[7, 2])
    np.testing.assert_array_equal(panel.images[0].get_array(), values[:, [7, 2]].T)
    assert [tick.get_text() for tick in panel.get_yticklabels()] == ["7", "2"]
