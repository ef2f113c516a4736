"""Trusted processes beside the coordinator: they judge what was run, and write the marked notebook's text.

References, comparison, the naming of mistakes and the reports are most of the work of marking, and none of it needs the
gradebook. No line of a student's code runs here.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress

from grader.checks.device import picks_gpu
from grader.marking.autograde.marker import Judged, Marker, Part
from grader.marking.sandbox.job import Result
from grader.marking.sandbox.stage_times import timed

ORPHANED_SECONDS = 1.0
"""How often a process looks whether the coordinator is still there."""
_marker: Marker | None = None
"""In such a process: judges as the coordinator's would."""


class Judges:
    """So many processes that judge side by side; none where one submission at a time is judged: this one does it then.

    Args:
        make_marker: makes the run's marker; called in each process.
        count: how many processes.

    They are forked, which takes no time, and inherit what is imported. CUDA does not survive that: where the references
    are computed on a GPU, they are started anew. PyTorch, which they alone need, each imports itself, while the first
    notebooks are run.
    """

    def __init__(self, make_marker: Callable[[], Marker], count: int) -> None:
        self._make, self._pool = make_marker, None
        if count > 1:
            how = "spawn" if picks_gpu() else "fork"
            self._pool = ProcessPoolExecutor(
                count, multiprocessing.get_context(how), _begin, (make_marker, os.getpid())
            )
        self._own: Marker | None = None
        self._expected = False

    def expect(self) -> None:
        """Something will come to be judged, while a notebook is sanitised and run: get ready meanwhile."""
        if self._expected:
            return
        self._expected = True
        if self._pool is not None:
            self._pool.submit(int)  # forks, while this process has few threads
        else:
            threading.Thread(target=importlib.import_module, args=("torch",), daemon=True).start()

    def submit(self, part: Part, result: Result) -> Future[Judged]:
        """A future with what `Marker.judge` makes of a notebook that was run, or with its exception."""
        if self._pool is not None:
            with suppress(BrokenExecutor):
                return self._pool.submit(_judge, part, result)
        done: Future[Judged] = Future()
        try:
            done.set_result(self.here(part, result))
        except Exception as failure:
            done.set_exception(failure)
        return done

    def here(self, part: Part, result: Result) -> Judged:
        """The same in this process, as where those of the pool were killed."""
        self._own = self._own or self._make()
        return _judged(self._own, part, result)

    def close(self) -> None:
        """End the processes, and what they still do."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _begin(make_marker: Callable[[], Marker], coordinator: int) -> None:
    """Make such a process ready: Ctrl-C ends the coordinator, and its end ends this one."""
    global _marker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(coordinator,), daemon=True).start()
    _marker = make_marker()
    importlib.import_module("torch")
    gc.freeze()  # what is imported stays: the garbage collector need not scan it again


def _end_with(coordinator: int) -> None:
    while os.getppid() == coordinator:
        time.sleep(ORPHANED_SECONDS)
    os._exit(1)


def _judge(part: Part, result: Result) -> Judged:
    assert _marker is not None
    return _judged(_marker, part, result)


def _judged(marker: Marker, part: Part, result: Result) -> Judged:
    with timed() as stages:
        judged = marker.judge(part, result)
    judged.stages = stages
    return judged
