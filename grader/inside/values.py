"""Plain values between a kernel and the trusted side: numbers, texts, arrays, and lists, tuples and dicts of them.

As JSON: None, numbers and texts as they are; ``{"array": …}`` with ``.npy`` bytes in base64, ``{"number": …}`` for
NumPy's own numbers; ``{"list": […]}``, ``{"tuple": […]}``, ``{"dict": [[name, value], …]}``. A function stays where it
is: ``{"function": n}`` is its number there. `unpack` trusts nothing, and never unpickles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.answers import from_npy, to_npy
from grader.checks.errors import WrongForm
from grader.checks.results import plain

DEEPEST = 6
"""Most containers in each other."""
LARGEST = 2**31
"""Largest absolute value of an integer."""
LONGEST = 200
"""Most characters of a text."""


def _plain(value: object) -> np.ndarray:
    try:
        return plain(value)
    except WrongForm as wrong:
        raise ValueError(str(wrong)) from None


def pack(value: object, functions: list[Callable[..., Any]] | None = None) -> Any:
    """A value as JSON.

    Args:
        value: what is packed.
        functions: takes the functions among the values; where it is None there may be none.

    Raises:
        TypeError: it is no plain value.
        ValueError: an array is too large.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.generic):
        return {"number": to_npy(plain(value))}
    if isinstance(value, np.ndarray):
        return {"array": to_npy(_plain(value))}
    if isinstance(value, (list, tuple)):
        return {"list" if isinstance(value, list) else "tuple": [pack(each, functions) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[name, pack(each, functions)] for name, each in value.items()]}
    if callable(value) and functions is not None:
        functions.append(value)
        return {"function": len(functions) - 1}
    raise TypeError(f"a {type(value).__name__} is no plain value: no number, text, array, list, tuple or dict")


def unpack(packed: object, stub: Callable[[int], Callable[..., Any]] | None = None, depth: int = 0) -> Any:
    """The value.

    Args:
        packed: what `pack` made, or anything else.
        stub: makes what stands for the function of a number; where it is None there may be none.
        depth: how many containers it lies in.

    Raises:
        ValueError: `pack` did not make it, or it is too large.
    """
    if packed is None or type(packed) in (bool, float):
        return packed
    if type(packed) is int and abs(packed) <= LARGEST:
        return packed
    if type(packed) is str and len(packed) <= LONGEST:
        return packed
    if type(packed) is dict and len(packed) == 1 and depth <= DEEPEST:
        [(kind, content)] = packed.items()
        if kind in ("array", "number") and isinstance(content, str):
            array = from_npy(content)
            return array if kind == "array" else array[()]
        if kind in ("list", "tuple") and isinstance(content, list):
            values = [unpack(each, stub, depth + 1) for each in content]
            return values if kind == "list" else tuple(values)
        if kind == "dict" and isinstance(content, list):
            return {_name(name): unpack(each, stub, depth + 1) for name, each in content}
        if kind == "function" and type(content) is int and stub is not None:
            return stub(content)
    raise ValueError("a value that is not plain, or too large")


def _name(name: object) -> str:
    if not isinstance(name, str) or len(name) > LONGEST:
        raise ValueError("a dict whose names are no texts")
    return name
