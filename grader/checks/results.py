"""What a student's function returned: unpacked into the results that are wanted, each as a plain array.

Whatever unpacks into the wanted number of results counts: a tuple, a list, an array's rows, a generator. A dictionary
has no order, so it counts where its keys are the results' names. Whatever has the value counts where a number is
wanted. Nothing here knows what is right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from numbers import Complex, Real
from typing import Any

import numpy as np

from grader.checks.device import see
from grader.checks.errors import WrongForm

MAX_ENTRIES = 200_000
"""Largest array."""
MAX_AXES = 6
"""Most axes of an array."""

_NUMBERS = frozenset({float, int, bool, np.float64, np.float32, np.int64, np.int32, np.bool_})
"""What a list may hold for NumPy to read it as it is."""


def unpacked(returned: object, names: Sequence[str]) -> tuple[Any, ...]:
    """As many results as names, in their order.

    Args:
        returned: whatever unpacks into them; or a dictionary or dataclass with these names, which is read by name.
        names: what each result is.

    Raises:
        WrongForm: it does not; the message says what came, and what is wanted.
    """
    if isinstance(returned, (tuple, list)) and len(returned) == len(names):
        return tuple(returned)
    if returned is None:
        raise WrongForm("", "none")
    if (entries := _by_name(returned)) is not None:
        if set(entries) != set(names):
            raise WrongForm(f"{in_words(returned)}, {_wanted(names)}")
        return tuple(entries[name] for name in names)
    if isinstance(returned, (str, bytes, AbstractSet)) or not _can_be_unpacked(returned):
        raise WrongForm(f"{in_words(returned)}, {_wanted(names)}")
    found = tuple(islice(iter(returned), len(names) + 1))  # type: ignore[call-overload]  # asked just above
    if len(found) != len(names):
        raise WrongForm(f"{in_words(returned, found, len(names))}, {_wanted(names)}", "count")
    return found


def values_of(returned: object, names: Sequence[str]) -> tuple[Any, ...]:
    """The values of a dictionary (or dataclass, or named tuple) that has exactly these names, in their order.

    Raises:
        WrongForm: it is something else; the message says what.
    """
    if returned is None:
        raise WrongForm("", "none")
    entries = returned._asdict() if hasattr(returned, "_asdict") else _by_name(returned)
    if entries is None or set(entries) != set(names):
        raise WrongForm(f"{in_words(returned)}, wanted is a dictionary with the names {', '.join(names)}")
    return tuple(entries[name] for name in names)


def plain(value: object) -> np.ndarray:
    """A fresh array, in C order and native byte order, with the numbers of an array, tensor, number, list or iterator.

    Exact numbers (fractions, SymPy's) become float64.

    Raises:
        WrongForm: it does not hold real numbers, is ragged, or too large.
    """
    value = _nested(value)
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":
            array = _of_objects(array)
    except (TypeError, ValueError, OverflowError) as reason:
        raise WrongForm(str(reason), "array") from None
    if array.dtype.kind not in "biuf":
        raise WrongForm(f"a {type(value).__name__} of dtype {array.dtype} does not hold real numbers", "array")
    if array.size > MAX_ENTRIES or array.ndim > MAX_AXES:
        raise WrongForm(f"shape {array.shape} is too large: {_MOST}", "array")
    wide = array.dtype.itemsize > 8
    return np.array(array, dtype=np.float64 if wide else array.dtype.newbyteorder("="), order="C")


_MOST = f"at most {MAX_ENTRIES} entries and {MAX_AXES} axes are read"


def in_words(value: object, first: Sequence[object] = (), wanted: int = 0) -> str:
    """What a value is: "a dictionary with 2 entries", "an array of shape (2, 3)", "a single float".

    Args:
        value: the value.
        first: of what can be read only once, what was read: at most ``wanted`` + 1 items.
        wanted: how many items were wanted.
    """
    kind = type(value).__name__
    if isinstance(value, Mapping):
        return f"a dictionary with {len(value)} {'entry' if len(value) == 1 else 'entries'}" + _listed(value)
    if getattr(value, "shape", ()) != ():
        return f"{'an array' if isinstance(value, np.ndarray) else f'a {kind}'} of shape {tuple(value.shape)}"  # type: ignore[attr-defined]
    if isinstance(value, (tuple, list, AbstractSet)):
        return f"a {kind} of {len(value)}"
    if first or wanted:
        return f"a {kind} of " + (f"more than {wanted}" if len(first) > wanted else f"{len(first)}")
    return f"a single {kind}"


def _listed(names: Iterable[object]) -> str:
    found = ", ".join(map(str, islice(names, 9)))
    return found and f" ({found})"


def _wanted(names: Sequence[str]) -> str:
    return f"wanted {'is 1 result' if len(names) == 1 else f'are {len(names)} results'}: {', '.join(names)}"


def _by_name(value: object) -> Mapping[Any, Any] | None:
    """The entries of a dictionary, the fields of a dataclass; None of anything else."""
    if isinstance(value, Mapping):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return None


def _can_be_unpacked(value: object) -> bool:
    return (hasattr(value, "__iter__") or hasattr(value, "__getitem__")) and getattr(value, "ndim", 1) != 0


def _nested(value: object, depth: int = 0) -> object:
    """The value, with arrays in place of tensors and lists in place of iterators. Reads at most `MAX_ENTRIES` items."""
    if hasattr(value, "detach"):
        see(value)
        return value.detach().cpu().numpy()
    if hasattr(value, "__array__") or isinstance(value, (str, bytes, Mapping, AbstractSet)):
        return value
    if not isinstance(value, Iterable) or (isinstance(value, (tuple, list)) and set(map(type, value)) <= _NUMBERS):
        return value
    if depth > MAX_AXES:
        raise WrongForm(f"it is nested too deeply: {_MOST}", "array")
    found, entries = [], 0
    for item in value:
        found.append(_nested(item, depth + 1))
        entries += _entries(found[-1])
        if entries > MAX_ENTRIES:
            raise WrongForm(f"it has too many entries: {_MOST}", "array")
    return found


def _entries(value: object) -> int:
    """How many numbers are in what `_nested` returned; 1 for what is empty, so that nothing is read for ever."""
    if isinstance(value, np.ndarray):
        return max(1, value.size)
    if not isinstance(value, (tuple, list)) or not value:
        return 1
    return len(value) if type(value[0]) in _NUMBERS else sum(map(_entries, value))


def _of_objects(array: np.ndarray) -> np.ndarray:
    """Numbers in place of objects: booleans, integers and floats of Python's, else float64.

    Raises:
        TypeError, ValueError, OverflowError: one of them is no real number.
    """
    if array.size > MAX_ENTRIES:
        raise ValueError(f"shape {array.shape} is too large: {_MOST}")
    inferred = np.asarray(array.tolist())
    if inferred.dtype.kind in "biuf":
        return inferred
    return np.array([_float(entry) for entry in array.flat], dtype=np.float64).reshape(array.shape)


def _float(entry: Any) -> float:
    text_or_complex = isinstance(entry, (str, bytes)) or (isinstance(entry, Complex) and not isinstance(entry, Real))
    if text_or_complex or not hasattr(type(entry), "__float__"):
        raise TypeError(f"a {type(entry).__name__} is no real number")
    return float(entry)
