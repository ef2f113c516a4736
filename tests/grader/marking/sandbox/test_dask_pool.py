"""Does a Dask cluster do the work, and does a worker that can't refuse?"""

from __future__ import annotations

import os
import signal
from contextlib import closing

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.version import grader_version
from grader.marking.proving.cluster_demo import cluster_demo, local_cluster
from grader.marking.sandbox import dask_pool
from grader.marking.sandbox.dask_pool import DaskPool, NoCluster, fit
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits, SandboxUnavailable

LESSON = "01-srn"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


def job(code, gpu=False):
    return Job(LESSON, ((0, code),), {}, {}, Limits(), gpu)


def printed(future):
    return future.result(60).outputs[0][0]["text"]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Two workers, one with the resource GPU."""
    with local_cluster(Course(tmp_path_factory.mktemp("course")), "GPU=1", "") as address:
        yield address


def test_the_demonstration_marks_all_through_the_cluster():
    said = []
    summary = cluster_demo(LESSON, 8, say=said.append)
    assert {outcome.status for outcome in summary.outcomes} == {"marked"}
    assert sorted(outcome.points for outcome in summary.outcomes) == [0.0] * 2 + [24.0] * 6
    assert any("--scheduler tcp://" in line for line in said)


def test_both_workers_run_notebooks(address):
    with closing(DaskPool(address, LESSON)) as pool:
        futures = [pool.submit(job(f"import time; time.sleep(0.3); print({i})")) for i in range(6)]
        assert [printed(future) for future in futures] == [f"{i}\n" for i in range(6)]
        assert pool.workers == 2


def test_gpu_tasks_go_to_workers_with_the_resource(address):
    """Only one of the two has it, so only that one is asked, and takes all."""
    with closing(DaskPool(address, LESSON, gpu=True)) as pool:
        assert pool.workers == 1
        futures = [pool.submit(job("print('on it')", gpu=True)) for _ in range(3)]
        assert [printed(future) for future in futures] == ["on it\n"] * 3
        ran = pool._client.run(_fork_servers_with_a_gpu)
        resources = {at: about["resources"] for at, about in pool._client.scheduler_info()["workers"].items()}
        assert ran == {at: 1 if "GPU" in resources[at] else 0 for at in resources}


def _fork_servers_with_a_gpu():
    """On a worker: how many of its fork servers were started for notebooks that want a GPU."""
    return sum(gpu for _, gpu in dask_pool._runner()._servers)


def test_a_killed_worker_loses_nothing(course):
    """kill -9 in the middle: its nanny starts another, the notebook is run again."""
    with local_cluster(course) as address, closing(DaskPool(address, LESSON)) as pool:
        pids = pool._client.run(os.getpid)
        futures = [pool.submit(job(f"import time; time.sleep(1); print({i})")) for i in range(4)]
        os.kill(next(iter(pids.values())), signal.SIGKILL)
        assert [printed(future) for future in futures] == [f"{i}\n" for i in range(4)]


def test_a_worker_without_the_sandbox_refuses_by_name(monkeypatch, address):
    """One of two says no: it is named with its reason, and the other does the work."""

    def say_no_on_one(lesson, version, gpu=False, dask_worker=None):
        has = "GPU" in dask_worker.state.total_resources
        return "bubblewrap is not installed: apt-get install bubblewrap" if has else ""

    said = []
    monkeypatch.setattr(dask_pool, "fit", say_no_on_one)
    with closing(DaskPool(address, LESSON, say=said.append)) as pool:
        assert pool.workers == 1
        assert [printed(pool.submit(job("print(1)"))) for _ in range(3)] == ["1\n"] * 3
    assert len(said) == 1
    assert "gets no work: bubblewrap is not installed" in said[0]


def test_no_able_worker_at_all_is_said_at_once(monkeypatch, address):
    monkeypatch.setattr(dask_pool, "grader_version", lambda: "another")
    with pytest.raises(NoCluster, match="it has another version of this project"):
        DaskPool(address, LESSON)


def test_a_worker_looks_at_its_own_sandbox(monkeypatch, runner):
    monkeypatch.setattr(dask_pool, "_runner", lambda: runner)
    assert fit(LESSON, grader_version()) == ""
    assert "another version" in fit(LESSON, "another")

    def no_bubblewrap(*_):
        raise SandboxUnavailable("no bubblewrap")

    monkeypatch.setattr(runner, "server", no_bubblewrap)
    assert fit(LESSON, grader_version()) == "no bubblewrap"


def test_no_scheduler_is_a_clear_message(monkeypatch):
    monkeypatch.setattr(dask_pool, "ANSWER_SECONDS", 0.5)
    with pytest.raises(GraderError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        DaskPool("tcp://127.0.0.1:9", LESSON)
