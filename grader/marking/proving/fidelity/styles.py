"""The same answer in another style: other dtypes and memory layouts of what comes in and goes out."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from grader.checks.task import Task

Style = Callable[[Callable], Callable]


def styles(task: Task, answer: Callable) -> dict[str, Style]:
    """The styles in which an answer to a task may be given; PyTorch's tensors and modules only as they are written."""
    return {"as written": _as_written} if task.torch or isinstance(answer, type) else STYLES


def _as_written(function: Callable) -> Callable:
    return function


def in_double(function: Callable) -> Callable:
    """Computes in float64 whatever arrives, and returns float64."""
    return _wrapped(function, lambda array: array.astype(np.float64) if array.dtype == np.float32 else array, None)


def in_fortran_order(function: Callable) -> Callable:
    """Reads and returns arrays whose first axis lies together in memory."""
    return _wrapped(function, np.asfortranarray, np.asfortranarray)


def as_lists(function: Callable) -> Callable:
    """Returns nested lists in place of arrays, but for empty ones, whose shape a list cannot tell."""
    return _wrapped(function, None, lambda array: array.tolist() if array.size else array)


STYLES: dict[str, Style] = {
    "as written": _as_written,
    "in double precision": in_double,
    "in Fortran order": in_fortran_order,
    "as nested lists": as_lists,
}


def _wrapped(function: Callable, before: Callable | None, after: Callable | None) -> Callable:
    @functools.wraps(function)
    def styled(*positional, **named):
        returned = function(*_mapped(before, positional), **_mapped(before, named))
        return _mapped(after, returned)

    return styled


def _mapped(change: Callable | None, value):
    """The value with every array in it changed: in tuples, lists and dicts too."""
    if change is None:
        return value
    if isinstance(value, np.ndarray) and value.ndim:
        return change(value)
    if isinstance(value, tuple | list):
        return type(value)(_mapped(change, part) for part in value)
    if isinstance(value, dict):
        return {name: _mapped(change, part) for name, part in value.items()}
    return value
