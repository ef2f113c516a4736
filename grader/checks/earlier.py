"""Where a check fails: which earlier exercise to look at first. The answer uses it, and it is not known to be right.

On a student's machine there is no reference. But `check` remembers, for this kernel, which function passed its own
check; one that was defined anew since then counts as not checked.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from grader.checks.task import Task, earlier_of

_checked: dict[str, tuple[object, bool]] = {}
"""Task's name → what its last check was given, and whether that passed."""


def note(task: Task, answer: object, passed: bool) -> None:
    """Remember the outcome of a check."""
    _checked[task.name] = answer, passed


def look_there_first(task: Task, answer: object) -> str:
    """A sentence about the first earlier exercise that the answer uses and whose own check has not passed; or ""."""
    used = functions_used(answer)
    for earlier in earlier_of(task):
        if earlier.function not in used:
            continue
        checked, passed = _checked.get(earlier.name, (None, False))
        if checked is not used[earlier.function]:
            return f"It uses your `{earlier.function}`, whose check has not been run as it stands now: run that first."
        if not passed:
            return f"It uses your `{earlier.function}`, whose own check has failed: look there first."
    return ""


def functions_used(answer: object) -> dict[str, object]:
    """The functions of the notebook that an answer's code names, directly or through each other, by name."""
    found: dict[str, object] = {}
    waiting = list(_functions_in(answer))
    while waiting:
        function = waiting.pop()
        for name in names_read(function.__code__):
            value: Any = function.__globals__.get(name)
            if name not in found and callable(value) and value is not answer:
                found[name] = value
                waiting += _functions_in(value) if _of_the_same_notebook(value, function) else ()
    return found


def _functions_in(value: object) -> Iterator[FunctionType]:
    """The function itself, or a class's methods."""
    if isinstance(value, type):
        yield from (member for member in vars(value).values() if isinstance(member, FunctionType))
    elif callable(value) and isinstance(function := inspect.unwrap(value), FunctionType):
        yield function


def _of_the_same_notebook(value: object, function: FunctionType) -> bool:
    return getattr(value, "__module__", None) == function.__module__


def names_read(code: CodeType) -> Iterator[str]:
    """The global names that a function's or a cell's code reads, and those of the functions in it; no attributes."""
    yield from (each.argval for each in dis.get_instructions(code) if each.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_read(constant)
