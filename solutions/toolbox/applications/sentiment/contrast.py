"""Sentences made from patterns, in which the words alone do not say whether the whole is positive. Nobody wrote them.

Each pattern comes in pairs that differ in one small word, or in nothing but the order of two words, and are opposites.
"""

from __future__ import annotations

from itertools import product

POSITIVE = (
    "great",
    "funny",
    "moving",
    "enjoyable",
    "clever",
    "charming",
    "entertaining",
    "delightful",
    "good",
    "fascinating",
    "beautiful",
    "touching",
    "powerful",
    "smart",
    "fresh",
    "engaging",
)
NEGATIVE = (
    "bad",
    "boring",
    "dull",
    "awful",
    "stupid",
    "tedious",
    "predictable",
    "lifeless",
    "terrible",
    "silly",
    "flat",
    "weak",
    "bland",
    "pointless",
    "ugly",
    "annoying",
)
TAUGHT = 8
"""The first eight words of each kind may be taught; the others are for tests."""

NEGATED = (
    ("the film is {} .", "the film is n't {} ."),
    ("it is very {} .", "it is not {} at all ."),
    ("this is a {} story .", "this is never a {} story ."),
)
NEAR = ("it starts {} , but it ends {} .", "the actors are {} , but the film is {} .")
FAR = (
    "in print i read and say that it is {} to me and my friends , "
    "but in here i see and say that it is {} to me and my friends .",
    "at first i think : it seems so {} to me and to all , but then i think : it seems so {} to me and to all .",
)
"""Four words before and after each adjective are the same: a window of five words cannot tell which one comes last."""
VERBS = ("like", "love", "enjoy", "recommend")


def negations(taught):
    """(words, positive): an adjective as it is, and negated."""
    rows = []
    for (plain, negated), (positive, word) in product(NEGATED, _adjectives(taught)):
        rows += [(plain.format(word), positive), (negated.format(word), not positive)]
    return _cut(rows)


def turns(patterns, taught):
    """(words, positive): two opposite adjectives, of which the second one counts; then the same two exchanged."""
    words = _adjectives(taught)
    pairs = [(a, b) for (good, a), (other, b) in product(words, words) if good != other]
    return _cut([(pattern.format(a, b), b in POSITIVE) for pattern in patterns for a, b in pairs])


def dont_like():
    """(words, positive): "i like it" and "i do n't like it", with four verbs. Never taught."""
    return _cut(
        [(f"i {do}{verb} {what} .", not do) for verb in VERBS for what in ("it", "this film") for do in ("", "do n't ")]
    )


def _adjectives(taught):
    part = slice(TAUGHT) if taught else slice(TAUGHT, None)
    return [(True, word) for word in POSITIVE[part]] + [(False, word) for word in NEGATIVE[part]]


def _cut(rows):
    return [(tuple(text.split()), positive) for text, positive in rows]
