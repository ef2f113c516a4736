"""What the stand-ins of a second pass may ask, and how much of it. Nothing that a kernel says is trusted.

A question is passed on to whoever answers, who holds the references. Here is decided whether it may be: only in the
cell of a later task's check, only for the tasks that this one builds on, within `QUESTIONS`, `BYTES` and `SECONDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, Protocol

QUESTIONS = 20_000
"""Most questions of a pass, and calls of functions that were arguments."""
LARGEST = 2**20
"""Bytes of the largest question."""
BYTES = 64 * 2**20
"""Most bytes of all questions of a pass."""
SECONDS = 60.0
"""Most seconds in which all questions of a pass are answered; a busy machine needs more than the computing itself."""


class NoAnswer(Exception):
    """Whoever answers does so no more; the message says why."""


class Answering(Protocol):
    """Whoever answers the questions of one pass."""

    def answer(self, question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """The answer, as `grader.inside.stand_ins` reads it.

        Raises:
            NoAnswer: there is none within these seconds, nor later.
        """


@dataclass(frozen=True)
class SecondPass:
    """What may be asked in a second pass.

    Attributes:
        names: task → what its function is called in the notebook.
        earlier: index of a check's cell → the tasks whose results it may ask for.
        answering: opens a conversation with whoever answers.
    """

    names: Mapping[str, str]
    earlier: Mapping[int, tuple[str, ...]]
    answering: Callable[[], AbstractContextManager[Answering]]


class Questions:
    """The questions of one pass; to be used in a ``with`` statement. Without a second pass there are none.

    Attributes:
        asked: index of a cell → the tasks whose results it got.
        refused: why a question was not answered, the first time.
    """

    def __init__(self, second: SecondPass | None) -> None:
        self.second, self.asked, self.refused = second, dict[int, tuple[str, ...]](), ""
        self._cell, self._task = -1, ""
        self._count, self._bytes, self._seconds = 0, 0, 0.0
        self._stack = ExitStack()
        self._answering: Answering | None = None

    @property
    def stand_ins(self) -> Mapping[str, str]:
        """The names of the functions that get a stand-in."""
        return {} if self.second is None else self.second.names

    def begin(self, cell: int) -> tuple[str, ...]:
        """From now on that cell asks; returns the tasks for which it may."""
        self._cell = cell
        return () if self.second is None else self.second.earlier.get(cell, ())

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question, or that there is none, and why.

        Raises:
            ValueError: the message is no question.
        """
        question = message["content"]
        if self.second is None or not isinstance(question, dict):
            raise ValueError("no question")
        self._count, self._bytes = self._count + 1, self._bytes + message["size"]
        self._task = str(question.get("task", self._task))  # without a task: what a function returned meanwhile
        if why_not := self._why_not(self.second, message["size"]):
            return self._refuse(why_not)
        begin = monotonic()
        try:
            answer = self._pass_on(question)
        except NoAnswer as end:
            self._count = QUESTIONS  # so no other is passed on
            return self._refuse(str(end))
        finally:
            self._seconds += monotonic() - begin
        if "answer" in answer:
            self.asked[self._cell] = tuple(dict.fromkeys((*self.asked.get(self._cell, ()), self._task)))
        return answer

    def _why_not(self, second: SecondPass, size: int) -> str:
        """Why a question is not passed on, or ""."""
        if self._task not in second.earlier.get(self._cell, ()):
            return "no result of that exercise can be had here"
        if size > LARGEST:
            return f"a question of {size} bytes; at most {LARGEST} are read"
        if self._count > QUESTIONS or self._bytes > BYTES or self._seconds > SECONDS:
            return "too much was asked"
        return ""

    def _pass_on(self, question: Mapping[str, Any]) -> dict[str, Any]:
        if self._answering is None:
            raise NoAnswer("nobody answers")
        return self._answering.answer(question, SECONDS - self._seconds)

    def _refuse(self, why: str) -> dict[str, Any]:
        self.refused = self.refused or why
        return {"error": why}

    def __enter__(self) -> Questions:
        if self.second is not None:  # before any cell runs, as starting whoever answers may take seconds
            self._answering = self._stack.enter_context(self.second.answering())
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._stack.close()
