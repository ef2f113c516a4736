"""The protocol of pools of workers, which run jobs and nothing else."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from grader.marking.sandbox.job import Job, Result

CHECK_SECONDS = 2.0
"""Seconds between two calls of `Pool.check`."""


class Pool(Protocol):
    """Workers that run notebooks.

    Attributes:
        workers: how many run side by side.
    """

    workers: int

    def submit(self, job: Job) -> Future[Result]:
        """A future with the job's `Result`, or with the exception that prevented it."""

    def check(self) -> None:
        """Look for lost workers; called every `CHECK_SECONDS` while results are awaited."""

    def close(self) -> None:
        """Release the workers, and end what still runs."""
