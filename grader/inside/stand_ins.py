"""Stand-ins for answers to earlier exercises, in the second pass of follow-through marking.

A stand-in calls the student's own function, as if it were that, until the cell of a later exercise's check runs. Then
it asks the trusted side for the result, over the kernel's connection: plain values go out, plain values come back. What
may be asked for, and when, is decided there; nothing in here knows an answer.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from grader.inside import values

Ask = Callable[[dict[str, Any], Callable[[dict[str, Any]], dict[str, Any]]], dict[str, Any]]
"""``ask(question, call)``: the answer; ``call`` is what the other side may have called meanwhile."""


class StandIns:
    """The stand-ins of a kernel.

    Args:
        names: task → what its function is called in the notebook.
        ask: asks the trusted side.
    """

    def __init__(self, names: Mapping[str, str], ask: Ask) -> None:
        self.names, self._ask = names, ask
        self.open: tuple[str, ...] = ()
        """The tasks whose stand-ins ask; the others call the student's own."""

    def put(self, namespace: MutableMapping[str, Any]) -> None:
        """Put a stand-in over every function of these names, and where there is none. Classes and values stay."""
        for task, name in self.names.items():
            own = namespace.get(name)
            if own is None or (callable(own) and not isinstance(own, (type, StandIn))):
                namespace[name] = StandIn(self, task, name, own)

    def ask(self, task: str, own: Callable[..., Any] | None, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The reference's result of a task for these arguments.

        Raises:
            RuntimeError: the other side gives none; the message says why.
        """
        functions: list[Callable[..., Any]] = []
        count, given, named = by_position(own, given, named)
        question = {
            "task": task,
            "given": values.pack(given, functions),
            "named": values.pack(named, functions),
            "count": count,
        }
        answer = self._ask(question, lambda asked: _call(functions, asked))
        if "answer" not in answer:
            raise RuntimeError(f"{self.names[task]} has no result here: {answer.get('error')}")
        return values.unpack(answer["answer"])


class StandIn:
    """One function's stand-in. Whatever else is asked of it, the student's own function answers."""

    def __init__(self, all_of_them: StandIns, task: str, name: str, own: Callable[..., Any] | None) -> None:
        self._all, self._task, self._name, self._own = all_of_them, task, name, own

    def __call__(self, *given: Any, **named: Any) -> Any:
        if self._task in self._all.open:
            return self._all.ask(self._task, self._own, given, named)
        if self._own is None:
            raise NameError(f"name {self._name!r} is not defined")
        return self._own(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__.get("_own"), name)


def by_position(
    own: Callable[..., Any] | None, given: tuple[Any, ...], named: dict[str, Any]
) -> tuple[int, tuple[Any, ...], dict[str, Any]]:
    """Arguments as the student's function takes them, by position, since its names are the student's.

    Returns:
        how many the call gave; these, and the defaults of the others; what has no position, by name.
    """
    try:
        bound = inspect.signature(own).bind(*given, **named)  # type: ignore[arg-type]  # None: a TypeError, see below
    except (TypeError, ValueError):
        return len(given), given, named
    count = len(bound.args)
    bound.apply_defaults()
    return count, bound.args, {name: value for name, value in bound.kwargs.items() if name in named}


def _call(functions: list[Callable[..., Any]], asked: dict[str, Any]) -> dict[str, Any]:
    """Call one of the functions that were arguments, as the reference wants it: what it returned, or that it failed."""
    try:
        return {"returned": values.pack(functions[asked["call"]](*values.unpack(asked["given"])))}
    except Exception as failure:  # the student's code: anything may come
        return {"failed": type(failure).__name__}
