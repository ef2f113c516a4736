"""Arrays in what a call returns, what one obvious step makes of an array, and whether two are the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import torch

from grader.checks.results import plain

CLOSE = 1e-5
"""Largest error, as a share of the largest entry: what is right in float32 counts, too."""
ARRAYS = (torch.Tensor, np.ndarray, np.generic, bool, int, float, list, tuple)
ALONG: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "sum": np.sum,
    "mean": np.mean,
    "flip": np.flip,
    "cumsum": np.cumsum,
    "argmax": lambda array, axis: array.argmax(axis).astype(np.float64),
    "max": np.max,
}


def arrays_in(value: Any, where: str = "", depth: int = 0) -> Iterator[tuple[str, np.ndarray]]:
    """(where, array) for arrays, tensors and numbers in a value and in what it holds; lists of numbers are arrays."""
    if isinstance(value, ARRAYS):
        with suppress(Exception):
            yield where, plain(value).astype(np.float64)
    if depth < 4:
        for name, part in held(value):
            yield from arrays_in(part, f"{where}[{name}]", depth + 1)


def held(value: Any, most: int = 40) -> list[tuple[Any, Any]]:
    """What a dict, a list, a tuple, or an object of this project's holds, by name."""
    if isinstance(value, dict):
        return list(value.items())[:most]
    if isinstance(value, (list, tuple)):
        return list(enumerate(value[:most]))
    own = type(value).__module__.startswith(("grader", "solutions")) and not isinstance(value, type)
    return list(getattr(value, "__dict__", {}).items())[:most] if own else []


def one_step(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The array itself, and what one step makes of it."""
    yield from (("", array), ("−", -array))
    if not array.ndim or not array.size:
        return
    yield from (("1 −", 1 - array), ("sum", array.sum()), ("mean", array.mean()), ("norm", np.sqrt((array**2).sum())))
    yield from (("ravel", array.ravel()), ("squeeze", array.squeeze()), ("exp", np.exp(np.minimum(array, 50))))
    for order in itertools.islice(itertools.permutations(range(array.ndim)), 1, 6):
        yield f"transpose{order}", array.transpose(order)
    for axis in range(array.ndim):
        yield from ((f"{name} over {axis}", step(array, axis)) for name, step in ALONG.items())
        if array.shape[axis] > 1:
            yield from ((f"[{place}] of {axis}", array.take(place, axis)) for place in (0, -1))
            yield from ((f"all but [{place}] of {axis}", np.delete(array, place, axis)) for place in (0, -1))


def parts_of(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The array; its last row and its first ones; its halves, thirds and quarters along the last axis."""
    yield "", array
    if array.size < 2:
        return
    for place in (-1, *range(min(len(array), 4))):
        if array.ndim > 1 or not whole(array):  # a single 0 or 1 is too often right
            yield f", [{place}]", array[place]
    for number in (2, 3, 4) if array.ndim > 1 else ():
        if array.shape[-1] % number == 0 and array.shape[-1] > number:
            pieces = np.split(array, number, axis=-1)
            yield from ((f", part {k + 1} of {number}", piece) for k, piece in enumerate(pieces))


def whole(array: np.ndarray) -> bool:
    """Does it hold whole numbers alone?"""
    return bool(np.all(np.mod(array[np.isfinite(array)], 1) == 0))


def equal(array: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of the others (number, *shape) are the array but for rounding, booleans (number,)."""
    row = array.ravel()
    rows = others.reshape(len(others), row.size)
    limits = CLOSE * np.max(np.abs(rows), axis=1, keepdims=True, initial=0, where=np.isfinite(rows))
    return ((np.abs(rows - row) <= limits) | (rows == row) | (np.isnan(rows) & np.isnan(row))).all(axis=1)


def multiple(array: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of the others are the array but for a factor.

    None are of fewer than four numbers, of numbers that are all the same, or not all finite.
    """
    row = array.ravel()
    rows = others.reshape(len(others), row.size)
    if row.size < 4 or not np.isfinite(row).all():
        return np.zeros(len(rows), bool)
    sound = np.isfinite(rows).all(axis=1) & (np.ptp(rows, axis=1) > 0)
    factors = np.where(sound, rows @ row / max(row @ row, 1e-300), 0)
    limits = CLOSE * np.max(np.abs(rows), axis=1, keepdims=True)
    return sound & (np.abs(factors[:, None] * row - rows) <= limits).all(axis=1)
