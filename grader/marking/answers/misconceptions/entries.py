"""An entry of the bank, and the reference solution with that mistake in it."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from grader.checks.answers import Answer, collect
from grader.checks.errors import GraderError
from grader.checks.task import Case, Task, find_task
from grader.marking.answers.misconceptions.rest_right import CALLS_REST_RIGHT


@dataclass(frozen=True)
class Misconception:
    """One mistake, as an edit of the reference solution.

    Attributes:
        task: name of the task whose answers it spoils.
        name: a few words, unique within the task.
        edit: what stands in the reference's code, and what the mistake puts there; both in one line.
        says: what the student is told; helps without giving the answer away.
        where: name of the edited function or class, if not the task's own: the mistake was made in an earlier task.
        times: how often the edited text stands there; all of them are edited.
    """

    task: str
    name: str
    edit: tuple[str, str]
    says: str
    where: str = ""
    times: int = 1

    @property
    def calls_rest_right(self) -> bool:
        """Does the sentence call the rest of the answer right? Then it is false where other outputs are wrong."""
        return self.name in CALLS_REST_RIGHT.get(self.task, ())


class BadEdit(GraderError):
    """A misconception whose edit does not fit the reference solution's source."""


def bank(task: Task) -> tuple[Misconception, ...]:
    """The misconceptions known for a task."""
    lesson = importlib.import_module(f"grader.marking.answers.misconceptions.{task.module}")
    return tuple(entry for entry in lesson.BANK if entry.task == task.name)


def outputs_of(misconception: Misconception, task: Task, case: Case, seed: int) -> Answer:
    """What a student with that mistake would have answered in a case."""
    with np.errstate(all="ignore"):
        return collect(task, mistaken(misconception), case, seed)


@cache
def mistaken(misconception: Misconception) -> Callable:
    """The reference solution with the mistake in it: a fresh function or class of its own module.

    Raises:
        BadEdit: the edited text does not stand in the function's code as often as the entry says.
    """
    return _with(misconception)


def with_both(one: Misconception, other: Misconception) -> Callable:
    """The reference solution of a task with two of its mistakes at once.

    Raises:
        BadEdit: the second edit does not fit any more once the first is made.
    """
    return _with(one, other)


def _with(*misconceptions: Misconception) -> Callable:
    module, name = find_task(misconceptions[0].task).reference.split(":")
    source = inspect.getsource(importlib.import_module(module))
    for misconception in misconceptions:
        source = _edited(source, misconception, misconception.where or name)
    what = " and ".join(misconception.name for misconception in misconceptions)
    namespace = {"__name__": f"{module} with {what}"}
    exec(compile(source, f"<{misconceptions[0].task}: {what}>", "exec"), namespace)
    return namespace[name]


def _edited(source: str, misconception: Misconception, name: str) -> str:
    found = [node for node in ast.parse(source).body if getattr(node, "name", None) == name]
    if not found:
        raise BadEdit(f"{misconception.task} / {misconception.name}: there is no {name} to edit")
    lines = source.splitlines(keepends=True)
    first, last = _code(found[0])
    body = "".join(lines[first:last])
    old, new = misconception.edit
    if body.count(old) != misconception.times:
        raise BadEdit(
            f"{misconception.task} / {misconception.name}: {old!r} stands {body.count(old)} times in {name}, "
            f"not {misconception.times}"
        )
    return "".join([*lines[:first], body.replace(old, new), *lines[last:]])


def _code(node: ast.FunctionDef | ast.ClassDef) -> tuple[int, int]:
    """The lines of a definition after its docstring, as the bounds of a slice."""
    documented = ast.get_docstring(node) is not None
    return (node.body[0].end_lineno if documented else node.lineno - 1), node.end_lineno
