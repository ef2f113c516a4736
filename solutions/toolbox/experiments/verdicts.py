"""Verdicts on claims: decided from the numbers, by the same rules in every lesson.

A claim about random trainings is decided by the interval of a difference, seed by seed: it *holds* where the whole
interval is on its side, it *does not hold* where none of it is, and where the interval reaches over the bar it is *not
shown*. The interval is Student's for the mean of n differences, mean ± t · s / √n at 95 % (Student, "The probable error
of a mean", Biometrika 6, 1908). Fewer than five seeds are refused: three numbers all below three others happen by
chance once in ten times where both are alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

HOLDS, FAILS, OPEN = "holds", "does not hold", "not shown"
FEWEST = 5
"""Seeds that a verdict on random trainings needs."""
QUANTILES = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
QUANTILES += (2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086)
"""The 97.5 % quantile of Student's t with 1, 2, … 20 degrees of freedom."""
HEADER = ("claim", "measured here", "n", "interval (95 %)", "control", "verdict")
EXACT = "—"
"""Stands for n and for the interval of what is computed, not drawn."""


@dataclass(frozen=True)
class Verdict:
    """What the numbers say of a claim.

    Attributes:
        word: "holds", "does not hold" or "not shown".
        n: how many of what, such as "5 seeds".
        interval: where the measured number lies.
        rest: what has to be added, after the word.
    """

    word: str
    n: str = EXACT
    interval: str = EXACT
    rest: str = ""

    def __str__(self) -> str:
        return f"{self.word}{self.rest}"

    def but(self, words: str) -> Verdict:
        """The same, with words that narrow it: ``holds; only for one layer``."""
        return replace(self, rest=f"{self.rest}; {words}")

    def __and__(self, other: Verdict) -> Verdict:
        """A claim with two parts: it holds where both do, and fails where one does."""
        words = self.word, other.word
        word = FAILS if FAILS in words else OPEN if OPEN in words else HOLDS
        n = self.n if self.n == other.n else " · ".join(n for n in (self.n, other.n) if n != EXACT)
        between = " · ".join(part for part in (self.interval, other.interval) if part != EXACT) or EXACT
        return Verdict(word, n, between, self.rest + other.rest)


def computed(true: bool) -> Verdict:
    """A claim about what is computed or counted, where nothing is drawn: it holds or it does not."""
    return Verdict(HOLDS if true else FAILS)


def lower(values: Sequence[float], than: Sequence[float] | float, by: float = 0.0, unit: str = "") -> Verdict:
    """The claim that `values` are lower than `than`, by more than `by`.

    Args:
        values: one number for each seed, at least five.
        than: the rival's, with the same seeds in the same order, or one number that is given.
        by: how much lower, ≥ 0.
        unit: what is measured, for the interval's text.

    Returns:
        the verdict; its interval is that of ``values − than``.

    Raises:
        ValueError: fewer than five values, or another number of them for the rival.
    """
    low, high = _compared(values, than)
    return decided(low, high, HOLDS if high < -by else FAILS if low >= -by else OPEN, f"{len(values)} seeds", unit)


def higher(values: Sequence[float], than: Sequence[float] | float, by: float = 0.0, unit: str = "") -> Verdict:
    """The claim that `values` are higher than `than`, by more than `by`; the rest as for :func:`lower`."""
    low, high = _compared(values, than)
    return decided(low, high, HOLDS if low > by else FAILS if high <= by else OPEN, f"{len(values)} seeds", unit)


def alike(values: Sequence[float], than: Sequence[float] | float, within: float, unit: str = "") -> Verdict:
    """The claim that `values` and `than` differ by less than `within`: an interval that includes 0 does not show it.

    The interval has to lie within ± `within` (Schuirmann 1987, as an equivalence test); the rest as for :func:`lower`.
    """
    low, high = _compared(values, than)
    word = HOLDS if -within < low and high < within else FAILS if low >= within or high <= -within else OPEN
    return decided(low, high, word, f"{len(values)} seeds", unit)


def times(values: Sequence[float], than: Sequence[float] | float, at_least: float) -> Verdict:
    """The claim that `values` are at least `at_least` times `than`, by the geometric mean: for what spans orders.

    The interval is that of the ratio; `at_least` < 1 asks whether it is at least that share. The rest as for
    :func:`lower`.

    Raises:
        ValueError: also for a number that is not positive.
    """
    if min(*values, *np.atleast_1d(than)) <= 0:
        raise ValueError("times: a ratio needs positive numbers")
    low, high = np.exp(_compared(np.log(values), np.log(than)))
    return decided(
        low, high, HOLDS if low >= at_least else FAILS if high < at_least else OPEN, f"{len(values)} seeds", "×"
    )


def decided(low: float, high: float, word: str, n: str, unit: str = "") -> Verdict:
    """A verdict from an interval that is already there, as of a bootstrap over sentences."""
    between = f"{_figures(low, high - low)} to {_figures(high, high - low)}"
    return Verdict(word, n, f"{between} {unit}".rstrip())


def beyond(low: float, high: float, bar: float, n: str, unit: str = "") -> Verdict:
    """The claim that a number lies above `bar`, from its 95 % interval, as of a bootstrap over sentences."""
    return decided(low, high, HOLDS if low > bar else FAILS if high <= bar else OPEN, n, unit)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean of `values`: mean ± t · s / √n, with t for n − 1 degrees of freedom.

    Raises:
        ValueError: fewer than five values, or more than 21.
    """
    drawn = np.asarray(values, dtype=float)
    if not FEWEST <= len(drawn) <= len(QUANTILES) + 1:
        raise ValueError(f"a verdict needs {FEWEST} to {len(QUANTILES) + 1} seeds, not {len(drawn)}")
    half = QUANTILES[len(drawn) - 2] * drawn.std(ddof=1) / np.sqrt(len(drawn))
    return float(drawn.mean() - half), float(drawn.mean() + half)


def claims_table(rows: Iterable[tuple[str, str, Verdict, str]]) -> str:
    """The table of a lesson's claims in Markdown.

    Args:
        rows: the claim, what was measured, the verdict, and the control: what else could have made this number, and
            how it is kept out ("equal parameters", "same letters, labels shuffled", "—" where there is nothing).
    """
    lines = [HEADER, ("---",) * len(HEADER)]
    lines += [(claim, text, found.n, found.interval, control, str(found)) for claim, text, found, control in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _compared(values: Sequence[float], than: Sequence[float] | float) -> tuple[float, float]:
    """The interval of how far `values` lie above `than`, pair by pair."""
    one, other = np.asarray(values, dtype=float), np.asarray(than, dtype=float)
    if other.ndim and len(one) != len(other):
        raise ValueError(f"a pair for each seed: {len(one)} and {len(other)} numbers cannot be paired")
    return interval(one - other)


def _figures(value: float, width: float) -> str:
    """As many digits as the interval's width deserves: two of it."""
    if not np.isfinite(value) or not 1e-4 < abs(value) < 1e5:
        return f"{value:.0e}" if value else "0"
    digits = max(0, 1 - int(np.floor(np.log10(width)))) if width > 0 else 3
    return f"{value:.{min(digits, 6)}f}".replace("-", "−")
