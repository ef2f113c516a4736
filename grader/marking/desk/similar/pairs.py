"""What two answers share, each piece counted by how few have it; for all pairs of a class at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Sets = dict[str, frozenset[int]]
"""Student → the fingerprints of the answer, without those of the released text."""


@dataclass(frozen=True)
class Shared:
    """Two answers.

    Attributes:
        one, other: the students.
        number: from 0 to 1: the share of their pieces that both have (Dice's), each counted by `weight`.
        count: how many pieces both have.
    """

    one: str
    other: str
    number: float
    count: int

    @property
    def names(self) -> tuple[str, str]:
        """The two students."""
        return self.one, self.other


def weight(having: int, answers: int) -> float:
    """What a piece counts that so many of the answers have: 1 if only two have it, 0 if all do.

        (log(answers / having) / log(answers / 2))²

    as between two texts in a search by tf-idf, and divided by what it is for two. Of two answers nothing can be said
    about what is common: every piece counts 1.
    """
    if answers <= 2:
        return 1.0
    return (math.log(answers / having) / math.log(answers / 2)) ** 2


def weights(sets: Sets) -> dict[int, float]:
    """The weight of each fingerprint that two answers or more have."""
    having = Counter(mark for own in sets.values() for mark in own)
    return {mark: weight(number, len(sets)) for mark, number in having.items() if number > 1}


def shared(sets: Sets, counted: Mapping[int, float], fewest: int, least: float) -> list[Shared]:
    """The pairs whose number is at least ``least``, the highest first, of answers with at least ``fewest`` pieces.

    The fingerprints that several have are columns of a table with a row for each answer; the table times its transpose
    is what each two of them share. So no two answers are compared one by one.

    Args:
        sets: the students' answers.
        counted: the `weights` of pieces, of these answers and whatever else is known.
    """
    names = [name for name, own in sets.items() if len(own) >= fewest]
    columns = {mark: place for place, mark in enumerate(counted)}
    table = np.zeros((len(names), len(columns)), np.float32)
    for row, name in enumerate(names):
        table[row, [columns[mark] for mark in sets[name] if mark in columns]] = 1.0
    sizes = np.array([len(sets[name]) for name in names], np.float32)
    numbers = 2 * (table * np.array(list(counted.values()), np.float32)) @ table.T / np.add.outer(sizes, sizes)
    found = np.argwhere(np.triu(numbers >= least, 1))
    pairs = [Shared(names[i], names[j], float(numbers[i, j]), int((table[i] * table[j]).sum())) for i, j in found]
    return sorted(pairs, key=lambda pair: (-pair.number, pair.one, pair.other))
