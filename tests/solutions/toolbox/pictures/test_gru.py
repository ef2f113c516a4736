import numpy as np
import pytest

from solutions.toolbox.pictures import gru as pictures


def texts(ax):
    return [text.get_text() for text in ax.texts]


def inside(x, y, rectangles):
    return any(left < x < left + width and low < y < low + height for left, low, width, height in rectangles)


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_what_a_stage_adds_lies_in_its_zone_and_in_no_other(stage):
    zones = {int(number): rectangles for number, _, rectangles, _ in pictures.ZONES}
    given = ("before", "given", "after")
    nodes = [part for part in pictures.PARTS if isinstance(part, pictures.Node) and part.name not in given]
    added = [node for node in nodes if node.since == stage]
    assert added
    for node in added:
        assert [number for number in zones if inside(node.x, node.y, zones[number])] == [stage]


def test_what_was_there_before_is_grey_and_what_is_new_is_not():
    ax = pictures.cell(2)
    colours = {text.get_text(): text.get_color() for text in ax.texts}
    assert (colours["$n_t$"], colours["$U_n$"]) == (pictures.FAINT, pictures.FAINT)
    assert pictures.FAINT not in (colours["$z_t$"], colours["1−"])
    assert {piece.get_alpha() for piece in [*ax.patches, *ax.texts]} == {None}


def test_the_zones_are_numbered():
    assert [text for text in texts(pictures.cell_in_zones()) if text.isdigit()] == ["1", "2", "3"]


def test_what_comes_back_is_the_geometric_mean_between_the_extremes():
    ax = pictures.what_comes_back({"SRN": [[1, 1e-2], [1, 1e-4]], "GRU": [[1, 1.0], [1, 1.0]]})
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [1, 1e-3])
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (1e-4, 1)
    assert texts(ax) == ["SRN", "GRU"]


def test_names_at_the_lines_ends_keep_apart_and_the_highest_stays():
    assert pictures._apart({"low": 0.0, "high": 0.2, "far": -5.0}, 1) == {"high": 0.2, "low": -0.8, "far": -5.0}


def test_units_are_drawn_by_their_means_and_letters_stand_below():
    z = np.array([[0.1, 0.9, 0.5]] * 4)
    upper, lower = pictures.gates_and_symbols(z, {"usual": z.mean(1)}, "abcd", np.array([1, 0, 0, 1], bool))
    np.testing.assert_array_equal(upper.images[0].get_array()[:, 0], [0.9, 0.5, 0.1])
    assert [tick.get_text() for tick in lower.get_xticklabels()] == list("abcd")
    np.testing.assert_allclose(lower.lines[0].get_ydata(), 0.5)


def test_differences_have_a_row_a_comparison_from_the_top_and_a_dot_a_seed():
    rows = {"any letters": [1, 2, 3], "the same letter": [0, 0, 1]}
    ax = pictures.differences(rows, {"any letters": (1, 3), "the same letter": (-1, 1)}, "difference")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(rows)
    assert ax.get_ylim() == (1.5, -0.5)
    assert [line.get_xdata().tolist() for line in ax.lines[1:4:2]] == list(rows.values())


def test_each_way_of_training_has_a_panel_and_what_diverged_stands_at_its_edge():
    row = {"way": "SGD", "start": 6, "rate": 0.1, "tuning": [1e-2, 1e-3]}
    rows = [row | {"clip": 1.0, "runs": [[1e-3], [2e-3]]}, row | {"clip": None, "rate": 0.01, "runs": [[1e-2], [1e30]]}]
    rows += [{**row, "start": 1} for row in rows]
    panels = pictures.clipped_or_not(rows, {"SGD": (0.01, 0.1)}, 1 / 60)
    assert [ax.get_title() for ax in panels] == ["SGD, $U$ × 6", "SGD, $U$ × 1"]
    line, dots, other, open_marks, _ = panels[0].lines
    assert (line.get_ydata().tolist(), dots.get_ydata().tolist()) == ([1e-2, 1e-3], [1e-3, 2e-3])
    assert (open_marks.get_ydata().max(), open_marks.get_markerfacecolor()) == (10, "white")
    assert other.get_linestyle() == "--"
