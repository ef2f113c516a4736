"""The same right answer in another form: its results in other containers, its arguments under other names.

Whoever asks for a result means the result: what holds it, and what an argument is called, is the student's choice. Each
form must get full points and pass the public check. (`styles.py` changes dtypes and memory layouts.)
"""

from __future__ import annotations

import functools
import inspect
from collections import deque, namedtuple
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
import torch

from grader.checks.task import Function, Task
from grader.checks.tasks.calling import ask

Change = Callable[[Any], Any]

SMALL = 64
"""Matrices with more entries are not written in SymPy: it takes long."""


def containers(task: Task, answer: Function) -> dict[str, Function]:
    """The answer with its results in every container that can hold them: words → the answer in that form."""
    forms = SEVERAL | ROWS | ({} if task.torch else NUMBERS)
    if task.call is ask and len(task.outputs) > 1:
        forms["in a dictionary, by name"] = _by_name([output.name for output in task.outputs])
    return {words: _returning(answer, form) for words, form in forms.items()}


def argument_names(task: Task, answer: Function) -> dict[str, Function]:
    """The answer with its arguments taken in every way that Python knows: words → the answer in that form."""
    if isinstance(answer, type):
        return {words: _class_taking(answer, words) for words in ("renamed", "as one *given", "by name alone")}
    last = len(inspect.signature(answer).parameters) - 1
    return {
        "renamed": _renamed(answer),
        "renamed, and one more with a default": _renamed(answer, ", more=None"),
        "as one *given": lambda *given: answer(*given),
        "by name alone": _by_name_from(answer, 0),
        "the last by name alone": _by_name_from(answer, last),
        "as one **given": lambda **given: answer(**given),
        "partial": functools.partial(lambda nothing, *given: answer(*given), None),
        "an object that can be called": _Callable(answer),
        "a method": _Callable(answer).method,
        "a static method": staticmethod(answer),
    }


# --- how arguments are taken ------------------------------------------------------------------------------------------


class _Callable:
    def __init__(self, answer: Function) -> None:
        self.method = functools.partial(self.__call__)
        self._answer = answer

    def __call__(self, *given: Any) -> Any:
        return self._answer(*given)


def _renamed(answer: Function, more: str = "") -> Function:
    """``lambda a, b, c: answer(a, b, c)``, with as many parameters as the answer has."""
    names = ", ".join("abcdefghijklmn"[: len(inspect.signature(answer).parameters)])
    renamed: Function = eval(f"lambda {names}{more}: answer({names})", {"answer": answer})
    return renamed


def _by_name_from(answer: Function, first: int) -> Function:
    """``lambda x, *, h, W: answer(x, h, W)``: from that parameter on by the lesson's names alone."""
    names = list(inspect.signature(answer).parameters)
    taken = ", ".join([*names[:first], "*", *names[first:]])
    named: Function = eval(f"lambda {taken}: answer({', '.join(names)})", {"answer": answer})
    return named


def _class_taking(make: type, words: str) -> type:
    """A subclass whose ``__init__`` and ``forward`` take their arguments so."""
    way: Callable[[Function], Function] = {
        "renamed": _renamed,
        "as one *given": lambda method: lambda *given: method(*given),
        "by name alone": lambda method: _by_name_from(method, 1),
    }[words]
    return type(make.__name__, (make,), {name: way(getattr(make, name)) for name in ("__init__", "forward")})


# --- what holds results -----------------------------------------------------------------------------------------------


def _returning(answer: Function, form: Change) -> Function:
    """The function, or the class with its ``forward``, returns what it did in another form."""
    if isinstance(answer, type):
        return type(answer.__name__, (answer,), {"forward": _returning(answer.forward, form)})  # type: ignore[attr-defined]

    @functools.wraps(answer)
    def formed(*given: Any) -> Any:
        return form(answer(*given))

    return formed


def _held(form: Callable[[tuple[Any, ...]], Any]) -> Change:
    """Every tuple and list, those inside others too, in another form."""

    def changed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: changed(part) for name, part in value.items()}
        return form(tuple(map(changed, value))) if isinstance(value, (tuple, list)) else value

    return changed


def _each(change: Change) -> Change:
    """Every array, tensor or number in another form, wherever it stands."""

    def changed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: changed(part) for name, part in value.items()}
        return type(value)(map(changed, value)) if isinstance(value, (tuple, list)) else change(value)

    return changed


def _generated(values: tuple[Any, ...]) -> Iterator[Any]:
    yield from values


def _in_a_named_tuple(values: tuple[Any, ...]) -> Any:
    return namedtuple("Results", [f"result_{k}" for k in range(len(values))])(*values)


def _in_one_array(values: tuple[Any, ...]) -> Any:
    """A row for each result, where all have one shape, and no float swallows a decision."""
    if not all(isinstance(value, (np.ndarray, torch.Tensor, np.generic, float, int, bool)) for value in values):
        return values
    if len({np.shape(value) for value in values}) != 1:
        return values
    if all(isinstance(value, torch.Tensor) for value in values):
        return torch.stack(values)
    kinds = {np.asarray(value).dtype.kind for value in values}
    return np.stack(values) if kinds <= set("biuf") and kinds != {"b", "f"} else values


def _in_one_sympy_matrix(values: tuple[Any, ...]) -> Any:
    return sympy.Matrix(values) if values and all(isinstance(value, sympy.Expr) for value in values) else values


def _by_name(names: list[str]) -> Change:
    """In the reverse order: only the names say which is which."""
    return lambda values: dict(zip(reversed(names), reversed(values), strict=True))


def _rows(container: Change) -> Change:
    def changed(value: Any) -> Any:
        has_rows = isinstance(value, (np.ndarray, torch.Tensor)) and value.ndim and len(value)
        return container(value) if has_rows else value

    return _each(changed)


def _single(change: Callable[[float], Any]) -> Change:
    """Every single float that is finite in another form."""
    return _each(
        lambda value: change(float(value)) if isinstance(value, (float, np.floating)) and np.isfinite(value) else value
    )


def _array(change: Callable[[np.ndarray], Any]) -> Change:
    return _each(lambda value: change(value) if isinstance(value, np.ndarray) and value.ndim else value)


def _in_sympy(array: np.ndarray) -> Any:
    fits = array.ndim == 2 and array.dtype == np.float64 and 0 < array.size <= SMALL and np.isfinite(array).all()
    return sympy.Matrix(array.tolist()) if fits else array


def _whole(array: np.ndarray) -> np.ndarray:
    fits = array.dtype.kind == "f" and np.isfinite(array).all() and np.abs(array).max(initial=0) < 2**53
    return array.astype(int) if fits and np.array_equal(array, np.trunc(array)) else array


SEVERAL: dict[str, Change] = {
    "in lists": _held(list),
    "in named tuples": _held(_in_a_named_tuple),
    "from generators": _held(_generated),
    "from iterators": _held(iter),
    "as the values of dictionaries": _held(lambda values: dict(enumerate(values)).values()),
    "in deques": _held(deque),
    "in one array": _held(_in_one_array),
    "in one SymPy matrix": _held(_in_one_sympy_matrix),
}
"""For several results, and for what is packed in lists and tuples."""

ROWS: dict[str, Change] = {
    "as a list of rows": _rows(list),
    "row by row, from an iterator": _rows(iter),
}
"""For whatever has axes."""

NUMBERS: dict[str, Change] = {
    "in tensors": _array(lambda array: torch.from_numpy(np.ascontiguousarray(array))),
    "in SymPy's matrices": _array(_in_sympy),
    "whole arrays as integers": _array(_whole),
    "numbers as fractions": _single(Fraction),
    "numbers as arrays without axes": _single(np.asarray),
    "numbers as tensors": _single(lambda number: torch.tensor(number, dtype=torch.float64)),
    "whole numbers as integers": _single(lambda number: int(number) if number.is_integer() else number),
}
"""For what NumPy computes."""
