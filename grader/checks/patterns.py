"""What the wrong entries of an answer have in common, in words that often name the mistake. Never an expected value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, permutations

import numpy as np

from grader.checks import tolerance as policy

Matcher = Callable[[np.ndarray, np.ndarray], bool]
"""Are two arrays equal, by shape and within the tolerance?"""

LEAST_ENTRIES = 3
"""An array smaller than this fits too many patterns by chance, and a factor would give its value away."""
LEAST_ALONG = 3
"""Along a shorter axis everything is first or last, and every order is reversed or right."""
TIMES = ("time step", "step", "word", "target step", "lag", "letter")
"""Axes along which a mistake spreads: there some entries beyond may be right by accident, and the place counts."""
TWO = {"state (h, c)": ("h", "c"), "direction": ("→", "←")}
"""What the two places of an axis are called."""
NEAR_ZERO = 1e-6
"""Where no number of an array is larger, its pattern is that of rounding errors."""
FACTORS = (1e-3, 1e3)
"""Between these a factor is said; others come of numbers near 0, or of arithmetic that went wrong."""
PLAIN = 0.01
"""A factor must differ from 1 by so much, and a pattern hold to so small a share of the largest number."""


def of_values(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray, axes: tuple[str, ...], limit: float) -> str:
    """What the wrong values have in common, in words, or "".

    Args:
        got, expected: two arrays of the same shape, finite.
        wrong: which entries are wrong, booleans of that shape.
        axes: what each axis is.
        limit: the largest relative error that is still right.
    """
    if got.size < LEAST_ENTRIES:
        return ""
    with np.errstate(all="ignore"):  # an answer may hold 1e308
        said = next(_relations(got.astype(float), expected, axes, _matcher(limit)), "") if _tells(expected) else ""
    return said or of_place(wrong, axes)


def of_shape(got: np.ndarray, expected: np.ndarray, axes: tuple[str, ...], limit: float) -> str:
    """What an answer of the wrong shape has to do with the right one, in words, or ""."""
    if got.size < LEAST_ENTRIES or got.dtype.kind not in "biuf" or not np.isfinite(got).all() or not _tells(expected):
        return ""
    with np.errstate(all="ignore"):
        return next(_reshaped(got.astype(float), expected, axes, _matcher(limit)), "")


def of_place(wrong: np.ndarray, axes: tuple[str, ...]) -> str:
    """Along which axes the wrong entries lie together, in words, or "". Of a single one its index says it all."""
    if len(axes) != wrong.ndim or wrong.sum() < 2:
        return ""
    found = []
    for axis, name in enumerate(axes):
        others = tuple(other for other in range(wrong.ndim) if other != axis)
        found.append(_along(np.asarray(wrong.any(axis=others)), name, name in TIMES or _whole(wrong, others)))
    return "; ".join([text for text in found if text][:2])


def location(index: tuple[int, ...], axes: tuple[str, ...]) -> str:
    """An index in words: "time step 4, row 1, unit 3"."""
    if len(index) != len(axes):
        return f"index {index}"
    return ", ".join(f"{name} {i}" for name, i in zip(axes, index, strict=True))


def _matcher(limit: float) -> Matcher:
    """Two arrays match within the tolerance, and within a small share of their own largest number."""

    def matches(a: np.ndarray, b: np.ndarray) -> bool:
        if a.shape != b.shape:
            return False
        off = np.abs(a - b).max(initial=0.0)
        return bool((policy.error(a, b) <= limit).all()) and bool(off <= PLAIN * np.abs(b).max(initial=0.0))

    return matches


def _tells(expected: np.ndarray) -> bool:
    """Whether the right numbers are large enough, and finite, to follow something from them."""
    if expected.dtype.kind == "b":
        return True
    return bool(expected.size and np.isfinite(expected).all() and np.abs(expected.astype(float)).max() > NEAR_ZERO)


def _relations(got: np.ndarray, expected: np.ndarray, axes: tuple[str, ...], matches: Matcher) -> Iterator[str]:
    """How the answer as a whole follows from the right one."""
    if expected.dtype.kind == "b":
        if matches(1 - got, expected):
            yield "right but inverted: True and False are swapped"
        return
    if not got.any():
        yield "every entry is 0"
        return
    if np.ptp(got) == 0 and np.ptp(expected) > 0:
        yield "every entry is the same number"
        return
    if text := _factor(got, expected, matches):
        yield text
    if np.ptp(expected) > NEAR_ZERO and matches(got - (got - expected).mean(), expected):
        yield "right but for the same number added everywhere"
    yield from _moved(got, expected, axes, matches)
    yield from _transposed(got, expected, axes, matches)


def _factor(got: np.ndarray, expected: np.ndarray, matches: Matcher) -> str:
    if matches(-got, expected):
        return "right but for the sign"
    factor = float(np.vdot(expected, got) / max(float(np.vdot(expected, expected)), np.finfo(float).tiny))
    said = FACTORS[0] < abs(factor) < FACTORS[1] and abs(factor - 1) > PLAIN
    if said and matches(got / factor, expected):
        return f"right but for a factor of {factor:#.3g}"
    return ""


def _moved(got: np.ndarray, expected: np.ndarray, axes: tuple[str, ...], matches: Matcher) -> Iterator[str]:
    for axis, name in enumerate(axes[: got.ndim]):
        if got.shape[axis] >= LEAST_ALONG and matches(np.flip(got, axis), expected):
            yield f"right but in reverse order along the axis {name}"
    if axes and len(got) >= LEAST_ALONG:
        if matches(got[1:], expected[:-1]):
            yield f"right but one {axes[0]} late: entry 1 should be entry 0"
        if matches(got[:-1], expected[1:]):
            yield f"right but one {axes[0]} early: entry 0 should be entry 1"


def _transposed(got: np.ndarray, expected: np.ndarray, axes: tuple[str, ...], matches: Matcher) -> Iterator[str]:
    for order in islice(permutations(range(got.ndim)), 1, None):
        moved = [size for axis, size in enumerate(got.shape) if order[axis] != axis]
        if not got.ndim == len(axes) == expected.ndim or min(moved) < 2 or max(moved) < LEAST_ALONG:
            continue
        if matches(got.transpose(order), expected):
            names = [axes[order.index(axis)] for axis in range(got.ndim)]
            yield f"right but transposed: the axes are ({', '.join(names)}) and should be ({', '.join(axes)})"


def _reshaped(got: np.ndarray, expected: np.ndarray, axes: tuple[str, ...], matches: Matcher) -> Iterator[str]:
    if expected.dtype.kind != "b" and np.ptp(expected) <= NEAR_ZERO:
        return
    yield from _transposed(got, expected, axes, matches)
    if got.squeeze().shape == expected.squeeze().shape and matches(got.squeeze(), expected.squeeze()):
        more = "too many" if got.ndim > expected.ndim else "too few"
        yield f"the right numbers, with an axis of size 1 {more}"
    if not axes or expected.shape[0] < 2:
        return
    if got.shape == expected.shape[1:] and matches(got, expected[-1]):
        yield f"only the last {axes[0]} was returned; all of them are asked for"
    if got.ndim and len(got) == len(expected) + 1:
        for place, rest in (("first", got[1:]), ("last", got[:-1])):
            if matches(rest, expected):
                yield f"right but for one {axes[0]} too many: the {place}"


def _whole(wrong: np.ndarray, others: tuple[int, ...]) -> bool:
    """Whether all is wrong where anything is: else a place may be right by accident."""
    return bool((wrong.all(axis=others) == wrong.any(axis=others)).all())


def _along(bad: np.ndarray, name: str, whole: bool) -> str:
    """Where along one axis something is wrong, if that is worth saying."""
    size, places = len(bad), np.flatnonzero(bad)
    if name in TWO and len(places) == 1:
        return f"only {TWO[name][places[0]]} is wrong"
    if size < LEAST_ALONG or len(places) in (0, size) or (len(places) > 1 and not whole):
        return ""
    first, last = int(places[0]), int(places[-1])
    if first == last:
        return f"only {_ordinal(first, size)}{name} {'' if first in (0, size - 1) else f'{first} '}is wrong"
    if len(places) == size - 1 and not bad[-1]:
        return f"only the last {name} is right"
    if last == size - 1 and len(places) == size - first:
        return f"right up to {name} {first - 1}, wrong from {first}"
    if first == 0 and len(places) == last + 1:
        return f"wrong up to {name} {last}, right from {last + 1}"
    return ""


def _ordinal(place: int, size: int) -> str:
    return {0: "the first ", size - 1: "the last "}.get(place, "")
