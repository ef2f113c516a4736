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
        self._turn = threading.Lock()
        # bubblewrap ends with the thread that starts it: so this one lives as long as the runner
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="fork-server-starter")

    def run(self, job: Job) -> Result:
        """Run a job in a fresh kernel.

        A kernel that dies may have been killed from outside, as where the machine ran out of memory: so the job is run
        once more. If that kernel dies too, the code is taken to have ended it.

        Raises:
            SandboxUnavailable: no fork server can be started here, or it died meanwhile; then the job may be tried
                again.
        """
        result = self._run(job)
        return self._run(job) if result.ended == DIED else result

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
            return found

    def close(self) -> None:
        """End all fork servers, and every kernel that they forked. Jobs that come later start them anew."""
        with self._turn:
            while self._servers:
                self._servers.popitem()[1].close()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self.close()
