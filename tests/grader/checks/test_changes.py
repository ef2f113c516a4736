"""Does one number tell an input that was changed from one that was not?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.changes import changed_inputs, weighted_sum, weighted_sums

RNG = np.random.default_rng(0)
X = RNG.standard_normal((4, 3))


def with_entry(array, value):
    new = array.copy()
    new.flat[1] = value
    return new


@pytest.mark.parametrize(
    "after",
    [
        X + 1e-9,
        with_entry(X, 0.0),
        with_entry(X, np.nan),
        with_entry(X, -np.inf),
        X[::-1],
        X.T,
        X.reshape(2, 6),
        -X,
        0 * X,
    ],
)
def test_a_change_is_seen(after):
    assert changed_inputs({"x": X, "y": X, "k": 3}, weighted_sums({"x": after, "y": X, "k": 3})) == ("x",)


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e25, 1e200])
@pytest.mark.parametrize("odd", [0.0, np.nan, np.inf, -np.inf])
def test_what_is_not_changed_is_no_change(size, odd):
    array = with_entry(size * X, odd)
    again = array * (1 + 1e-15)  # as another machine may draw it
    assert np.isfinite(weighted_sum(array))
    assert changed_inputs({"x": array}, {"x": weighted_sum(again)}) == ()


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_module_that_holds_it_in_another_dtype_does_not_change_it(dtype):
    assert changed_inputs({"U": X}, {"U": weighted_sum(X.astype(dtype))}) == ()
    assert changed_inputs({"U": X}, {"U": weighted_sum((X + 0.01).astype(dtype))}) == ("U",)


@pytest.mark.parametrize("array", [np.arange(7), np.array([True, False]), np.zeros((0, 3)), np.array(1.5)])
def test_arrays_of_every_kind_have_a_sum(array):
    assert changed_inputs({"x": array}, weighted_sums({"x": array})) == ()


def test_what_was_not_handed_out_counts_as_changed():
    assert changed_inputs({"x": X, "h": X}, weighted_sums({"h": X})) == ("x",)
