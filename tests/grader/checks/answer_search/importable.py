"""All that a cell can import of this project, and call: functions, methods, classes, and what tables of theirs hold."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import FunctionType, ModuleType
from typing import Any

PACKAGES = ("grader.checks", "grader.inside", "solutions.toolbox")
PROCESSES = (
    *(f"grader.inside.{name}" for name in ("fork_server", "kernel", "namespaces", "wire")),
    "grader.checks.time_limit",
)
"""They fork, mount, send bytes, stop threads: to call them with arrays would end the test, and they compute nothing."""
NOT_THERE = ("grader.checks.recognise",)
"""What kernels lack while submissions are marked: see `grader.marking.sandbox.bubblewrap.NOT_NEEDED`."""
DRAWING = {"axes", "canvas", "draw_cell", "plots", "plt", "LogNorm", "FigureCanvasAgg"}
"""Names of what draws: a picture's function shows numbers that it is given, and takes long."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """Something to call.

    Attributes:
        label: where it is: "solutions.toolbox.nets.activations.sigmoid".
        call: itself.
        wants_self: is it a method, without an object?
    """

    label: str
    call: Callable[..., Any]
    wants_self: bool = False

    @property
    def is_class(self) -> bool:
        return isinstance(self.call, type)

    @property
    def knows_torch(self) -> bool:
        """Does its module import PyTorch?"""
        own = inspect.unwrap(self.call)
        names = getattr(own, "__globals__", None) or vars(
            sys.modules.get(getattr(own, "__module__", ""), ModuleType(""))
        )
        return "torch" in names

    @property
    def draws(self) -> bool:
        """Is it one of a picture's functions that draw?"""
        code = getattr(inspect.unwrap(self.call), "__code__", None)
        if "picture" not in self.label or code is None:
            return False
        return bool(DRAWING & {*code.co_names}) or "ax" in code.co_varnames[: code.co_argcount]


def modules(packages: tuple[str, ...] = PACKAGES) -> list[ModuleType]:
    """The packages' modules, all imported, but for `PROCESSES` and what is `NOT_THERE`."""
    found = [importlib.import_module(name) for name in packages]
    for package in list(found):
        inside = pkgutil.walk_packages(getattr(package, "__path__", ()), f"{package.__name__}.")
        found += [
            importlib.import_module(each.name) for each in inside if not each.name.startswith((*PROCESSES, *NOT_THERE))
        ]
    return found


def candidates(packages: tuple[str, ...] = PACKAGES) -> list[Candidate]:
    """What the packages' modules define, each once."""
    found = {}
    for module in modules(packages):
        for name, value in vars(module).items():
            if not name.startswith("__") and not isinstance(value, ModuleType):
                for candidate in _of(f"{module.__name__}.{name}", value, module.__name__):
                    found.setdefault(id(candidate.call), candidate)
    return [each for each in found.values() if not each.draws]


def _of(label: str, value: Any, module: str) -> Iterator[Candidate]:
    if not callable(value):
        yield from (Candidate(where, call) for where, call in _held(label, value))
    elif getattr(value, "__module__", None) == module:
        if not _only_holds(value):
            yield Candidate(label, value)
        if isinstance(value, type):
            yield from _methods(label, value)


def _only_holds(value: Any) -> bool:
    """Is it a class that only keeps what it is given?"""
    return isinstance(value, type) and (
        issubclass(value, BaseException) or (is_dataclass(value) and not hasattr(value, "__post_init__"))
    )


def _methods(label: str, owner: type) -> Iterator[Candidate]:
    for name, value in vars(owner).items():
        if isinstance(value, (staticmethod, classmethod)):
            yield Candidate(f"{label}.{name}", getattr(owner, name))
        method = getattr(value, "fget", getattr(value, "func", value))
        if isinstance(method, FunctionType) and (not name.startswith("__") or name == "__call__"):
            yield Candidate(f"{label}.{name}", method, wants_self=True)


def _held(label: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Callable[..., Any]]]:
    """What can be called in a table: in dicts, tuples, lists, partials and records in each other."""
    if depth > 5:
        return
    parts: Mapping[Any, Any] = {}
    if isinstance(value, dict):
        parts = value
    elif isinstance(value, (list, tuple)):
        parts = dict(enumerate(value))
    elif is_dataclass(value):
        parts = vars(value)
    for name, part in parts.items():
        if isinstance(part, (FunctionType, functools.partial)):
            yield f"{label}[{name}]", part
        else:
            yield from _held(f"{label}[{name}]", part, depth + 1)
