"""How the points of a class are spread: so many students have so many points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BARS = 10
"""Of a histogram."""
ROUNDING = 1e-9
"""Of a bar's width: points that lie on a border but for rounding are above it."""


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: how many students have at least `low` and less than `high` points.

    The last bar has those with exactly `high` points, and more, too.
    """

    low: float
    high: float
    students: int


def histogram(totals: Iterable[float], most: float, bars: int = BARS) -> tuple[Bar, ...]:
    """How many have how many points: bars of the same width from 0 to ``most``."""
    if most <= 0:
        return ()
    counts = [0] * bars
    for total in totals:
        counts[min(bars - 1, int(total * bars / most + ROUNDING))] += 1
    return tuple(Bar(place * most / bars, (place + 1) * most / bars, many) for place, many in enumerate(counts))
