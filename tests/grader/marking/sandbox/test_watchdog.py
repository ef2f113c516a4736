"""Does a watchdog say how long a kernel has computed, without reading all of /proc between two quick cells?"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing
from time import monotonic, sleep

import pytest

from grader.marking.sandbox import watchdog as module
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.watchdog import FRESH, Watchdog

BURN = "while true; do :; done & wait"


@pytest.fixture
def watchdog():
    """One that looks after a process with a child that computes without end."""
    process = subprocess.Popen(["sh", "-c", BURN], start_new_session=True)
    with closing(Watchdog(process.pid, Limits())) as watchdog:
        yield watchdog
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_what_has_been_read_just_now_is_not_read_again(watchdog, monkeypatch):
    monkeypatch.setattr(module, "FRESH", 60.0)
    first, reads = watchdog.computed(), []
    monkeypatch.setattr(module, "_text", reads.append)
    assert (watchdog.computed(), watchdog.waited(), reads) == (first, watchdog.waited(), [])


def test_after_a_moment_it_is_read_again(watchdog):
    until, first = monotonic() + 20, watchdog.computed()
    while watchdog.computed() < first + 0.1:
        assert monotonic() < until, "it computes, and nobody sees it"
        sleep(FRESH)
