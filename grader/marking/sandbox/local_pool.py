"""The pool of this machine: one thread for each notebook that runs at the same time."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from grader.checks.device import gpu_seats
from grader.marking.course.course import Course
from grader.marking.sandbox.bubblewrap import bubblewrap
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import SandboxUnavailable
from grader.marking.sandbox.runner import Runner

TRIES = 3
"""How often a notebook is run at most, where its sandbox is killed from outside."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


class LocalPool:
    """Workers on this machine: each a thread that talks to kernels forked from the lesson's fork server.

    Args:
        course: whose submissions are run.
        lesson: whose notebooks will come.
        workers: how many threads; as many as there are cores, if None, and on a GPU no more than its free memory holds
            (`grader.checks.device.gpu_seats`).
        gpu: may the kernels use this machine's GPU?
        runner: forks the kernels; one of the pool's own, closed with it, if None.

    Raises:
        SandboxUnavailable: bubblewrap, or a GPU that is asked for, is not there.
    """

    def __init__(
        self,
        course: Course,
        lesson: str,
        workers: int | None = None,
        gpu: bool = False,
        runner: Runner | None = None,
    ) -> None:
        bubblewrap()
        if gpu and not list(Path("/dev").glob("nvidia[0-9]*")):
            raise SandboxUnavailable("this machine has no NVIDIA GPU (/dev/nvidia0 is missing): mark without --gpu")
        self.workers = workers or (gpu_seats(cores()) if gpu else cores())
        self.runner, self._lent = runner or Runner(course), runner is not None
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="worker")
        self._broken: SandboxUnavailable | None = None
        self._under_way: set[Future[Result]] = set()
        self._warm = self._threads.submit(self._start, lesson, gpu)

    def _start(self, lesson: str, gpu: bool) -> None:
        try:
            self.runner.server(lesson, gpu)
        except SandboxUnavailable as failure:
            self._broken = failure  # every job raises it; the start is not tried again for each

    def submit(self, job: Job) -> Future[Result]:
        """A future with the job's result."""
        future = self._threads.submit(self._run, job)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def _run(self, job: Job, tries: int = TRIES) -> Result:
        self._warm.result()
        if self._broken is not None:
            raise self._broken
        try:
            return self.runner.run(job)
        except SandboxUnavailable:
            if tries == 1:
                raise
            return self._run(job, tries - 1)

    def check(self) -> None:
        """Nothing to do: threads do not get lost."""

    def close(self) -> None:
        """Stop the workers, and kill what still runs or starts."""
        if self._under_way or not self._lent:
            self._broken = SandboxUnavailable("the run was stopped")
            self.runner.close()
        self._threads.shutdown(cancel_futures=True)
        if not self._lent:
            self.runner.close()
