"""An array's signature: a few numbers that tell whether another array is the same one.

A *projection* is the sum of all entries, each times its weight. Weights are standard normal numbers of one seed, the
same for every array, so no exchange of entries cancels out. Where two arrays differ by d, a projection differs by a
normal number of standard deviation ‖d‖₂. `same` allows what the tolerance policy allows, so arrays whose difference is
m times that pass for the same with a chance of (0.8/m)^COUNT: 4·10⁻⁵ at m = 10, 4·10⁻¹³ at m = 1000, for each output of
each case, and a mistake is compared in many.
"""

from __future__ import annotations

import base64
import math
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from grader.checks import tolerance as policy

COUNT = 4
"""Projections of an array; fewer of one with fewer entries, which they would repeat."""
_SEED = 1990
_LARGEST = 1e300
"""Larger entries count as this, so that no sum of them overflows."""


@dataclass(frozen=True)
class Signature:
    """What is kept of an array.

    Attributes:
        shape: its shape.
        odd: CRC-32 of where it is NaN, +∞ and −∞; 0 where it is so nowhere.
        at: projections of its finite entries.
    """

    shape: tuple[int, ...]
    odd: int
    at: tuple[float, ...]


def signature(array: np.ndarray) -> Signature:
    """The signature of an array of numbers."""
    values = np.asarray(array, dtype=np.float64).ravel()
    finite = np.isfinite(values)
    kinds = np.where(finite, 0, np.where(np.isnan(values), 2, np.sign(values))).astype(np.int8)
    odd = 0 if finite.all() else zlib.crc32(kinds.tobytes())
    at = np.where(finite, np.clip(values, -_LARGEST, _LARGEST), 0.0) @ _weights(values.size)
    return Signature(array.shape, odd, tuple(at.tolist()))


def margin(array: np.ndarray, limit: float) -> float:
    """How far apart projections of this array and of one that is the same may lie; ``limit`` is that of each entry."""
    return policy.projected(limit, array.size) * min(_LARGEST, policy.scale(np.asarray(array, dtype=np.float64)))


def same(one: Signature, other: Signature, allowed: float) -> bool | None:
    """Whether two arrays are the same, by their signatures; None where only ``one`` has entries that are not finite.

    Args:
        one: a student's.
        other: what it is compared with.
        allowed: the `margin` of the student's array.
    """
    if one.shape != other.shape:
        return False
    if one.odd and not other.odd:
        return None
    return one.odd == other.odd and all(abs(a - b) <= allowed for a, b in zip(one.at, other.at, strict=True))


def written(kept: Signature, usual: tuple[int, ...], limit: float) -> list[Any]:
    """A signature as JSON values: projections in base64; then its shape, where it is not the usual one; then ``odd``.

    Projections are kept in single precision where the limit allows.
    """
    coarse = limit >= policy.LEAST["float32"] and all(abs(value) < 1e30 for value in kept.at)
    numbers = base64.b64encode(np.array(kept.at, "<f4" if coarse else "<f8").tobytes()).decode("ascii")
    more = [list(kept.shape), kept.odd] if kept.odd else [list(kept.shape)] if kept.shape != usual else []
    return [numbers, *more]


def read(values: list[Any], usual: tuple[int, ...]) -> Signature:
    """The signature that `written` wrote."""
    numbers, shape, odd = [*values, list(usual), 0][:3] if len(values) == 1 else [*values, 0][:3]
    raw = base64.b64decode(numbers)
    count = _count(math.prod(shape))
    at = np.frombuffer(raw, f"<f{len(raw) // count}") if count else np.zeros(0)
    return Signature(tuple(shape), odd, tuple(at.tolist()))


def _count(entries: int) -> int:
    return min(COUNT, entries)


def _weights(entries: int) -> np.ndarray:
    """Weights of shape (entries, number of projections): of a larger array the same, and more of them."""
    return _drawn(1 << entries.bit_length())[:entries, : _count(entries)]


@cache
def _drawn(entries: int) -> np.ndarray:
    return np.random.default_rng(_SEED).standard_normal((entries, COUNT))
