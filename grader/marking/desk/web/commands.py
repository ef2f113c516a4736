"""A `grader` command as a process of its own: its lines as they come, its end, and a way to stop it.

One at a time: the commands of a course would wait for each other, or refuse each other, anyway. A command is stopped as
Ctrl-C stops it in a terminal: what is done is saved, and the same command goes on from there.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from time import monotonic

from grader.checks.errors import GraderError
from grader.checks.visible import visible
from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT

MOST_LINES = 5000
"""Lines that are kept of a command, the newest ones."""
LONGEST = 4000
"""Characters of a line."""
COLUMNS = "150"
"""How wide a command takes the page for."""
STOP_SECONDS = 20.0
"""So long a command may take to end; then it is ended."""


@dataclass
class Command:
    """One command that was started.

    Attributes:
        number: counts the commands of this desk, from 1.
        title: what it does, for a person.
        typed: what one would type for it.
        process: itself.
        exit: its exit code; None while it runs.
    """

    number: int
    title: str
    typed: str
    process: asyncio.subprocess.Process = field(repr=False)
    began: float = field(default_factory=monotonic)
    ended: float | None = None
    exit: int | None = None
    is_stopped: bool = False

    def __post_init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=MOST_LINES)
        self.count = 0
        self._reading: asyncio.Task[None] = asyncio.create_task(self._read())

    @property
    def runs(self) -> bool:
        """Is it not over yet?"""
        return self.exit is None

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return (self.ended or monotonic()) - self.began

    @property
    def kind(self) -> str:
        """By what the page colours it: "ended", "failed", or "" while it runs and where a person stopped it."""
        if self.runs or self.is_stopped:
            return ""
        return "ended" if self.exit == 0 else "failed"

    @property
    def state(self) -> str:
        """What has become of it, in a few words."""
        if self.runs:
            return "is being stopped" if self.is_stopped else "runs"
        if self.is_stopped:
            return "was stopped: what is done is saved"
        return "is done" if self.exit == 0 else f"ended with exit code {self.exit}: its last lines say why"

    def after(self, number: int) -> list[str]:
        """The lines that came after so many, as far as they are kept."""
        skipped = self.count - len(self.lines)
        return list(islice(self.lines, max(0, number - skipped), None))

    async def stop(self) -> None:
        """Interrupt it, as Ctrl-C does; end it and all that it started where it does not end."""
        if not self.runs:
            return
        self.is_stopped = True
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(asyncio.shield(self._reading), STOP_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            await self._reading

    async def over(self) -> int:
        """Wait for its end; returns the exit code."""
        await asyncio.shield(self._reading)
        assert self.exit is not None
        return self.exit

    async def _read(self) -> None:
        assert self.process.stdout is not None
        decoder, rest = codecs.getincrementaldecoder("utf-8")("replace"), ""
        while data := await self.process.stdout.read(1 << 16):
            *lines, rest = (rest + decoder.decode(data)).split("\n")
            self._keep(lines)
            rest = rest[-LONGEST:]
        self._keep([rest] if rest else [])
        self.exit = await self.process.wait()
        self.ended = monotonic()

    def _keep(self, lines: Sequence[str]) -> None:
        said = [visible(line.rstrip("\r")[:LONGEST]) for line in lines]
        if not self.count:
            said = list(dropwhile(lambda line: not line, said))  # the place of a bar that no terminal showed
        self.lines.extend(said)
        self.count += len(said)


class Commands:
    """The commands of a desk, of which one runs at a time.

    Args:
        course: on which they work.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._is_starting = False
        self.last: Command | None = None

    @property
    def running(self) -> Command | None:
        """The one that runs."""
        return self.last if self.last is not None and self.last.runs else None

    async def start(self, title: str, arguments: Sequence[str]) -> Command:
        """Start ``grader ARGUMENTS`` on the course.

        Raises:
            GraderError: another one runs.
        """
        if self._is_starting or (running := self.running) is not None:
            busy = "another command starts" if self._is_starting else f"“{running.title}” runs"  # type: ignore[union-attr]
            raise GraderError(f"{busy}: wait until it has ended, or stop it first")
        self._is_starting = True
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "grader.cli", *arguments),
                cwd=ROOT,
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the desk's terminal is the desk's
            )
        finally:
            self._is_starting = False
        number = self.last.number + 1 if self.last is not None else 1
        self.last = Command(number, title, "grader " + " ".join(arguments), process)
        return self.last

    def _environment(self) -> dict[str, str]:
        """This process's, for lines that no terminal shows."""
        mine = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "TTY_COMPATIBLE")}
        lines = {"COLUMNS": COLUMNS, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        return {**mine, **lines, **self._course.environment}

    async def close(self) -> list[str]:
        """Stop the one that runs; returns its title, if there is one."""
        running = self.running
        if running is None:
            return []
        await running.stop()
        return [running.title]
