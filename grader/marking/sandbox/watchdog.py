"""Watches from outside what a kernel and its processes use, and kills them all when they use too much."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil

from grader.marking.sandbox.limits import MIB, Limits

INTERVAL = 0.1
"""Seconds between two measurements."""
PAGE = os.sysconf("SC_PAGE_SIZE")
LISTED = Path("/proc/thread-self/children").exists()
"""Does the system list a process's children? Where it does not, psutil looks through all processes."""


class Watchdog(threading.Thread):
    """Adds up memory, processes and threads of all descendants of a process, and kills that process past the limits.

    It is the first process (PID 1) of its own PID namespace: when it dies, Linux kills all others in there.

    Attributes:
        reason: why it was killed, in words; "" while it was not.
        peak: most bytes of resident memory seen.
    """

    def __init__(self, pid: int, limits: Limits) -> None:
        super().__init__(daemon=True)
        self.pid, self.limits = pid, limits
        self._handle = os.pidfd_open(pid)  # by the time of the kill the number may belong to another process
        self.reason, self.peak = "", 0
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(INTERVAL):
            self.look()

    def look(self) -> None:
        """Measure once, and kill past the limits."""
        memory = tasks = 0
        for pid in _descendants(self.pid):
            with contextlib.suppress(OSError, ValueError, IndexError):
                memory += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
                tasks += len(os.listdir(f"/proc/{pid}/task"))
        self.peak = max(self.peak, memory)
        if memory > self.limits.memory:
            self.kill(f"it used more than {self.limits.memory // MIB} MiB of memory")
        elif tasks > self.limits.processes:
            self.kill(f"it started more than {self.limits.processes} processes and threads")

    def interrupt(self) -> None:
        """Send SIGINT, as Ctrl-C does, to the kernel alone."""
        with contextlib.suppress(OSError, StopIteration):
            os.kill(next(_children(self.pid)), signal.SIGINT)

    def kill(self, reason: str) -> None:
        """Kill all the processes; the first reason given stays."""
        self.reason = self.reason or reason
        self._end.set()
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def close(self) -> None:
        """Stop watching; nothing is killed afterwards."""
        self._end.set()
        if self.is_alive():
            self.join()
        os.close(self._handle)


def _children(pid: int) -> Iterator[int]:
    """The process ids of a process's children, oldest first."""
    if not LISTED:
        with contextlib.suppress(psutil.Error):
            yield from (child.pid for child in psutil.Process(pid).children())
        return
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                yield from map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())


def _descendants(pid: int) -> Iterator[int]:
    """The process ids of all descendants of a process."""
    for child in _children(pid):
        yield child
        yield from _descendants(child)
