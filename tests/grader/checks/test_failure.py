"""Is an exception told in one line, and is that line read back to the same facts?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.answers import Problem
from grader.checks.failure import MAX_TEXT, Failure, Place, failure_of, printable, read

lines = st.text(max_size=60).map(lambda text: printable(text, MAX_TEXT))
parts = st.sampled_from([", in line ", "7", "12", " of the cell that defines ", "step", ": ", ":", "KeyError", " "])
nearly = st.lists(parts, max_size=12).map(lambda parts: printable("".join(parts), MAX_TEXT))
names = st.from_regex(r"[A-Za-z_][A-Za-z_0-9]{0,9}", fullmatch=True)
places = st.builds(Place, st.integers(1, 10**9 - 1), names | st.just("<lambda>"), lines)


@given(lines | nearly)
def test_every_line_is_that_of_the_failure_read_from_it(line):
    assert str(read(line)) == line


@given(st.builds(Failure, names, lines, st.none()) | st.builds(Failure, names, st.just("bad shape (3, 4)"), places))
def test_a_failure_is_read_from_its_line(failure):
    assert read(str(failure)) == failure


@pytest.mark.parametrize(
    ("line", "failure"),
    [
        ("ValueError: a, b", Failure("ValueError", "a, b")),
        ("ValueError:", Failure("ValueError", "")),
        (
            "KeyError: 'in line 3', in line 5 of the cell that defines step: d['in line 3']",
            Failure("KeyError", "'in line 3'", Place(5, "step", "d['in line 3']")),
        ),
        ("ValueError:, in line 2 of the cell that defines f", Failure("ValueError", "", Place(2, "f"))),
        ("no exception at all", Failure("", "no exception at all")),
        ("", Failure("", "")),
    ],
)
def test_type_message_and_place_are_told_apart(line, failure):
    assert read(line) == failure


def test_the_longest_message_is_cut_with_its_type():
    failure = failure_of(ValueError("x" * 1000))
    assert len(failure.said) == MAX_TEXT
    assert failure.type == "ValueError"


def says(line: str) -> Problem:
    return Problem("exception", failure=read(line))


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (says("ValueError: shapes (7, 2)"), True),
        (says("ValueError: shapes (3, 4), in line 9 of the cell that defines f: x @ W"), True),
        (says("TypeError: shapes (3, 4)"), False),
        (says("ValueError: sizes (3, 4)"), False),
        (Problem("array", "ValueError: shapes (3, 4)"), False),
    ],
)
def test_problems_are_alike_apart_from_numbers_and_place(other, alike):
    assert says("ValueError: shapes (3, 4)").like(other) == alike
