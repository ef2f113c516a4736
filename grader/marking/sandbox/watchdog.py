"""Watches from outside what a kernel and its processes use, and kills them all when they use too much."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic, thread_time

import psutil

from grader.marking.sandbox.limits import MIB, Limits

INTERVAL = 0.1
"""Seconds between two measurements."""
TICKS = os.sysconf("SC_CLK_TCK")
FRESH = 0.02
"""Seconds for which it holds how long a kernel has waited and computed: most cells end sooner."""
EFFORT = 4
"""Where a measurement takes long, as many times as long passes before the next one."""
BUSY = 3
"""Where more tasks run than these, what each process has in memory counts whole: they may multiply meanwhile."""
FEW = 2
"""Tasks of a kernel that need not share a processor among themselves before others."""
LARGEST_SOCKET = 2 * int(Path("/proc/sys/net/core/wmem_default").read_text())
"""Bytes that wait in a socket at most: its buffer, which no kernel may enlarge, and one more message."""
LISTED = Path("/proc/thread-self/children").exists()
"""Does the system list a process's children? Where it does not, psutil looks through all processes."""


@dataclass
class Use:
    """What one process uses, from its files in /proc.

    Attributes:
        memory: bytes in memory or swapped out; what it shares with others counts whole.
        tables: bytes of its page tables.
        tasks: its threads.
    """

    memory: int
    tables: int
    tasks: int

    @classmethod
    def of(cls, pid: int) -> Use:
        """Measure a process.

        Raises:
            OSError, KeyError, ValueError: it has ended.
        """
        lines = dict(line.split(":", 1) for line in _text(f"/proc/{pid}/status").splitlines())
        memory, swapped, tables = (_kibibytes(lines.get(name, "0 kB")) for name in ("VmRSS", "VmSwap", "VmPTE"))
        return cls(memory + swapped, tables, int(lines["Threads"]))


class Watchdog(threading.Thread):
    """Adds up memory, processes and threads of all descendants of a process, and kills that process past the limits.

    It is the first process (PID 1) of its own PID namespace: when it dies, Linux kills all others in there. Kernels
    share the processors by their niceness: each process of one that has many running gets so much less.

    Attributes:
        reason: why it was killed, in words; "" while it was not.
        peak: most bytes of memory seen.
    """

    def __init__(self, pid: int, limits: Limits) -> None:
        super().__init__(daemon=True)
        self.pid, self.limits = pid, limits
        self._handle = os.pidfd_open(pid)  # by the time of the kill the number may belong to another process
        self.reason, self.peak = "", 0
        self._niced: dict[str, int] = {}
        self._end, self._nice, self._waited, self._computed = threading.Event(), 0, 0.0, 0.0
        self._ran, self._read_at = 0.0, float("-inf")

    def run(self) -> None:
        pause = INTERVAL
        while not self._end.wait(pause):
            begin = thread_time()
            self.look()
            pause = max(INTERVAL, EFFORT * (thread_time() - begin))

    def look(self) -> None:
        """Measure once, share the processors, and kill past the limits."""
        uses: dict[int, Use] = {}
        tasks = 0
        for pid in self._processes():
            with contextlib.suppress(OSError, ValueError, KeyError):
                uses[pid] = Use.of(pid)
                tasks += uses[pid].tasks
        if tasks > self.limits.processes:
            self.kill(f"it started more than {self.limits.processes} processes and threads")
            return
        memory = self._memory(uses)
        self.peak = max(self.peak, memory)
        if memory > self.limits.memory:
            self.kill(f"it used more than {self.limits.memory // MIB} MiB of memory")
        elif tasks > FEW:
            self._share(uses)

    def _processes(self) -> list[int]:
        """Its processes, and no more of them than make it end: some multiply faster than they can be looked at."""
        return list(islice(_descendants(self.pid), self.limits.processes + 1))

    def _memory(self, uses: Mapping[int, Use]) -> int:
        """Bytes of memory of these processes; what they share is divided among them only where it makes a limit."""
        kept = sum(use.tables for use in uses.values()) + _sockets(next(iter(uses), 0)) * LARGEST_SOCKET
        memory = kept + sum(use.memory for use in uses.values())
        busy = sum(1 for pid in uses for _ in _running(pid)) > BUSY
        if memory <= self.limits.memory or busy:
            return memory
        return kept + sum(_proportional(pid, use.memory) for pid, use in uses.items())

    def _share(self, pids: Iterable[int]) -> None:
        """Let all that runs of this kernel together get about as much of the processors as one process does."""
        running = [task for pid in pids for task in _running(pid)]
        self._nice = max(self._nice, min(19, round(math.log(max(1, len(running)), 1.25))))  # only root could go back
        for task in running:
            if self._niced.get(task) != self._nice:
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, int(os.path.basename(task)), self._nice)
                    # sessions share first, with autogroups (man 7 sched), of which users set ten in a second
                    Path(task).parents[1].joinpath("autogroup").write_text(str(self._nice))
                    self._niced[task] = self._nice

    def waited(self) -> float:
        """Seconds in which the kernel would have run, had there been a processor for it; 0 where nobody counts them."""
        self._read_again()
        return self._waited

    def computed(self) -> float:
        """Seconds of processors' time that all processes have used; never less than before."""
        self._read_again()
        return self._computed

    def _read_again(self) -> None:
        """Read how long it has waited and computed, unless that was read just now."""
        if monotonic() - self._read_at < FRESH:
            return
        with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):
            line = _text(f"/proc/{next(_children(self.pid))}/schedstat")
            self._waited = max(self._waited, int(line.split()[1]) / 1e9)
        seconds = sum(_computed(pid) for pid in (self.pid, *self._processes()))
        self._computed, self._read_at = max(self._computed, seconds), monotonic()

    def ran(self) -> float:
        """The same to the microsecond, where its processes have one thread each and wait."""
        there = sum(_ran(pid) for pid in (self.pid, *self._processes()))
        self._ran = max(self._ran, there, self.computed())
        return self._ran

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


def not_measured() -> list[str]:
    """What this system does not tell of a kernel, and so does not limit as it should."""
    told = {
        "how long it waits for a processor (/proc/self/schedstat)": Path("/proc/self/schedstat").exists(),
        "which memory its processes share (/proc/self/smaps_rollup)": Path("/proc/self/smaps_rollup").exists(),
        "the number of its sockets (/proc/self/net/sockstat)": Path("/proc/self/net/sockstat").exists(),
    }
    return [what for what, there in told.items() if not there]


def _text(path: str) -> str:
    """What a file in /proc says: `Path.read_text` takes three times as long, and cells are many.

    Raises:
        OSError: it is not there, as the process has ended.
    """
    with open(path, "rb", buffering=0) as file:
        return file.read().decode(errors="replace")


def _kibibytes(text: str) -> int:
    """Bytes, from the form "12 kB"."""
    return int(text.split()[0]) * 1024


def _sockets(pid: int) -> int:
    """How many sockets there are in a process's network namespace, in whose hands they may be."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(_text(f"/proc/{pid}/net/sockstat").split("\n", 1)[0].split()[2])
    return 0


def _proportional(pid: int, otherwise: int) -> int:
    """Bytes of memory of a process, where pages of several processes count in part for each; or the other number."""
    with contextlib.suppress(OSError, ValueError):
        lines = _text(f"/proc/{pid}/smaps_rollup").splitlines()
        return sum(_kibibytes(line.split(":", 1)[1]) for line in lines if line.startswith(("Pss:", "SwapPss:")))
    return otherwise


def _computed(pid: int) -> float:
    """Seconds of processors' time that a process has used, and those of its children that it has seen end."""
    with contextlib.suppress(OSError, ValueError):
        return sum(map(int, _text(f"/proc/{pid}/stat").rpartition(") ")[2].split()[11:15])) / TICKS
    return 0.0


def _ran(pid: int) -> float:
    """Seconds of processors' time that a process's first thread has used."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(_text(f"/proc/{pid}/schedstat").split()[0]) / 1e9
    return 0.0


def _running(pid: int) -> Iterator[str]:
    """The folders in /proc of a process's threads that run, or wait for a processor."""
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                if _text(f"/proc/{pid}/task/{task}/stat").rpartition(") ")[2].startswith("R"):
                    yield f"/proc/{pid}/task/{task}"


def _children(pid: int) -> Iterator[int]:
    """The process ids of a process's children, oldest first."""
    if not LISTED:
        with contextlib.suppress(psutil.Error):
            yield from (child.pid for child in psutil.Process(pid).children())
        return
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                yield from map(int, _text(f"/proc/{pid}/task/{task}/children").split())


def _descendants(pid: int) -> Iterator[int]:
    """The process ids of all descendants of a process."""
    for child in _children(pid):
        yield child
        yield from _descendants(child)
