"""Are made-up copies listed, and independent answers not? Of two lessons here; `grader similar --rates` asks all."""

from __future__ import annotations

import pytest

from grader.marking.desk.similar.find import LISTED
from grader.marking.proving.similar_rates import similar_rates


@pytest.fixture(scope="module")
def rates():
    return similar_rates("01-srn", "03-clipping")


def test_most_copies_are_listed_and_come_first(rates):
    compared = [copy for copy in rates.copies if not copy.common and copy.number is not None]
    assert len(compared) > 200
    whole, apart = [], []
    for copy in compared:
        (apart if copy.way in ("split into functions", "all of these") else whole).append(copy.number >= LISTED)
    assert sum(whole) > 0.95 * len(whole)
    assert sum(apart) > 0.8 * len(apart)  # methods that are split into functions share fewer pieces
    assert sum(copy.first for copy in compared) > 0.95 * len(compared)


def test_independent_answers_are_hardly_ever(rates):
    numbers = [number for found in rates.independent.values() for number in found]
    assert len(numbers) > 1000
    assert sum(number >= LISTED for number in numbers) < 0.01 * len(numbers)


def test_what_most_write_is_not_listed(rates):
    assert not any((copy.number or 0) >= LISTED for copy in rates.copies if copy.common)


def test_the_lines_say_both_rates(rates):
    lines = list(rates.lines())
    assert lines[0].startswith("made-up copies of answers in 16 exercises")
    assert lines[-1].startswith("pairs of independent answers, listed:")
