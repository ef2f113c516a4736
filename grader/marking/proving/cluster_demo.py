"""A Dask cluster on this machine, as it would be on others: a scheduler and two workers by Dask's own commands."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from grader.checks.errors import GraderError
from grader.marking.autograde.autograde import autograde
from grader.marking.autograde.outcome import Outcome, Summary
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.paths import ROOT
from grader.marking.desk.release import release
from grader.marking.proving.demo import fresh_course
from grader.marking.proving.samples import hand_in
from grader.marking.sandbox.bubblewrap import ONE_THREAD
from grader.marking.sandbox.dask_pool import DaskPool

START_SECONDS = 60
QUIET = ("--no-dashboard",)


def cluster_demo(
    lesson: str,
    submissions: int = 12,
    say: Callable[[str], None] = print,
    on_progress: Callable[[Outcome], None] = lambda outcome: None,
) -> Summary:
    """Start a scheduler and two workers, mark made-up submissions through them, and stop them again.

    Raises:
        GraderError: the cluster does not start, or a mark is not what it should be.
    """
    lesson = lesson_id(lesson)
    with TemporaryDirectory() as folder:
        course = fresh_course(Path(folder))
        release(course, lesson, to_exchange=False)
        hand_in(course, lesson, submissions)
        say("dask scheduler, and twice dask worker …")
        with local_cluster(course) as address:
            say(f"grader autograde {lesson} --scheduler {address}")
            return autograde(
                course, lesson, pool=lambda name: DaskPool(address, name, say=say), on_progress=on_progress
            )


@contextmanager
def local_cluster(course: Course, *resources: str) -> Iterator[str]:
    """A scheduler and its workers, in processes of their own. Yields the scheduler's address.

    Args:
        course: the course in the workers' environment; no kernel sees its folder.
        resources: of each worker, such as "GPU=1" or ""; two workers without any, if none is given.
    """
    with ExitStack() as started, TemporaryDirectory() as folder:
        note = Path(folder) / "scheduler.json"
        started.enter_context(_running(course, "scheduler", "--port", "0", "--scheduler-file", str(note), *QUIET))
        for wanted in resources or ("", ""):
            options = ("--resources", wanted) if wanted else ()
            started.enter_context(
                _running(
                    course,
                    "worker",
                    *("--scheduler-file", str(note), "--nthreads", "1", "--local-directory", folder),
                    *(*options, *QUIET),
                )
            )
        yield _address(note, len(resources) or 2)


@contextmanager
def _running(course: Course, *command: str) -> Iterator[None]:
    """Runs one of Dask's commands, and ends it afterwards."""
    line = [sys.executable, "-m", "dask", *command]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            line, cwd=ROOT, env=os.environ | ONE_THREAD | course.environment, stdout=said, stderr=said
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(note: Path, workers: int) -> str:
    """The scheduler's address, when that many workers have come."""
    from distributed import Client

    end = monotonic() + START_SECONDS
    while not note.exists():
        if monotonic() > end:
            raise GraderError(f"the scheduler did not start within {START_SECONDS} seconds")
        sleep(0.05)
    with Client(scheduler_file=str(note), set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=START_SECONDS)
        address: str = client.scheduler.address
        return address
