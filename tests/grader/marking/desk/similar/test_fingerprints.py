"""Does winnowing keep its promise, and does a piece know its lines?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.marking.desk.similar.fingerprints import PIECE, WINDOW, pieces
from grader.marking.desk.similar.tokens import Token

LETTERS = st.text("abc", max_size=40)
LONG = st.text("abcdef", min_size=PIECE + WINDOW - 1, max_size=20)


def row(text):
    return [Token(letter, line) for line, letter in enumerate(text, 1)]


@given(LONG, LETTERS, LETTERS, LETTERS, LETTERS)
def test_whatever_two_share_of_that_length_is_found(both, before, after, other_before, other_after):
    """Schleimer, Wilkerson, Aiken: a match of k + w - 1 tokens or more is always found."""
    one, other = pieces(row(before + both + after)), pieces(row(other_before + both + other_after))
    assert one.keys() & other.keys()


@given(LETTERS)
def test_a_window_keeps_one_at_least(text):
    """Of any two neighbouring pieces one is kept: no line between the first and the last is in none."""
    found = pieces(row(text)).values()
    lines = set().union(*found)
    assert all(len(of_one) >= PIECE for of_one in found)
    assert set(range(WINDOW, len(text) - WINDOW + 2)) <= lines or len(text) < PIECE


def test_shorter_than_a_piece_has_none():
    assert pieces(row("abcdef")) == {}


def test_a_piece_knows_where_it_stands():
    assert list(pieces(row("abcdefg")).values()) == [{1, 2, 3, 4, 5, 6, 7}]


def test_fingerprints_are_the_same_in_every_run():
    """Not Python's own hash, which is drawn anew for each process."""
    assert list(pieces(row("abcdefg"))) == [14340286421736582368]
