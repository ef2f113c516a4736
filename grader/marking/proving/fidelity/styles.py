"""The same answer in another style: other dtypes and memory layouts of what comes in and goes out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.task import Task

Answer = Callable[..., Any]
Style = Callable[[Answer], Answer]
Change = Callable[[np.ndarray], Any]


def styles(task: Task, answer: Callable[..., Any]) -> dict[str, Style]:
    """The styles in which an answer to a task may be given; PyTorch's tensors and modules only as they are written."""
    return {"as written": _as_written} if task.torch or isinstance(answer, type) else STYLES


def _as_written(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def in_double(function: Callable[..., Any]) -> Callable[..., Any]:
    """Computes in float64 whatever arrives, and returns float64."""
    return _wrapped(function, lambda array: array.astype(np.float64) if array.dtype == np.float32 else array, None)


def in_fortran_order(function: Callable[..., Any]) -> Callable[..., Any]:
    """Reads and returns arrays whose first axis lies together in memory."""
    return _wrapped(function, np.asfortranarray, np.asfortranarray)


def as_lists(function: Callable[..., Any]) -> Callable[..., Any]:
    """Returns nested lists in place of arrays, but for empty ones, whose shape a list cannot tell."""
    return _wrapped(function, None, lambda array: array.tolist() if array.size else array)


STYLES: dict[str, Style] = {
    "as written": _as_written,
    "in double precision": in_double,
    "in Fortran order": in_fortran_order,
    "as nested lists": as_lists,
}


def _wrapped(function: Answer, before: Change | None, after: Change | None) -> Answer:
    @functools.wraps(function)
    def styled(*positional: Any, **named: Any) -> Any:
        returned = function(*_mapped(before, positional), **_mapped(before, named))
        return _mapped(after, returned)

    return styled


def _mapped(change: Change | None, value: Any) -> Any:
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
