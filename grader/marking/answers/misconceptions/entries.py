"""An entry of the bank, and the reference solution with that mistake in it."""

from __future__ import annotations

import ast
import importlib
import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

import numpy as np

from grader.checks.answers import Answer, collect
from grader.checks.errors import GraderError
from grader.checks.task import Case, Task, find_task


@dataclass(frozen=True)
class Misconception:
    """One mistake, as an edit of the reference solution; several tasks may share it.

    Attributes:
        name: a few words, unique within a task.
        edit: a text in the reference's code, and the mistake's text in its place; each within one line.
        says: what the student is told; helps without giving the answer away.
        where: name of the edited function or class, if not the task's own: the mistake was made in an earlier task.
        times: how often the edited text stands there; all of them are edited.
        rest_is_right: whether the sentence says that the other outputs are right; it is said only where they are.
    """

    name: str
    edit: tuple[str, str]
    says: str
    where: str = ""
    times: int = 1
    rest_is_right: bool = False


class BadEdit(GraderError):
    """A misconception whose edit does not fit the reference solution's source."""


def bank(task: Task) -> tuple[Misconception, ...]:
    """The misconceptions known for a task; () where there are none yet."""
    lesson = importlib.import_module(f"grader.marking.answers.misconceptions.{task.module}")
    banks: Mapping[str, tuple[Misconception, ...]] = lesson.BANK
    return banks.get(task.name, ())


def outputs_of(task: Task, misconception: Misconception, case: Case, seed: int) -> Answer:
    """What a student with that mistake would have answered in a case of a task; what NumPy warns of is expected."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return collect(task, mistaken(task, misconception), case, seed)


def mistaken(task: Task, misconception: Misconception) -> Callable[..., object]:
    """The reference solution of a task with the mistake in it: a fresh function or class of its own module.

    Raises:
        BadEdit: the edited text does not stand in the function's code as often as the entry says.
    """
    return _mistaken(task.name, misconception)


@cache
def _mistaken(task: str, misconception: Misconception) -> Callable[..., object]:
    return _solution_with(find_task(task), misconception)


def with_both(task: Task, one: Misconception, other: Misconception) -> Callable[..., object]:
    """The reference solution of a task with two of its mistakes at once.

    Raises:
        BadEdit: the second edit does not fit any more once the first is made.
    """
    return _solution_with(task, one, other)


def _solution_with(task: Task, *misconceptions: Misconception) -> Callable[..., object]:
    module, name = task.reference.split(":")
    source = inspect.getsource(importlib.import_module(module))
    for misconception in misconceptions:
        source = edited(source, task, misconception)
    what = " and ".join(misconception.name for misconception in misconceptions)
    namespace: dict[str, Any] = {"__name__": f"{module} with {what}"}
    exec(compile(source, f"<{task.name}: {what}>", "exec"), namespace)
    return cast(Callable[..., object], namespace[name])


def edited(source: str, task: Task, misconception: Misconception) -> str:
    """The source of a task's module with the mistake in it.

    Raises:
        BadEdit: the edited text does not stand in the function's code as often as the entry says.
    """
    name = misconception.where or task.reference.split(":")[1]
    code = _codes(source).get(name)
    if code is None:
        raise BadEdit(f"{task.name} / {misconception.name}: there is no {name} to edit")
    lines = source.splitlines(keepends=True)
    body = "".join(lines[code])
    old, new = misconception.edit
    if body.count(old) != misconception.times:
        raise BadEdit(
            f"{task.name} / {misconception.name}: {old!r} stands {body.count(old)} times in {name}, "
            f"not {misconception.times}"
        )
    return "".join([*lines[: code.start], body.replace(old, new), *lines[code.stop :]])


@lru_cache(maxsize=200)
def _codes(source: str) -> Mapping[str, slice]:
    """Name of each function and class → the lines of its code; of two of a name, the first."""
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name: _code(node) for node in reversed(nodes)}


def _code(node: ast.FunctionDef | ast.ClassDef) -> slice:
    """The lines of a definition after its docstring."""
    documented = ast.get_docstring(node) is not None
    return slice(node.body[0].end_lineno if documented else node.lineno - 1, node.end_lineno)
