"""Do two spellings mean one person's name? As an LMS writes it into a file's name, it loses much of it."""

from __future__ import annotations

import unicodedata
from itertools import permutations

SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe", "þ": "th"})
"""How letters are written where there are none of them."""
BARE = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"})
"""Letters that do not come apart into a letter and a mark."""
MOST_WORDS = 5
"""Words of a name that are tried in every order where nothing stands between them."""


def same_name(one: str, other: str) -> bool:
    """Are both the same words, in any order, whatever their marks, capitals and signs?"""
    return any(mine == theirs for mine in _spellings(one) for theirs in _spellings(other))


def run_together(name: str) -> set[str]:
    """A name with nothing between its words, in any order: "Jörg Ott" is ottjorg, jorgott, ottjoerg and joergott."""
    found = set()
    for words in _spellings(name):
        orders = permutations(words) if len(words) <= MOST_WORDS else [words, words[-1:] + words[:-1]]
        found |= {"".join(order) for order in orders}
    return found


def words_in(name: str) -> set[str]:
    """The words of a name in every spelling."""
    return {word for spelling in _spellings(name) for word in spelling}


def plain_run(text: str) -> set[str]:
    """A text in the spellings of `run_together`, its words in the order in which they stand."""
    return {"".join(_words(text, spelt_out)) for spelt_out in (False, True)}


def _spellings(name: str) -> set[tuple[str, ...]]:
    return {tuple(sorted(_words(name, spelt_out))) for spelt_out in (False, True)} - {()}


def _words(name: str, spelt_out: bool) -> list[str]:
    text = unicodedata.normalize("NFC", name).casefold()
    text = text.translate(SPELT_OUT) if spelt_out else text
    text = unicodedata.normalize("NFKD", text.translate(BARE))
    text = "".join(sign for sign in text if not unicodedata.combining(sign) and sign not in "'’`´")
    return "".join(sign if sign.isalnum() else " " for sign in text).split()
