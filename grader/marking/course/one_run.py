"""One run of marking at a time in a course, by whichever road: `grader autograde`, `nbgrader autograde`, Formgrader."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import IO

from grader.checks.errors import GraderError
from grader.marking.course.course import Course

AGAIN_SECONDS = 0.1
"""After so long a wait it is tried again."""


@contextmanager
def alone(course: Course, wait_seconds: float = 0.0) -> Iterator[None]:
    """Inside, no other run marks in the course: two remove each other's folders, and add the same student twice.

    Args:
        course: which one.
        wait_seconds: how long another run is waited for.

    Raises:
        GraderError: another run does. It is over when its process is, however that ended.
    """
    end = monotonic() + wait_seconds
    with course.run_log.open("a", encoding="utf-8") as log:
        while not _locked(log):
            if monotonic() >= end:
                raise GraderError(
                    "another `grader autograde`, `nbgrader autograde` or Formgrader is marking in this course: "
                    "wait until it has ended"
                )
            sleep(AGAIN_SECONDS)
        try:
            yield
        finally:
            with suppress(OSError):  # a program that was started inside may have the file open for long
                fcntl.flock(log, fcntl.LOCK_UN)


def _locked(log: IO[str]) -> bool:
    """Lock a file unless another has; on a file system without locks nobody is kept waiting."""
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True
