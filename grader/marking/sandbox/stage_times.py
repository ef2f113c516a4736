"""Where the time of marking goes: each stage's seconds, added up wherever it happens, and carried with what it gives.

with timed() as times, stage("referee"):
    with stage("naming"):  # counts as naming, and not as the referee's
        ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter, thread_time

STAGES = (
    "sanitise",
    "queue",
    "fork",
    "cells",
    "referee",
    "naming",
    "notebook",
    "gradebook",
    "audit record",
)
"""In the order in which a submission goes through them."""
Times = dict[str, tuple[float, float]]
"""Stage → its seconds of processors' time, and the seconds that passed."""


def add(times: Times, name: str, cpu: float = 0.0, passed: float = 0.0) -> None:
    """Add seconds to a stage."""
    before = times.get(name, (0.0, 0.0))
    times[name] = before[0] + cpu, before[1] + passed


def add_all(times: Times, others: Mapping[str, tuple[float, float]]) -> None:
    """Add other times, stage by stage."""
    for name, (cpu, passed) in others.items():
        add(times, name, cpu, passed)


class _Clock:
    """Counts a thread's time for the stage that it is in; "" is none."""

    def __init__(self, times: Times) -> None:
        self.times, self._stage, self._since = times, "", (0.0, 0.0)

    def turn_to(self, stage: str) -> str:
        """Count for that stage from now on; returns the one before."""
        before, since = self._stage, self._since
        self._stage, self._since = stage, (thread_time(), perf_counter())
        if before:
            add(self.times, before, self._since[0] - since[0], self._since[1] - since[1])
        return before


_clock: ContextVar[_Clock | None] = ContextVar("_clock", default=None)


@contextmanager
def timed(times: Times | None = None) -> Iterator[Times]:
    """Inside, the stages of this thread are added to these times, or to new ones. Elsewhere they are not counted."""
    clock = _Clock({} if times is None else times)
    before = _clock.set(clock)
    try:
        yield clock.times
    finally:
        _clock.reset(before)


@contextmanager
def stage(name: str, beside: Callable[[], float] = float) -> Iterator[None]:
    """Inside, or while a function runs that it decorates, time counts for that stage and for none around it.

    Args:
        name: one of `STAGES`.
        beside: tells the processors' time that another process has used for it so far.
    """
    clock = _clock.get()
    if clock is None:
        yield
        return
    begin, around = beside(), clock.turn_to(name)
    try:
        yield
    finally:
        clock.turn_to(around)
        add(clock.times, name, cpu=beside() - begin)
