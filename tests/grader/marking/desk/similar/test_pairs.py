"""Is what few have in common counted much, and what all have nothing?"""

from __future__ import annotations

import math

import pytest

from grader.marking.desk.similar.pairs import shared, weight, weights


def numbers(sets, fewest=1):
    return {pair.names: pair.number for pair in shared(sets, weights(sets), fewest, least=1e-9)}


def test_what_only_two_have_counts_whole_and_what_all_have_nothing():
    assert weight(2, 200) == 1
    assert weight(200, 200) == 0
    assert weight(20, 200) == pytest.approx(0.25)
    assert weight(2, 2) == 1, "of two answers nothing is known to be common"


def test_the_number_of_two_equal_rare_answers_is_1():
    sets = {"a": frozenset({1, 2}), "b": frozenset({1, 2}), "c": frozenset({3, 4}), "d": frozenset({5})}
    assert numbers(sets) == {("a", "b"): pytest.approx(1)}


def test_of_equal_answers_that_all_have_it_is_0():
    assert numbers({name: frozenset({1, 2}) for name in "abcd"}) == {}


def test_by_hand():
    """Of 1, 2 and 3 the first is of two, the second of three of four: (log 4/3 / log 2)² = 0.172."""
    sets = {"a": frozenset({1, 2, 7}), "b": frozenset({1, 2, 8, 9}), "c": frozenset({2, 5}), "d": frozenset({6})}
    of_three = math.log2(4 / 3) ** 2
    assert numbers(sets)["a", "b"] == pytest.approx(2 * (1 + of_three) / 7)
    assert numbers(sets)["a", "c"] == pytest.approx(2 * of_three / 5)


def test_short_answers_are_not_compared_but_count_as_having():
    sets = {"a": frozenset({1, 2}), "b": frozenset({1, 2}), "c": frozenset({1}), "d": frozenset({9, 8})}
    assert set(numbers(sets, fewest=2)) == {("a", "b")}
    assert numbers(sets, fewest=2)["a", "b"] < 1


def test_nobody_and_nothing():
    assert shared({}, {}, 1, 0.1) == []
    assert numbers({"a": frozenset(), "b": frozenset()}) == {}
