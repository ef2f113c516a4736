"""A Dask cluster as a pool: the same jobs, run by workers on other machines.

A worker needs this project's clone at the same version, its packages, and bubblewrap. One that lacks something gets no
work. Jobs and results are plain data; of the course a worker receives only what is in its jobs.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import cache
from time import monotonic
from typing import Any

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.version import grader_version
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import SandboxUnavailable
from grader.marking.sandbox.runner import Runner

ANSWER_SECONDS = 20
"""How long a scheduler may take to answer."""
ALONE_SECONDS = 60
"""How long jobs wait for a worker when none is left."""
GPU = "GPU"
"""The resource that workers with a GPU declare: ``dask worker … --resources GPU=1``."""


class NoCluster(GraderError):
    """There is no such scheduler, or none of its workers can do the work."""


@cache
def _runner() -> Runner:
    """On a worker: its runner, with fork servers that stay from job to job and end with the process."""
    runner = Runner(Course.from_environment())
    atexit.register(runner.close)
    return runner


def run_here(job: Job) -> Result:
    """On a worker: run a job. See `Runner.run`."""
    return _runner().run(job)


def fit(lesson: str, version: str, gpu: bool = False) -> str:
    """On a worker: "" if it can run this lesson's notebooks, else the reason and the remedy."""
    if grader_version() != version:
        return "it has another version of this project; bring its clone to the same commit and start it again"
    try:
        _runner().server(lesson, gpu)
    except SandboxUnavailable as reason:
        return str(reason)
    return ""


class DaskPool:
    """The workers of a Dask scheduler.

    Args:
        address: the scheduler's, such as ``tcp://10.0.0.5:8786``.
        lesson: whose notebooks will come.
        gpu: use only workers with the resource `GPU`.
        say: called with a line for each worker that gets no work, and why.

    Raises:
        NoCluster: no scheduler answers, or no worker can do the work.
    """

    def __init__(
        self, address: str, lesson: str, gpu: bool = False, say: Callable[[str], None] = lambda line: None
    ) -> None:
        self._lesson, self._gpu, self._say = lesson, gpu, say
        self._client = _client(address)
        self._known: dict[str, str] = {}
        self._placed: dict[Future[Result], tuple[Job, Any, frozenset[str]]] = {}
        self._turn, self._last_seen = threading.RLock(), monotonic()
        try:
            able = self._able()
            if not able:
                raise NoCluster(f"no worker of {address} can do the work{_refusals(self._known)}")
        except NoCluster:
            self._client.close()
            raise
        self.workers = len(able)

    def submit(self, job: Job) -> Future[Result]:
        """A future with the job's result."""
        future: Future[Result] = Future()
        self._place(job, future)
        return future

    def check(self) -> None:
        """Called from time to time: send jobs whose workers are all gone to other workers."""
        able = self._able()
        if able:
            self._last_seen = monotonic()
        with self._turn:
            stranded = [(future, *placed) for future, placed in self._placed.items()]
        for future, job, remote, chosen in stranded:
            if not able and monotonic() - self._last_seen > ALONE_SECONDS:
                self._forget(future, remote)
                future.set_exception(SandboxUnavailable(f"no worker is left{_refusals(self._known)}"))
            elif able and chosen and not chosen & able:
                self._forget(future, remote)
                self._place(job, future)

    def close(self) -> None:
        """Cancel what still runs, and disconnect; the cluster stays."""
        with self._turn:
            remotes = [remote for _, remote, _ in self._placed.values()]
            self._placed.clear()
        self._client.cancel(remotes, force=True)
        self._client.close()

    def _place(self, job: Job, future: Future[Result]) -> None:
        """Send a job, to the able workers only where some are not able; otherwise Dask may choose any."""
        able = self._able()
        chosen = frozenset(able if any(self._known.values()) else ())
        remote = self._client.submit(
            run_here,
            job,
            pure=False,
            retries=2,
            workers=sorted(chosen) or None,
            resources={GPU: 1} if job.gpu else None,
        )
        with self._turn:
            self._placed[future] = job, remote, chosen
        remote.add_done_callback(lambda done: self._done(future, done))

    def _done(self, future: Future[Result], remote: Any) -> None:
        with self._turn:
            placed = self._placed.get(future)
            if placed is None or placed[1] is not remote:  # placed anew, or nobody waits for it any more
                return
            del self._placed[future]
        try:
            result: Result = remote.result()
        except BaseException as failure:
            future.set_exception(SandboxUnavailable(f"the cluster could not run it: {failure}"))
        else:
            future.set_result(result)

    def _forget(self, future: Future[Result], remote: Any) -> None:
        with self._turn:
            self._placed.pop(future, None)
        self._client.cancel([remote], force=True)

    def _able(self) -> set[str]:
        """Addresses of the workers that can do the work. New ones are asked first; refusals are reported."""
        workers = _workers(self._client, self._gpu)
        new = [address for address in workers if address not in self._known]
        if new:
            answers = self._client.run(
                fit, self._lesson, grader_version(), self._gpu, workers=new, on_error="return", wait=True
            )
            for address in new:
                self._known[address] = _reason(answers.get(address, "it did not answer"))
                if self._known[address]:
                    self._say(f"worker {address} gets no work: {self._known[address]}")
        return {address for address in workers if not self._known[address]}


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise NoCluster("a cluster needs dask.distributed: pip install 'rnn-workbook[cluster]'") from None
    try:
        return Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as reason:
        raise NoCluster(f"no Dask scheduler answers at {address} ({reason}); start one with `dask scheduler`") from None


def _workers(client: Any, gpu: bool) -> list[str]:
    found = client.scheduler_info(n_workers=-1)["workers"]
    return [address for address, about in found.items() if not gpu or about.get("resources", {}).get(GPU)]


def _reason(answer: object) -> str:
    if isinstance(answer, ImportError):
        return f"it does not have this project ({answer}); start it in a clone with the same packages"
    return str(answer)


def _refusals(known: Mapping[str, str]) -> str:
    lines = [f"\n  {address}: {reason}" for address, reason in known.items() if reason]
    return ":" + "".join(lines) if lines else ": it has none; start some with `dask worker`"
