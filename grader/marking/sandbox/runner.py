"""Runs jobs in kernels forked on this machine, from one fork server for each lesson."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from grader.marking.course.course import Course
from grader.marking.sandbox.fork_server import ForkServer
from grader.marking.sandbox.job import DIED, Job, Result, run_job
from grader.marking.sandbox.limits import SandboxUnavailable


class Runner:
    """Owns a fork server for each lesson in use: started when first needed, replaced when it has died.

    May be used from several threads. Use it in a ``with`` statement, or close it.

    Args:
        course: the course, whose folder no kernel sees.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._servers: dict[tuple[str, bool], ForkServer] = {}
        self._turn, self._jobs = threading.Lock(), threading.Condition()
        self._running = self._waiting = 0
        # bubblewrap ends with the thread that starts it: so this one lives as long as the runner
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="fork-server-starter")

    def run(self, job: Job) -> Result:
        """Run a job in a fresh kernel.

        A kernel that dies may have been killed from outside, as where the machine ran out of memory: so the job is run
        once more. If that kernel dies too, the code is taken to have ended it. Where others used the processors so much
        that time ran out (`Result.starved`), it is run once more when no other job of this runner runs.

        Raises:
            SandboxUnavailable: no fork server can be started here, or it died meanwhile; then the job may be tried
                again.
        """
        result = self._beside_others(job)
        if result.ended == DIED:
            result = self._beside_others(job)
        return self._alone(job) if result.starved else result

    def _beside_others(self, job: Job) -> Result:
        with self._jobs:
            self._jobs.wait_for(lambda: not self._waiting)  # those who wait to be alone come first
            self._running += 1
        try:
            return self._run(job)
        finally:
            self._has_ended()

    def _alone(self, job: Job) -> Result:
        with self._jobs:
            self._waiting += 1
            self._jobs.wait_for(lambda: not self._running)
            self._running += 1
        try:
            return self._run(job)
        finally:
            self._has_ended(waited=1)

    def _has_ended(self, waited: int = 0) -> None:
        with self._jobs:
            self._running, self._waiting = self._running - 1, self._waiting - waited
            self._jobs.notify_all()

    def _run(self, job: Job) -> Result:
        server = self.server(job.lesson, job.gpu)
        result = run_job(job, server)
        if result.ended == DIED and not server.answers():
            raise SandboxUnavailable("the sandbox was killed from outside")
        return result

    def server(self, lesson: str, gpu: bool = False) -> ForkServer:
        """The fork server of a lesson, started now if there is none.

        Raises:
            SandboxUnavailable: it does not start.
        """
        with self._turn:
            found = self._servers.get((lesson, gpu))
            if found is None or not found.alive:
                if found is not None:
                    found.close()
                found = self._starter.submit(ForkServer, self.course, lesson, gpu).result()
                self._servers[lesson, gpu] = found
        return found.ready()

    def close(self) -> None:
        """End all fork servers, and every kernel that they forked. Jobs that come later start them anew."""
        with self._turn:
            while self._servers:
                self._servers.popitem()[1].close()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self.close()
