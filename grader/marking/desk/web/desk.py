"""What all of the desk's handlers share."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ParamSpec, TypeVar

from jinja2 import Environment

from grader.marking.course.course import Course
from grader.marking.desk.web.commands import Commands
from grader.marking.desk.web.figures import Figures
from grader.marking.desk.web.templating import templates

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Desk:
    """A desk: one course, one address.

    Attributes:
        course: the course.
        port: where it listens.
        token: opens it: part of the first address, a cookie afterwards.
        commands: the `grader` commands that its buttons start.
        figures: the class's.
        at_end: called in the worker thread when the desk closes.
    """

    course: Course
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    commands: Commands = field(init=False)
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        self.commands, self.figures = Commands(self.course), Figures(self)
        self.at_end: list[Callable[[], object]] = []
        self._worker, self._looker = ThreadPoolExecutor(1, "desk"), ThreadPoolExecutor(1, "look")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which a browser on this machine may call it: any other is another site's trick."""
        return tuple(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost"))

    @property
    def address(self) -> str:
        """The address, without the token."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def first_address(self) -> str:
        """The address that opens it."""
        return f"{self.address}?token={self.token}"

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers do not tell ports of one host apart."""
        return f"rnn-desk-{self.port}"

    @property
    def xsrf_cookie(self) -> str:
        """The name of the cookie that every form repeats; Jupyter's on another port is called otherwise."""
        return f"rnn-desk-xsrf-{self.port}"

    def opens(self, given: str | None) -> bool:
        """Is that the token?"""
        return given is not None and hmac.compare_digest(given.encode(), self.token.encode())

    @cached_property
    def templates(self) -> Environment:
        """The pages' templates."""
        return templates()

    async def aside(self, work: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
        """``work(*args, **kw)``, beside the server in its one worker thread: what reads a gradebook goes there."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, lambda: work(*args, **kw))

    async def look(self, work: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
        """The same for what takes a moment only, and does not wait for the worker."""
        return await asyncio.get_running_loop().run_in_executor(self._looker, lambda: work(*args, **kw))

    async def close(self) -> list[str]:
        """Stop what runs; returns what was stopped, in words."""
        stopped = await self.commands.close()
        for each in self.at_end:
            await self.aside(each)
        for pool in (self._worker, self._looker):
            pool.shutdown(wait=True, cancel_futures=True)
        return stopped


def desk_of(settings: dict[str, Any]) -> Desk:
    """The desk in an application's settings."""
    desk = settings["desk"]
    assert isinstance(desk, Desk)
    return desk
