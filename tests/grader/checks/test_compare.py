"""Does a comparison find what is wrong, and only that?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks.answers import Answer, Problem
from grader.checks.changes import weighted_sum
from grader.checks.compare import KINDS, compare
from grader.checks.task import Case, Output, Task

ORDINARY, SINGLE = Case("ordinary", {}), Case("float32", {}, dtype="float32")
H = np.linspace(-1, 1, 24).reshape(4, 2, 3) ** 3


def task(*outputs):
    return Task("srn.fake", "Fake", 1, lambda *a: {}, lambda *a: None, outputs, (ORDINARY, SINGLE), "a:b")


STATES = task(Output("h", ("time step", "row", "unit")))


def found(got, expected=H, case=ORDINARY, floor=0.0, of=STATES):
    (finding,) = compare(of, case, Answer(case.label, 1, {"h": np.asarray(got)}), {"h": expected}, {"h": floor})
    return finding


def exact(got, expected):
    return found(got, np.asarray(expected), of=task(Output("h", ("letter",), exact=True)))


def test_the_same_is_right():
    finding = found(H)
    assert finding.right
    assert finding.error == 0


def test_just_inside_the_tolerance_is_right_and_just_outside_is_wrong():
    assert found(H + 0.9e-11).right
    assert found(H + 1.1e-11).kind == "value"
    assert found(H + 1.1e-11, floor=1e-12).right


def test_nothing_wrong_hides_behind_a_large_value_elsewhere_than_the_scale_says():
    """The error is relative to the largest value of the output."""
    assert found(1e3 * H + 0.9e-8, 1e3 * H).right
    assert not found(1e3 * H + 1.1e-8, 1e3 * H).right


def test_the_first_wrong_entry_is_the_earliest_in_time():
    wrong = H.copy()
    wrong[3, 0, 0] = wrong[2, 1, 2] = 9
    finding = found(wrong)
    assert (finding.kind, finding.first, finding.wrong, finding.entries) == ("value", (2, 1, 2), 2, 24)
    assert finding.errors.shape == H.shape


def test_shape_comes_before_values():
    finding = found(H[:, :, :1])
    assert (finding.kind, finding.detail) == ("shape", "expected (4, 2, 3), got (4, 2, 1)")


def test_an_array_that_would_broadcast_is_of_the_wrong_shape():
    assert found(H[:1]).kind == "shape"
    assert found(0.0).kind == "shape"


@pytest.mark.parametrize(
    ("dtype", "case", "right"),
    [
        ("float64", ORDINARY, True),
        ("float32", ORDINARY, False),
        ("float32", SINGLE, True),
        ("float64", SINGLE, True),
        ("float16", SINGLE, False),
        ("int64", ORDINARY, True),
        ("bool", ORDINARY, False),
    ],
)
def test_a_float_is_at_least_as_wide_as_asked(dtype, case, right):
    assert (found(H.round().astype(dtype), H.round(), case).kind != "dtype") is right


@pytest.mark.parametrize(
    ("got", "kind"),
    [(0, "right"), (0.0, "right"), (np.int32(0), "right"), (False, "right"), (1, "value"), (True, "value")],
)
def test_a_single_number_may_be_an_integer(got, kind):
    """`return 0` is what people write where a precision of 0.0 is asked."""
    assert found(got, np.float64(0.0), of=task(Output("h"))).kind == kind


@pytest.mark.parametrize("dtype", [int, bool, "uint8"])
@pytest.mark.parametrize("case", [ORDINARY, SINGLE])
def test_integers_that_have_the_values_are_right_where_floats_are_wanted(dtype, case):
    """A bias whose gradient is zero, `np.zeros(H, int)`; but what was cut to integers is told so."""
    assert found(np.zeros(H.shape, dtype), 0 * H, case).right
    assert found(H.astype(dtype), H, case).kind == "dtype"


@pytest.mark.parametrize(
    ("got", "right"),
    [([True, False], True), ([1, 0], True), ([1.0, 0.0], False), ([True, True], False), ([2, 0], False)],
)
def test_booleans_may_be_ones_and_zeros_but_no_floats(got, right):
    assert exact(got, [True, False]).right is right


def test_an_exact_output_has_no_tolerance():
    assert exact([5], [5]).right
    assert exact([5.0], [5]).right
    assert not exact([5 + 1e-12], [5]).right


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_named_and_placed(odd):
    wrong = H.copy()
    wrong[1:] = odd
    finding = found(wrong)
    assert (finding.kind, finding.first, finding.wrong, finding.entries) == ("nonfinite", (1, 0, 0), 18, 24)
    assert finding.hint == "right up to time step 0, wrong from 1"


def test_a_huge_number_is_wrong_and_no_warning():
    assert found(H * 1e308).kind == "value"


def test_a_problem_is_found_in_every_output():
    two = task(Output("a"), Output("b"))
    problem = compare(two, ORDINARY, Answer("ordinary", 1, {}, Problem("none")), {}, {})
    assert [finding.kind for finding in problem] == ["none", "none"]


def test_the_values_of_a_function_that_changes_its_inputs_are_compared():
    two = replace(task(Output("a"), Output("b")), inputs=lambda *_: {"x": H, "c": H, "h0": H})
    sums = {"x": weighted_sum(H + 1e-9), "c": weighted_sum(H)}
    answer = Answer("ordinary", 1, {"a": H, "b": H}, sums=sums)
    a, b = compare(two, ORDINARY, answer, {"a": H, "b": H + 1}, {})
    assert (a.kind, a.detail, a.gist, a.changed, a.right) == ("changed", "x, h0", "x, h", ("x", "h0"), False)
    assert (b.kind, b.changed) == ("value", ("x", "h0"))


def test_an_empty_array_can_be_right():
    assert found(H[:0], H[:0]).right


anything = hnp.arrays(
    st.sampled_from(["f8", "f4", "f2", "i8", "u1", "u8", "?"]),
    hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=5)
    | st.sampled_from([(4, 2, 3), (3, 2, 4), (5, 2, 3)]),
)


@settings(max_examples=300)
@given(anything, st.sampled_from([ORDINARY, SINGLE]))
def test_no_array_breaks_a_comparison(got, case):
    """A referee that fails would leave a student without a mark."""
    assert found(got, H, case).kind in KINDS
    assert found(got, (H > 0)[:, 0, 0], of=task(Output("h", ("letter",), exact=True))).kind in KINDS
    assert found(got, np.arange(4), of=task(Output("h", ("letter",), exact=True))).kind in KINDS
    assert found(got, np.float64(2.0), of=task(Output("h"))).kind in KINDS


def test_a_finding_with_some_attributes_changed_is_another():
    before = found(H + 1)
    after = before.but(spared=True, errors=None)
    assert after == replace(before, spared=True, errors=None)
    assert not before.spared
