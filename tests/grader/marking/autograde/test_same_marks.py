"""Is a busy machine's marking that of a quiet one, byte for byte?"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext, suppress
from itertools import count
from threading import Timer

import pytest

from grader.marking.feedback.feedback import feedback
from grader.marking.proving.made_class import hand_in_class, made_class
from grader.marking.sandbox.fork_server import ForkServer
from grader.marking.sandbox.local_pool import cores
from grader.marking.steps.audit_records import AuditRecords

LESSON = "01-srn"
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


def everything(course, pupils):
    """What marking has written: the marked notebooks, the pages, and the evidence, apart from the memory used."""
    records = AuditRecords(course, LESSON)
    found = {}
    for pupil in pupils:
        record = records.read(pupil.name, LESSON)
        marked = course.autograded / pupil.name / LESSON / f"{LESSON}.ipynb"
        (page,) = (course.feedback / pupil.name / LESSON).glob("*.html")
        found[pupil.name] = marked.read_text(), NONCE.sub("nonce", page.read_text()), record | {"peak_memory": 0}
    return found


def test_marks_and_pages_are_the_same_on_a_busy_machine_whose_kernels_are_killed(released, mark, monkeypatch):
    pupils = [pupil for pupil in made_class(20) if pupil.kind != "endless"][:12]
    hand_in_class(released, LESSON, pupils)
    runs = {}
    for name in ("quiet", "busy"):
        with monkeypatch.context() as patch:
            killed = killing(patch) if name == "busy" else []
            with busy_cores() if name == "busy" else nullcontext():
                summary = mark(LESSON, force=True, workers=MANY * cores() if name == "busy" else 1)
        assert not summary.not_marked
        feedback(released, LESSON, force=True, to_exchange=False)
        runs[name] = everything(released, pupils)
    assert len(killed) >= 2
    for student, found in runs["quiet"].items():
        for quiet, busy in zip(found, runs["busy"][student], strict=True):
            assert busy == quiet, student
    assert len({record["tasks"]["srn.step"]["points"] for _, _, record in runs["quiet"].values()}) > 1
