"""Pools: who runs notebooks. Each takes jobs with `submit`, and runs nothing else."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.runner import close_nurseries, nursery_of, run_here
from grader.marking.sandbox.bubblewrap import SandboxUnavailable, bubblewrap

CHECK_SECONDS = 2.0
TRIES = 3
"""How often a notebook is run whose sandbox was killed from outside."""


class Pool(Protocol):
    """Who runs notebooks.

    Attributes:
        workers: how many run side by side.
    """

    workers: int

    def submit(self, job: Job) -> Future:
        """A future with the job's `Result`, or with what prevented it."""

    def check(self) -> None:
        """Called every `CHECK_SECONDS` while results are waited for."""

    def close(self) -> None:
        """Let the workers go."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


class LocalPool:
    """Workers on this machine: each a thread that talks to the kernels it has forked from the lesson's nursery.

    Raises:
        SandboxUnavailable: bubblewrap, or a GPU that is asked for, is not there.
    """

    def __init__(self, lesson: str, workers: int | None = None, gpu: bool = False) -> None:
        bubblewrap()
        if gpu and not list(Path("/dev").glob("nvidia[0-9]*")):
            raise SandboxUnavailable("this machine has no NVIDIA GPU (/dev/nvidia0 is missing): mark without --gpu")
        self.workers = workers or cores()
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="worker")
        self._broken: SandboxUnavailable | None = None
        self._under_way: set[Future] = set()
        self._warm = self._threads.submit(self._start, lesson, gpu)

    def _start(self, lesson: str, gpu: bool) -> None:
        try:
            nursery_of(lesson, gpu)
        except SandboxUnavailable as failure:
            self._broken = failure  # not tried again for each of two hundred submissions

    def ready(self) -> None:
        """Wait until jobs can run at once."""
        self._warm.result()

    def submit(self, job: Job) -> Future:
        future = self._threads.submit(self._run, job)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def _run(self, job: Job, tries: int = TRIES) -> Result:
        self._warm.result()
        if self._broken is not None:
            raise self._broken
        try:
            return run_here(job)
        except SandboxUnavailable:
            if tries == 1:
                raise
            return self._run(job, tries - 1)

    def check(self) -> None:
        """Threads do not get lost."""

    def close(self) -> None:
        """Let the workers go. What still runs is killed: nobody waits for it."""
        if self._under_way:
            self._broken = SandboxUnavailable("the run was stopped")
            close_nurseries()
        self._threads.shutdown(cancel_futures=True)
