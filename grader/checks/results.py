"""What a student's function returned: unpacked into the results that are wanted, each as a plain array.

Whatever unpacks into the wanted number of results counts: a tuple, a list, an array's rows, a generator. A dictionary
has no order, so it counts where its keys are the results' names. Whatever has the value counts where a number is
wanted. Where some results came and others did not, a `Missing` stands for each of these. Nothing here knows what is
right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from numbers import Complex, Real
from typing import Any, Literal

import numpy as np

from grader.checks.device import see
from grader.checks.errors import WrongForm

MAX_ENTRIES = 200_000
"""Largest array."""
MOST_NAMES = 9
"""How many results are named."""
MAX_AXES = 6
"""Most axes of an array."""

_NUMBERS = frozenset({float, int, bool, np.float64, np.float32, np.int64, np.int32, np.bool_})
"""What a list may hold for NumPy to read it as it is."""


@dataclass(frozen=True)
class Missing:
    """Stands for a result that did not come, or to which nothing can be compared.

    Attributes:
        says: why, in words.
        kind: one of `grader.checks.answers.PROBLEMS`.
    """

    says: str
    kind: Literal["form", "count", "none", "unwritten", "array", "arguments", "uncompared"] = "form"


def part(what: str, count: int, read: Callable[[], Sequence[Any]]) -> Sequence[Any]:
    """The results that are read from a part of what was returned; `Missing` for each where the part has a wrong form.

    Args:
        what: the part is called.
        count: how many results it holds.
        read: reads them.
    """
    try:
        return read()
    except WrongForm as wrong:
        says = what if wrong.kind == "none" else f"{what}: {str(wrong).removeprefix(f'{what}: ')}"
        return [Missing(says, wrong.kind)] * count


def unpacked(returned: object, names: Sequence[str], axes: Sequence[int] = ()) -> tuple[Any, ...]:
    """As many results as names, in their order; `Missing` in the place of one that is not there, if another is.

    Args:
        returned: whatever unpacks into them; or a dictionary or dataclass with these names, which is read by name.
        names: what each result is.
        axes: how many axes each has, where that is known: so a single array is known for one of the results.

    Raises:
        WrongForm: it does not; the message says what came, and what is wanted.
    """
    if isinstance(returned, (tuple, list)) and len(returned) == len(names):
        return tuple(returned)
    if returned is None:
        raise WrongForm("", "none")
    if (entries := _by_name(returned)) is not None:
        return _named(returned, entries, names, _wanted(names))
    if (place := _place_of_one(returned, len(names), axes)) is not None:
        came = returned[0] if isinstance(returned, (tuple, list)) else returned
        lacking = Missing(f"only one came, {in_words(came)}; {_wanted(names)}", "count")
        return tuple(came if n == place else lacking for n in range(len(names)))
    if isinstance(returned, (str, bytes, AbstractSet)) or not _can_be_unpacked(returned):
        raise WrongForm(f"{in_words(returned)}, {_wanted(names)}")
    found = tuple(islice(iter(returned), len(names) + 1))  # type: ignore[call-overload]  # asked just above
    if len(found) != len(names):
        raise WrongForm(f"{in_words(returned, found, len(names))}, {_wanted(names)}", "count")
    return found


def _named(returned: object, entries: Mapping[Any, Any], names: Sequence[str], wanted: str) -> tuple[Any, ...]:
    """The entries of these names; `Missing` for one that is not there, where others are.

    Raises:
        WrongForm: none of them is there, or all are and others, too.
    """
    lacking = [name for name in names if name not in entries]
    if len(lacking) == len(names) or (not lacking and len(entries) > len(names)):
        raise WrongForm(f"{in_words(returned)}, {wanted}")
    return tuple(
        entries[name] if name in entries else Missing(f"the key {name!r} is missing{_listed(entries, ', there are')}")
        for name in names
    )


def _place_of_one(returned: object, wanted: int, axes: Sequence[int]) -> int | None:
    """Which of several results a single array, tensor or number is; None where it is none, or unpacks into them."""
    if wanted < 2 or not axes or isinstance(returned, (str, bytes, AbstractSet)):
        return None
    if isinstance(returned, (tuple, list)):
        return 0 if len(returned) == 1 and getattr(returned[0], "shape", ()) != () else None
    shape = getattr(returned, "shape", () if isinstance(returned, Real) else None)
    if not isinstance(shape, tuple) or (len(shape) > 0 and shape[0] == wanted and len({*axes}) < 2):
        return None
    return next((place for place, ndim in enumerate(axes) if ndim == len(shape)), None)


def values_of(returned: object, names: Sequence[str]) -> tuple[Any, ...]:
    """The values of a dictionary (or dataclass, or named tuple) that has exactly these names, in their order.

    `Missing` stands in the place of one that is not there, where others are.

    Raises:
        WrongForm: it is something else; the message says what.
    """
    if returned is None:
        raise WrongForm("", "none")
    if isinstance(returned, Missing):
        raise WrongForm(returned.says, returned.kind)
    entries = returned._asdict() if hasattr(returned, "_asdict") else _by_name(returned)
    wanted = f"wanted is a dictionary with the names {', '.join(names)}"
    if entries is None:
        raise WrongForm(f"{in_words(returned)}, {wanted}")
    return _named(returned, entries, names, wanted)


def together(values: Iterable[object], combine: Callable[[list[np.ndarray]], np.ndarray], what: str) -> Any:
    """Several results as one array; `Missing` where one is missing, is no array, or does not fit the others.

    Args:
        values: each of which becomes a plain array.
        combine: what joins these: ``np.stack``, ``np.concatenate``.
        what: they are, in words.
    """
    values = list(values)
    if lacking := next((value for value in values if isinstance(value, Missing)), None):
        return lacking
    try:
        arrays = [plain(value) for value in values]
    except WrongForm as wrong:
        return Missing(f"{what}: {wrong}", wrong.kind)
    try:
        return combine(arrays)
    except ValueError:
        shapes = ", ".join(str(each.shape) for each in arrays)
        return Missing(f"{what}: their shapes do not fit together, in this order: {shapes}")


def plain(value: object) -> np.ndarray:
    """A fresh array, in C order and native byte order, with the numbers of an array, tensor, number, list or iterator.

    Exact numbers (fractions, SymPy's) become float64.

    Raises:
        WrongForm: it is `Missing`, does not hold real numbers, is ragged, or too large.
    """
    if isinstance(value, Missing):
        raise WrongForm(value.says, value.kind)
    if value is None or isinstance(value, (str, bytes, Mapping, AbstractSet)):
        raise WrongForm(in_words(value), "array")
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
    if value is None or isinstance(value, (str, bytes)):
        return "None" if value is None else f"a text ({kind})"
    if isinstance(value, Mapping):
        return f"a dictionary with {len(value)} {'entry' if len(value) == 1 else 'entries'}" + _listed(value)
    if isinstance(getattr(value, "shape", None), tuple) and value.shape != ():  # type: ignore[attr-defined]
        return f"{'an array' if isinstance(value, np.ndarray) else f'a {kind}'} of shape {tuple(value.shape)}"  # type: ignore[attr-defined]
    if isinstance(value, (tuple, list, AbstractSet)):
        return f"a {kind} of {len(value)}"
    if first or wanted:
        return f"a {kind} of " + (f"more than {wanted}" if len(first) > wanted else f"{len(first)}")
    return f"a single {kind}"


def _listed(names: Iterable[object], head: str = "") -> str:
    found = ", ".join(map(str, islice(names, 9)))
    if head:
        return found and f"{head} {found}"
    return found and f" ({found})"


def _wanted(names: Sequence[str]) -> str:
    listed = ", ".join(names) if len(names) <= MOST_NAMES else f"{names[0]} … {names[-1]}"
    return f"wanted {'is 1 result' if len(names) == 1 else f'are {len(names)} results'}: {listed}"


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
