"""Does a pool end what it has started, and nothing else?"""

from __future__ import annotations

from contextlib import closing
from time import monotonic, sleep

import pytest

from grader.marking.sandbox import local_pool
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits, SandboxUnavailable
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.sandbox.runner import Runner

LESSON = "01-srn"


def job(code):
    return Job(LESSON, ((0, code),), {}, {}, Limits())


def text(result):
    return "".join(output.get("text", "") for output in result.outputs[0])


def test_fork_servers_of_its_own_end_with_the_pool(course):
    with closing(LocalPool(course, LESSON, 1)) as pool:
        server = pool.runner.server(LESSON)
        assert server.alive
    assert server.process.poll() is not None


def test_fork_servers_that_are_lent_outlive_the_pool(course, runner):
    server = runner.server(LESSON)
    with closing(LocalPool(course, LESSON, 2, runner=runner)) as pool:
        assert text(pool.submit(job("print(1)")).result(60)) == "1\n"
    assert server.alive
    assert runner.server(LESSON) is server


@pytest.mark.parametrize("lent", [False, True])
def test_nobody_waits_for_what_still_runs_when_the_pool_is_closed(course, lent):
    """Not the pool either, and a lent runner works for others afterwards."""
    with Runner(course) as runner:
        pool = LocalPool(course, LESSON, 1, runner=runner if lent else None)
        futures = [pool.submit(job("import time; time.sleep(100)")) for _ in range(3)]
        while not futures[0].running():
            sleep(0.1)
        sleep(1)
        begin = monotonic()
        pool.close()
        assert monotonic() - begin < 15
        assert all(future.done() for future in futures)
        if lent:
            assert text(runner.run(job("print('again')"))) == "again\n"


@pytest.mark.parametrize(("asked", "gpu", "workers"), [(None, True, 2), (None, False, 7), (5, True, 5)])
def test_on_a_gpu_as_many_workers_as_its_memory_holds_unless_the_user_says_otherwise(
    asked, gpu, workers, course, runner, monkeypatch
):
    monkeypatch.setattr(local_pool, "cores", lambda: 7)
    monkeypatch.setattr(local_pool, "gpu_seats", lambda most: min(most, 2))
    monkeypatch.setattr(local_pool.Path, "glob", lambda folder, pattern: iter([folder / "nvidia0"]))
    with closing(LocalPool(course, LESSON, asked, gpu, runner=runner)) as pool:
        assert pool.workers == workers


class Broken:
    """A runner whose fork servers do not start, or fail so many jobs."""

    def __init__(self, starts=True, fails=0):
        self.starts, self.fails, self.asked = starts, fails, 0

    def server(self, lesson, gpu):
        self.asked += 1
        if not self.starts:
            raise SandboxUnavailable("no namespaces")

    def run(self, job):
        self.fails -= 1
        if self.fails >= 0:
            raise SandboxUnavailable("killed from outside")
        return "result"


def test_a_sandbox_that_does_not_start_is_tried_once_for_all_submissions(course):
    runner = Broken(starts=False)
    with closing(LocalPool(course, LESSON, 2, runner=runner)) as pool:
        for future in [pool.submit(job("1")) for _ in range(5)]:
            with pytest.raises(SandboxUnavailable, match="no namespaces"):
                future.result(60)
    assert runner.asked == 1


def test_a_sandbox_that_is_killed_is_tried_again_and_not_for_ever(course):
    with closing(LocalPool(course, LESSON, 1, runner=Broken(fails=local_pool.TRIES - 1))) as pool:
        assert pool.submit(job("1")).result(60) == "result"
    with closing(LocalPool(course, LESSON, 1, runner=Broken(fails=local_pool.TRIES))) as pool:
        assert isinstance(pool.submit(job("1")).exception(60), SandboxUnavailable)


def test_there_is_a_worker_for_each_core(course):
    with closing(LocalPool(course, LESSON, runner=Broken())) as pool:
        assert pool.workers == local_pool.cores() >= 1


def test_what_is_missing_is_said_before_anything_runs(course, monkeypatch, tmp_path):
    monkeypatch.setattr(local_pool.Path, "glob", lambda *_: iter(()))
    with pytest.raises(SandboxUnavailable, match=r"this machine has no NVIDIA GPU .*: mark without --gpu"):
        LocalPool(course, LESSON, gpu=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        LocalPool(course, LESSON)
