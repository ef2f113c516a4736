"""Do signatures tell arrays apart, and take for the same what the tolerance policy takes for the same?"""

from __future__ import annotations

import json

import numpy as np
import pytest

from grader.checks import tolerance as policy
from grader.checks.signatures import COUNT, margin, read, same, signature, written

RNG = np.random.default_rng(3)
LIMIT = policy.tolerance("float64")
COARSE = policy.tolerance("float32")


def alike(got, theirs, limit=LIMIT):
    return same(signature(got), signature(theirs), margin(got, limit))


def array(*shape):
    return RNG.standard_normal(shape)


@pytest.mark.parametrize("shape", [(), (1,), (2,), (5, 3), (20, 5, 7), (0, 3)])
def test_an_array_is_the_same_as_itself_and_as_one_written_and_read(shape):
    one = array(*shape)
    kept = signature(one)
    assert len(kept.at) == min(COUNT, one.size)
    assert alike(one, one)
    for limit in (LIMIT, COARSE):
        again = read(json.loads(json.dumps(written(kept, shape, limit))), shape)
        assert same(kept, again, margin(one, limit))
        assert read(written(kept, (9, 9), limit), (9, 9)).shape == shape


@pytest.mark.parametrize("size", [1, 10, 1000, 20_000])
@pytest.mark.parametrize("limit", [LIMIT, COARSE])
def test_noise_of_right_answers_changes_nothing(size, limit):
    """A right answer may err by a `policy.FACTOR`-th of the limit in every entry."""
    for scale in (1e-3, 1.0, 1e6):
        one = scale * array(size)
        for _ in range(20):
            noise = limit / policy.FACTOR * policy.scale(one) * RNG.uniform(-1, 1, size)
            assert alike(one + noise, one, limit)


@pytest.mark.parametrize("limit", [LIMIT, COARSE])
def test_what_is_off_by_a_hundred_limits_in_one_entry_is_another(limit):
    for _ in range(200):
        one = array(4, 5, 3)
        other = one.copy()
        other[tuple(RNG.integers(0, one.shape))] += 100 * limit * policy.scale(one)
        assert alike(other, one, limit) is False


def test_how_often_another_passes_for_the_same_is_what_the_module_says():
    """One output of one case that is ten limits off: (0.8 / 10)^COUNT, that is four of 100,000."""
    one, passed = array(8), 0
    for _ in range(50_000):
        step = RNG.standard_normal(8)
        step *= 10 * COARSE * policy.scale(one) / np.linalg.norm(step)
        passed += alike(one + step, one, COARSE) is True
    assert passed <= 10


def test_exchanged_entries_and_another_shape_are_another():
    one = array(3, 4)
    assert alike(one[::-1], one) is False
    assert alike(one.T, one) is False
    assert alike(one.reshape(4, 3), one) is False


def test_exact_results_are_the_same_or_are_not():
    counts = np.array([3, 0, 7, 1])
    assert alike(counts, counts.copy(), 0.0)
    assert alike(counts + np.array([0, 0, 0, 1]), counts, 0.0) is False
    assert alike(np.array([True, False]), np.array([False, True]), 0.0) is False


def test_nan_and_infinity_must_lie_in_the_same_places():
    one = array(4, 2)
    one[1, 0], one[2, 1], one[3, 1] = np.nan, np.inf, -np.inf
    other = one.copy()
    other[2, 1], other[3, 1] = -np.inf, np.inf
    assert alike(one, one.copy())
    assert alike(one, other) is False
    assert alike(array(4, 2), one) is False
    assert alike(one, array(4, 2)) is None, "what another mistake spoiled cannot be compared"
    assert same(signature(one), read(written(signature(one), one.shape, LIMIT), one.shape), margin(one, LIMIT))


@pytest.mark.parametrize("size", [1e200, np.finfo(float).max / 10])
def test_very_large_entries_are_kept(size):
    one = size * array(5)
    again = read(written(signature(one), one.shape, COARSE), one.shape)
    assert same(signature(one), again, margin(one, COARSE))
    assert alike(-one, one, COARSE) is False


def test_all_arrays_have_the_same_weights():
    """So a recording fits whatever was looked at before."""
    large = array(3000)
    small = signature(large[:10].copy())
    padded = signature(np.concatenate([large[:10], np.zeros(2990)]))
    assert padded.at == pytest.approx(small.at, rel=1e-12)
