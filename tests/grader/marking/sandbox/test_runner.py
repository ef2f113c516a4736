"""Does a runner keep its fork servers, replace those that die, and end them when it is closed?"""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from grader.inside.salvage import NOTE
from grader.marking.course.course import Course
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import Limits, SandboxUnavailable
from grader.marking.sandbox.runner import Runner

LESSON = "01-srn"


def job(code):
    return Job(LESSON, ((0, code),), {}, {}, Limits())


def text(result):
    return "".join(output.get("text", "") for output in result.outputs[0])


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A runner whose fork servers the tests may kill: it starts others."""
    with Runner(Course(tmp_path_factory.mktemp("course"))) as runner:
        yield runner


def test_the_same_fork_server_forks_all_kernels_of_a_lesson(own):
    server = own.server(LESSON)
    assert text(own.run(job("print(1)"))) == text(own.run(job("print(1)"))) == "1\n"
    assert own.server(LESSON) is server


def test_a_closed_runner_has_ended_its_fork_servers_and_can_start_others(own):
    server = own.server(LESSON)
    with own:
        pass
    assert server.process.poll() is not None
    assert text(own.run(job("print('again')"))) == "again\n"


def test_a_fork_server_that_was_killed_is_replaced(own):
    server = own.server(LESSON)
    server.process.kill()
    server.process.wait()
    assert text(own.run(job("print('again')"))) == "again\n"
    assert own.server(LESSON) is not server


def test_killed_from_outside_is_not_blamed_on_the_student(own):
    """The kernel's fork server dies while a cell runs: no result, but a failure that says so."""
    server = own.server(LESSON)
    kill = after(0.7, lambda *_: os.kill(server.process.pid, signal.SIGKILL))
    with kill, pytest.raises(SandboxUnavailable, match="killed from outside"):
        own.run(job("import time; time.sleep(20)"))


def test_a_kernel_killed_from_outside_is_run_again(own):
    """As by a system that runs out of memory: the first run dies, the second is the one that counts."""
    server = own.server(LESSON)
    kernels = []

    def kill(*_):
        kernels.extend(first_processes(server))
        os.kill(kernels[0], signal.SIGKILL)

    with after(0.7, kill):
        result = own.run(job("import time; time.sleep(1.5); print('slept')"))
    assert kernels
    assert own.server(LESSON) is server
    assert text(result) == "slept\n"
    assert not result.ended


def test_what_ran_out_of_time_because_of_others_is_run_again_alone(own, monkeypatch):
    """Not beside those that run, and before those that come."""
    running, seen = [], []

    def run(wanted):
        running.append(wanted.lesson)
        time.sleep(0.2)
        seen.append(tuple(running))
        running.remove(wanted.lesson)
        return Result(starved=wanted.lesson == "starved" and len(seen) < 3)

    monkeypatch.setattr(own, "_run", run)
    names = ("starved", "other", "third", "fourth")
    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(own.run, [Job(name, (), {}, {}, Limits()) for name in names]))
    assert not any(result.starved for result in results)
    assert ("starved",) in seen
    assert len(seen) == 5


def first_processes(server):
    """The process ids of the first processes in the namespaces that a fork server has made, as the host counts."""
    below = psutil.Process(server.process.pid).children(recursive=True)
    return [
        process.pid
        for process in below
        if len(namespace_pids(process.pid)) == 3 and namespace_pids(process.pid)[-1] == 1
    ]


def namespace_pids(pid):
    """A process's numbers in every process namespace that it is in, from the host's on."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("NSpid:")]
    return [int(number) for number in line.split()[1:]]


@contextmanager
def after(seconds, do):
    """Do something in that many seconds, whatever runs then."""
    before = signal.signal(signal.SIGALRM, do)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", ["stdout", "stderr"])
@pytest.mark.parametrize("value", ["None", "3", "StringIO()"])
def test_a_cell_that_sets_a_stream_to_anything_does_not_end_the_kernel(own, name, value):
    """The next cells run and show what they show; what is no stream is put back, another stream stays."""
    sources = (
        f"import sys\nfrom io import StringIO\nsys.{name} = {value}\n5",
        "6",
        f"print(7, file=sys.{name})",
        "1 / 0",
    )
    result = own.run(Job(LESSON, tuple(enumerate(sources)), {}, {}, Limits()))
    assert result.ended == ""
    shown = [[each for each in result.outputs[index] if NOTE not in each.get("data", {})] for index in range(4)]
    kinds = [[output["output_type"] for output in outputs] for outputs in shown]
    printed = [] if value == "StringIO()" else ["stream"]
    assert kinds == [["execute_result"], ["execute_result"], printed, ["error"]]
