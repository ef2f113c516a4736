"""A limit of time for the student's code: a check comes to an end, whatever the code does.

What counts is the time for which the thread that runs the code has computed, so that a machine that is busy with other
things stops no answer that would end; code that only waits is stopped by the clock, after `WAITING` times the limit.
In the main thread of Linux and macOS a signal stops it. Elsewhere, as on Windows, another thread does, by the clock
where the time of computing cannot be read.

What catches the exception with a bare ``except:`` gets another at its next line. One call of compiled code that does
not come back, such as ``sum(itertools.count())``, cannot be stopped from Python: *Kernel → Restart Kernel* is left.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from grader.checks.errors import BadCall
from grader.checks.failure import is_students_code

VARIABLE = "RNN_WORKBOOK_CHECK_SECONDS"
"""Environment variable with the limit of every check, where it has none of its own; 0 for none."""
SECONDS = 10.0
"""The limit, where nobody asks for another. Right answers take less than a tenth of it, also on a slow machine."""
WAITING = 6
"""After so many times the limit, by the clock, code is stopped that has computed less."""
EVERY = 0.1
"""Seconds until what went on is stopped again."""

Result = TypeVar("Result")


class TookTooLong(BaseException):
    """The student's code has had its time. ``except Exception`` does not catch it.

    The first one lets ``with`` and ``finally`` tidy up. When it was caught and forgotten, or a second one is raised,
    each line of the student's that still runs raises it anew.
    """

    def __init__(self) -> None:
        super().__init__()
        if (late := _late(sys._getframe())) and late[0].stopped():
            _stop_at_next_line(late[1])

    def __del__(self) -> None:
        if late := _late(sys._getframe()):
            _stop_at_next_line(late[1])


def seconds_asked(seconds: float | None = None) -> float:
    """The limit of a check: its own, otherwise the environment's, otherwise `SECONDS`; 0 for none.

    Raises:
        BadCall: it is not a number, or less than 0.
    """
    asked = os.environ.get(VARIABLE) or SECONDS if seconds is None else seconds
    try:
        limit = float(asked)
    except (TypeError, ValueError):
        limit = -1.0
    if not 0 <= limit < threading.TIMEOUT_MAX:
        raise BadCall(f"a limit of time is a number of seconds, or 0 for none; this is {asked!r:.80}")
    return limit


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What ``work()`` returns.

    Args:
        seconds: the limit; 0 for none.
        work: calls the student's code.

    Raises:
        TookTooLong: it had not come to an end.
    """
    if not seconds:
        return work()
    in_main = threading.current_thread() is threading.main_thread()
    by_signal = in_main and hasattr(signal, "setitimer")
    limit = _Limit(seconds, time.thread_time if by_signal else _time_of(threading.get_ident()))
    traced = sys.gettrace()
    try:
        with _stopped_by_signal(seconds) if by_signal else _stopped_by_thread():
            return _inside(work, limit)
    finally:
        sys.settrace(traced)


def _inside(work: Callable[[], Result], limit: _Limit) -> Result:
    """What is called from here is stopped; what comes after it, such as tidying up, never is."""
    return work()


class _Limit:
    """The time that a run has, of computing and of waiting."""

    def __init__(self, seconds: float, computed: Callable[[], float]) -> None:
        self._seconds, self._computed = seconds, computed
        self._begun, self._begun_by_the_clock = computed(), time.monotonic()
        self._stopped = False

    def is_over(self) -> bool:
        waited = time.monotonic() - self._begun_by_the_clock
        return self._computed() - self._begun >= self._seconds or waited >= WAITING * self._seconds

    def stopped(self) -> bool:
        """Whether it has been stopped before; from now on it has."""
        before, self._stopped = self._stopped, True
        return before


def _late(frame: FrameType | None) -> tuple[_Limit, list[FrameType]] | None:
    """The limit of what runs in that frame, where it is over, and the frames of the student's, innermost first."""
    frames: list[FrameType] = []
    while frame is not None:
        if frame.f_code is _inside.__code__:
            limit = frame.f_locals["limit"]
            return (limit, frames) if limit.is_over() else None
        if is_students_code(frame.f_code):
            frames.append(frame)
        frame = frame.f_back
    return None


def _stop_at_next_line(frames: list[FrameType]) -> None:
    """Have each line of these raise, and of what they call. (Python forgets this whenever one has.)"""
    for frame in frames:
        frame.f_trace = _raise
    sys.settrace(_at_call)


def _at_call(frame: FrameType, event: str, _: Any) -> Any:
    return _raise if is_students_code(frame.f_code) else None


def _raise(frame: FrameType, event: str, _: Any) -> Any:
    if event == "line":
        raise TookTooLong
    return _raise


@contextmanager
def _stopped_by_signal(seconds: float) -> Iterator[None]:
    def ring(_: int, frame: FrameType | None) -> None:
        if _late(frame):
            raise TookTooLong

    before = signal.signal(signal.SIGALRM, ring)
    left = signal.setitimer(signal.ITIMER_REAL, seconds, EVERY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)


@contextmanager
def _stopped_by_thread() -> Iterator[None]:
    runs, ended = threading.get_ident(), threading.Event()

    def watch() -> None:
        while not ended.wait(EVERY):
            if _late(sys._current_frames().get(runs)):
                _raise_in(runs, TookTooLong)

    watcher = threading.Thread(target=watch, name="limit of a check", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        while watcher.is_alive():
            try:
                ended.set()
                watcher.join()
                _raise_in(runs, None)
            except TookTooLong:  # raised as the work ended
                continue


def _time_of(thread: int) -> Callable[[], float]:
    """The time for which a thread has computed; where that cannot be read, the clock's."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.monotonic
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    """Have that thread raise it as soon as it runs Python again; with None, take back what was not raised yet."""
    import ctypes

    what = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
