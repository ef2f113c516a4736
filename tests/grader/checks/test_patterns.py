"""Is what the wrong entries have in common put into words, and never a value?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.patterns import location, of_place, of_shape, of_values

AXES = ("time step", "row", "unit")
H = np.random.default_rng(1).standard_normal((4, 3, 5))
LIMIT = 1e-11


def hint(got, expected=H, axes=AXES):
    if got.shape != expected.shape:
        return of_shape(got, expected, axes, LIMIT)
    return of_values(got, expected, np.abs(got - expected) > LIMIT, axes, LIMIT)


def spoilt(*index):
    wrong = H.copy()
    wrong[index] += 0.5 + np.arange(wrong[index].size).reshape(wrong[index].shape)
    return wrong


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (spoilt(slice(2, None)), "right up to time step 1, wrong from 2"),
        (spoilt(slice(0, 2)), "wrong up to time step 1, right from 2"),
        (spoilt(slice(0, 3)), "only the last time step is right"),
        (spoilt(2), "only time step 2 is wrong"),
        (spoilt(0), "only the first time step is wrong"),
        (spoilt(slice(None), -1), "only the last row is wrong"),
        (spoilt(slice(None), 1), "only row 1 is wrong"),
        (spoilt(3, slice(None), 4), "only the last time step is wrong; only the last unit is wrong"),
        (spoilt(slice(None)), ""),
        (0 * H, "every entry is 0"),
        (0 * H + 0.3, "every entry is the same number"),
        (2 * H, "right but for a factor of 2.00"),
        (H / 3, "right but for a factor of 0.333"),
        (-H, "right but for the sign"),
        (H + 0.25, "right but for the same number added everywhere"),
        (H[::-1], "right but in reverse order along the axis time step"),
        (H[:, :, ::-1], "right but in reverse order along the axis unit"),
        (np.concatenate([H[:1] * 0, H[:-1]]), "right but one time step late: entry 1 should be entry 0"),
        (np.concatenate([H[1:], H[:1] * 0]), "right but one time step early: entry 0 should be entry 1"),
        (
            H.transpose(1, 0, 2),
            "right but transposed: the axes are (row, time step, unit) and should be (time step, row, unit)",
        ),
        (
            H.transpose(2, 0, 1),
            "right but transposed: the axes are (unit, time step, row) and should be (time step, row, unit)",
        ),
        (H[None], "the right numbers, with an axis of size 1 too many"),
        (H[-1], "only the last time step was returned; all of them are asked for"),
        (np.concatenate([H[:1] * 0, H]), "right but for one time step too many: the first"),
        (np.concatenate([H, H[:1] * 0]), "right but for one time step too many: the last"),
        (H[:2], ""),
    ],
)
def test_a_pattern_is_named(got, says):
    assert hint(got) == says


def test_a_square_matrix_can_be_transposed():
    square = H[0, :, :3]
    assert hint(square.T, square, ("unit", "input")).startswith("right but transposed: the axes are (input, unit)")


def test_a_missing_axis_of_size_1_is_named():
    assert hint(H[0], H[:1]) == "the right numbers, with an axis of size 1 too few"


def test_swapped_booleans_are_named():
    cuts = np.array([True, False, False, True])
    assert (
        of_values(~cuts, cuts, np.ones(4, bool), ("letter",), 0.0) == "right but inverted: True and False are swapped"
    )


@pytest.mark.parametrize("got", [2 * H[0, 0, 0], -H[0, 0, 0]])
def test_nothing_is_said_of_a_single_number(got):
    """Its factor would be its value."""
    assert of_values(got, H[0, 0, 0], np.array(True), (), LIMIT) == ""


def test_an_odd_dtype_or_nan_of_the_wrong_shape_has_no_pattern():
    assert of_shape(np.full((5, 3), np.nan), H, AXES, LIMIT) == ""


def test_no_pattern_where_the_axes_do_not_fit():
    assert of_place(np.array([True, False]), ()) == ""


def test_an_index_in_words():
    assert location((4, 1, 3), AXES) == "time step 4, row 1, unit 3"
    assert location((4,), AXES) == "index (4,)"


@pytest.mark.parametrize(
    ("got", "expected", "axes"),
    [
        (H * (1 + 1e-6), H, AXES),
        (-4e23 * H, H, AXES),
        (4e119 * H, H, AXES),
        (3e-8 * H, 1e-8 * H, AXES),
        (np.full(5, 0.5), np.zeros(5), ("unit",)),
        (H[:2, :2, :2][::-1], H[:2, :2, :2], AXES),
        (H[0, :2, :2].T, H[0, :2, :2], ("row", "unit")),
        (np.ones((2, 5)), np.zeros((2, 4)), ("row", "unit")),
    ],
)
def test_no_pattern_is_made_of_nearly_nothing(got, expected, axes):
    """A factor of 1.00 or of 4e119, numbers near 0, axes of length 2."""
    said = (
        of_shape if got.shape != expected.shape else lambda *args: of_values(*args[:2], args[0] != args[1], *args[2:])
    )
    assert said(got, expected, axes, LIMIT) in ("", "every entry is the same number")


def test_of_one_wrong_entry_its_index_says_all():
    assert hint(spoilt(1, 2, 3)) == ""


def test_a_row_that_is_right_by_accident_is_no_place():
    wrong = np.zeros((4, 3), bool)
    wrong[[0, 1, 2], [0, 1, 2]] = True
    assert of_place(wrong, ("row", "class")) == ""
    assert of_place(wrong, ("time step", "class")) == "only the last time step is right"


def test_the_two_states_of_an_lstm_have_names():
    wrong = np.zeros((2, 4), bool)
    wrong[1] = True
    assert of_place(wrong, ("state (h, c)", "row")) == "only c is wrong"
