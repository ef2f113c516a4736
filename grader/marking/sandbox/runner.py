"""The nurseries of this process: one for each lesson in use, started when first needed, replaced when it has died."""

from __future__ import annotations

import atexit
import threading
from concurrent.futures import ThreadPoolExecutor

from grader.marking.sandbox.job import DIED, Job, Result, run_job
from grader.marking.sandbox.fork_server import Nursery
from grader.marking.sandbox.bubblewrap import SandboxUnavailable

_nurseries: dict[tuple[str, bool], Nursery] = {}
_turn = threading.Lock()
_starter = ThreadPoolExecutor(1, thread_name_prefix="nursery-starter")


def run_here(job: Job) -> Result:
    """Run a job in a kernel of this process's nursery.

    A kernel that dies may have been killed from outside, say by a system that ran out of memory: the job is run once
    more, and only when that one dies too has the code ended its own kernel.

    Raises:
        SandboxUnavailable: no nursery can be started here, or it died meanwhile; then the job may be tried again.
    """
    result = _run(job)
    return _run(job) if result.ended == DIED else result


def _run(job: Job) -> Result:
    nursery = nursery_of(job.lesson, job.gpu)
    result = run_job(job, nursery)
    if result.ended == DIED and not nursery.answers():
        raise SandboxUnavailable("the sandbox was killed from outside")
    return result


def nursery_of(lesson: str, gpu: bool = False) -> Nursery:
    """The nursery of a lesson, started now if there is none.

    Raises:
        SandboxUnavailable: it does not start.
    """
    with _turn:
        found = _nurseries.get((lesson, gpu))
        if found is None or not found.alive:
            if found is not None:
                found.close()
            # bubblewrap ends with the thread that starts it: so this one lives as long as the process
            found = _nurseries[lesson, gpu] = _starter.submit(Nursery, lesson, gpu).result()
        return found


@atexit.register
def close_nurseries() -> None:
    """End all nurseries of this process."""
    with _turn:
        while _nurseries:
            _nurseries.popitem()[1].close()
