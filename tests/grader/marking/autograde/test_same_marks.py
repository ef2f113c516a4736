"""Is the marking of a busy machine, and of a cluster that loses a worker, that of a quiet machine, byte for byte?"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from itertools import count
from threading import Timer

import pytest
from distributed import Client

from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import Course
from grader.marking.feedback.feedback import feedback
from grader.marking.proving.cluster_demo import local_cluster
from grader.marking.proving.made_class import hand_in_class, made_class
from grader.marking.sandbox.dask_pool import DaskPool
from grader.marking.sandbox.fork_server import ForkServer
from grader.marking.sandbox.local_pool import LocalPool, cores
from grader.marking.steps.audit_records import AuditRecords

LESSON = "01-srn"
PUPILS = [pupil for pupil in made_class(20) if pupil.kind != "endless"][:12]
MANY = 8
"""How many times more workers than cores."""
NONCE = re.compile(r"nonce(-|=.)[0-9a-f-]{36}")
"""What a page's scripts are known by, drawn for each page."""
EVERY = 3
"""Of so many kernels one is killed: a notebook whose kernel is killed twice is taken to have ended it itself."""
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@contextmanager
def busy_cores():
    """Inside, a process for each core computes without end."""
    burning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores())]
    try:
        yield
    finally:
        for process in burning:
            process.kill()
            process.wait()


def killing(monkeypatch):
    """Let one of `EVERY` kernels be killed from outside, a little later; how many were is in the list returned.

    Of each job only one, however long the others take.
    """
    made, hit, killed, whole = count(1), set(), [], ForkServer.kernel

    def kernel(self, limits, plan, *given):
        kernel, job = whole(self, limits, plan, *given), repr(plan)
        if next(made) % EVERY == 0 and job not in hit:
            hit.add(job)
            Timer(0.05 * (1 + len(killed) % 5), kill, [kernel.watchdog.pid]).start()
        return kernel

    def kill(pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    monkeypatch.setattr(ForkServer, "kernel", kernel)
    return killed


def everything(course):
    """What marking has written: the marked notebooks, the pages, and the evidence, apart from the memory used."""
    records = AuditRecords(course, LESSON)
    found = {}
    for pupil in PUPILS:
        record = records.read(pupil.name, LESSON)
        marked = course.autograded / pupil.name / LESSON / f"{LESSON}.ipynb"
        (page,) = (course.feedback / pupil.name / LESSON).glob("*.html")
        found[pupil.name] = marked.read_text(), NONCE.sub("nonce", page.read_text()), record | {"peak_memory": 0}
    return found


@pytest.fixture(scope="module")
def course(tmp_path_factory, course_with):
    """A course in which twelve have handed in."""
    course = Course(tmp_path_factory.mktemp("same") / "course")
    shutil.copytree(course_with(LESSON).root, course.root)
    hand_in_class(course, LESSON, PUPILS)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in course.environment.items():
            patch.setenv(name, value)
        yield course


@pytest.fixture(scope="module")
def marked(course):
    """marked(make_pool): marks all, and returns everything that is written then."""

    def everything_of(make_pool, **options):
        summary = autograde(course, LESSON, force=True, pool=make_pool, **options)
        assert {outcome.status for outcome in summary.outcomes} == {"marked"}
        feedback(course, LESSON, force=True, to_exchange=False)
        return everything(course)

    return everything_of


@pytest.fixture(scope="module")
def quiet(course, marked, runner):
    """What one worker of a quiet machine makes of them."""
    found = marked(lambda lesson: LocalPool(course, lesson, 1, runner=runner), workers=1)
    assert len({record["tasks"]["srn.step"]["points"] for _, _, record in found.values()}) > 1
    return found


def assert_same(quiet, found):
    for student, of_student in quiet.items():
        for name, one, other in zip(("notebook", "page", "record"), of_student, found[student], strict=True):
            assert one == other, (student, name)


def test_marks_and_pages_are_the_same_on_a_busy_machine_whose_kernels_are_killed(
    course, marked, quiet, runner, monkeypatch
):
    many, killed = MANY * cores(), killing(monkeypatch)
    with busy_cores():
        found = marked(lambda lesson: LocalPool(course, lesson, many, runner=runner), workers=many)
    assert len(killed) >= 2
    assert_same(quiet, found)


def test_marks_and_pages_are_the_same_on_a_cluster_that_loses_a_worker(course, marked, quiet):
    """Of two workers one is gone for good while it runs notebooks: the other runs them again."""
    lost = []
    with local_cluster(course) as address, Client(address, set_as_default=False) as client:

        def lose(outcome):
            lost or lost.append(lose_a_busy_worker(client))

        found = marked(lambda lesson: DaskPool(address, lesson), on_progress=lose)
        assert len(lost) == 1
        assert len(client.scheduler_info()["workers"]) == 1
    assert_same(quiet, found)


def lose_a_busy_worker(client):
    """Kill a worker that runs a notebook, and before it the process that would start it anew; returns its address."""
    parents, pids = client.run(os.getppid), client.run(os.getpid)
    worker = next(address for address, running in client.processing().items() if running)
    for pid in (parents[worker], pids[worker]):
        os.kill(pid, signal.SIGKILL)
    return worker
