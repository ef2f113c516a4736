"""A process in which pages are computed, with limits of time and memory: what computes without end is ended.

Some of what a submission holds takes exponential or quadratic time to show: brackets that are left open in a formula,
nested elements, a hundred thousand blank lines. None of it can be interrupted from within (part of it is compiled), so
the process is killed, and it has noted at which cell it was. A process that ends well is kept for the next page.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import signal
import struct
import warnings
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import process_time
from typing import Any

from grader.checks.errors import GraderError
from grader.marking.sandbox.limits import MIB

CELL_SECONDS, PAGE_SECONDS = 4.0, 20.0
"""CPU time for one cell, and for a page; honest pages take a few tenths of a second."""
WALL_SECONDS = 300.0
MEMORY = 2048 * MIB
"""Address space beyond what the process begins with."""
STATM = Path("/proc/self/statm")
NO_CELL = -1
"""Stands for the page as a whole, before and after its cells."""

Work = Callable[..., dict[str, Any]]


class PageEnded(GraderError):
    """The page could not be finished: it used too much, and was ended, or it failed.

    Attributes:
        cell: the number of the cell that it was at, or `NO_CELL`.
    """

    def __init__(self, why: str, cell: int) -> None:
        super().__init__(why)
        self.cell = cell


TOO_MUCH = f"it took more than {CELL_SECONDS:g} s for a cell, {PAGE_SECONDS:g} s in all, or {MEMORY // MIB} MiB"


class PageProcess:
    """Calls a function in a forked process; its result is plain data, as JSON has it.

    Args:
        work: the function. It says with `at_cell` where it is.
    """

    def __init__(self, work: Work) -> None:
        self._work, self._place = work, mmap.mmap(-1, 8)
        self._process: BaseProcess | None = None
        self._link: Connection | None = None

    def call(self, *given: object) -> dict[str, Any]:
        """The result of ``work(*given)``.

        Raises:
            PageEnded: it used too much, or raised; the message says what.
        """
        link = self._link if self._link is not None and self._is_alive() else self._start()
        try:
            link.send(given)
            answer = json.loads(self._answer(link))
        except (EOFError, OSError):
            self.close()
            raise PageEnded(TOO_MUCH, self._cell) from None
        if "failed" in answer:
            raise PageEnded(answer["failed"], self._cell)
        found: dict[str, Any] = answer["made"]
        return found

    def close(self) -> None:
        """End the process."""
        if self._process is not None and self._link is not None:
            self._link.close()
            self._process.kill()
            self._process.join()
        self._process = self._link = None

    @property
    def _cell(self) -> int:
        cell: int = struct.unpack("q", self._place[:8])[0]
        return cell

    def _is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def _start(self) -> Connection:
        self.close()
        context = get_context("fork")  # everything is imported and set up: it starts in hundredths of a second
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(self._work, theirs, ours, self._place), daemon=True)
        with warnings.catch_warnings():  # from 3.12 on: about threads, whose locks this process does not touch
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        self._process, self._link = process, ours
        return ours

    def _answer(self, link: Connection) -> bytes:
        assert self._process is not None
        if link not in wait([link, self._process.sentinel]):
            raise EOFError
        return link.recv_bytes()


class _Clock:
    """Ends the process when the cell, or the page, has used up its time: the signals' own action is to kill."""

    def __init__(self, place: mmap.mmap) -> None:
        self._place, self._begin = place, 0.0

    def start(self) -> None:
        self._begin = process_time()
        signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
        self.at(NO_CELL)

    def at(self, cell: int) -> None:
        self._place[:8] = struct.pack("q", cell)
        left = PAGE_SECONDS - (process_time() - self._begin)
        signal.setitimer(signal.ITIMER_PROF, max(0.01, left if cell == NO_CELL else min(left, CELL_SECONDS)))

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


_clock: _Clock | None = None


def at_cell(number: int) -> None:
    """Say that the work has come to that cell: its time begins. Outside a `PageProcess` nothing happens."""
    if _clock is not None:
        _clock.at(number)


def _serve(work: Work, link: Connection, other: Connection, place: mmap.mmap) -> None:
    """In the process: one page after another, until the other side hangs up."""
    global _clock
    other.close()
    _set_limits()
    _clock = _Clock(place)
    while True:
        try:
            given = link.recv()
        except (EOFError, OSError):
            return
        _clock.start()
        answer = _answer(work, given)
        _clock.stop()
        link.send_bytes(answer)


def _answer(work: Work, given: tuple[object, ...]) -> bytes:
    try:
        return json.dumps({"made": work(*given)}).encode()
    except MemoryError:
        os._exit(1)
    except Exception as odd:  # whatever it is, one page must not keep the others from being made
        said = str(odd) if isinstance(odd, GraderError) else f"{odd!r:.300}"
        return json.dumps({"failed": said}).encode()


def _set_limits() -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other side, which then hangs up
    for number in (signal.SIGTERM, signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if STATM.exists():  # on Linux
        now = int(STATM.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
