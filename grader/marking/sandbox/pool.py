"""What every pool of workers can do: take jobs with `submit`, and run nothing else."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from grader.marking.sandbox.job import Job, Result

CHECK_SECONDS = 2.0
"""How often a pool is asked whether its workers are still there, while results are waited for."""


class Pool(Protocol):
    """Who runs notebooks.

    Attributes:
        workers: how many run side by side.
    """

    workers: int

    def submit(self, job: Job) -> Future[Result]:
        """A future with the job's `Result`, or with what prevented it."""

    def check(self) -> None:
        """Called every `CHECK_SECONDS` while results are waited for."""

    def close(self) -> None:
        """Let the workers go."""
