"""Watches what a sandbox uses from outside, and kills it whole when it uses too much."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from time import monotonic

import psutil

from grader.marking.sandbox import MIB, Limits

INTERVAL = 0.1
"""Seconds between two looks."""


class Watchdog(threading.Thread):
    """Adds up memory, processes and threads of all processes below one, and kills that one past the limits.

    The one is the first process of the sandbox's own process namespace: the kernel kills all others with it.

    Attributes:
        deadline: when to kill it in any case, by `time.monotonic`; a flood of messages can keep everybody else busy.
        reason: why the sandbox was killed, in words; "" while it was not.
        peak: most bytes of resident memory seen.
    """

    def __init__(self, pid: int, limits: Limits) -> None:
        super().__init__(daemon=True)
        self.pid, self.limits = pid, limits
        self._handle = os.pidfd_open(pid)  # the number may belong to another process by the time of the kill
        self.reason, self.peak, self.deadline = "", 0, float("inf")
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(INTERVAL):
            try:
                self._look()
            except psutil.NoSuchProcess:
                return

    def stop(self) -> None:
        self._end.set()

    def close(self) -> None:
        """Stop, and let go of the process; nothing is killed afterwards."""
        self.stop()
        self.join()
        os.close(self._handle)

    def _look(self) -> None:
        inside = psutil.Process(self.pid).children(recursive=True)
        memory = tasks = 0
        for process in inside:
            with contextlib.suppress(psutil.Error):
                memory += process.memory_info().rss
                tasks += process.num_threads()
        self.peak = max(self.peak, memory)
        if memory > self.limits.memory:
            self.kill(f"it used more than {self.limits.memory // MIB} MiB of memory")
        elif tasks > self.limits.processes:
            self.kill(f"it started more than {self.limits.processes} processes and threads")
        elif monotonic() > self.deadline:
            self.kill(f"the notebook ran for more than {self.limits.notebook_seconds} seconds")

    def kill(self, reason: str) -> None:
        """Kill everything in the sandbox; the first reason given stays."""
        self.reason = self.reason or reason
        self._end.set()
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
