"""Does a run that breaks off say why, whatever the kernel does?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from grader.inside.wire import TooLong
from grader.marking.sandbox import job as module
from grader.marking.sandbox.job import DEAF, DIED, Job, run_job
from grader.marking.sandbox.limits import PATIENCE, Limits


class Watchdog:
    """One that has nothing to watch."""

    def __init__(self, reason=""):
        self.reason, self.peak = reason, 7

    def waited(self):
        return 0.0

    def computed(self):
        return 0.0

    def ran(self):
        return 0.0

    def kill(self, reason):
        self.reason = self.reason or reason


class Kernel:
    """One that hears or does not, and says these messages; None: it has gone."""

    def __init__(self, *says, hears=None, reason=""):
        self.says, self.hears, self.watchdog = list(says), hears, Watchdog(reason)

    def ask(self, source, earlier=()):
        if self.hears is not None:
            raise self.hears

    def receive(self, until, longest):
        said = self.says.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    def close(self):
        self.says.append("closed")


def message(kind, **content):
    return {"msg_type": kind, "content": content, "size": 100}


def ran(kernel, limits=None):
    job = Job("01-srn", ((3, "1"), (4, "2")), {}, {}, limits or Limits())
    result = run_job(job, SimpleNamespace(kernel=lambda *_: kernel))
    assert kernel.says[-1:] == ["closed"]
    return result


@pytest.mark.parametrize(
    ("kernel", "ended"),
    [
        (Kernel(hears=TimeoutError("timed out")), DEAF),
        (Kernel(hears=BrokenPipeError()), DIED),
        (Kernel(None), DIED),
        (Kernel(None, reason="it used more than 1 MiB of memory"), "it used more than 1 MiB of memory"),
        (
            Kernel(message("stream", name="stdout", text=3)),
            "the kernel sent what is not a Jupyter message (ValueError)",
        ),
        (Kernel(message("done")), "the kernel sent what is not a Jupyter message (KeyError)"),
        (Kernel(*[message("stream", name="stdout", text="x")] * 3), "its outputs were longer than 0 MiB"),
        (Kernel(TooLong("a message of 32 MiB")), "its outputs were longer than 0 MiB"),
    ],
)
def test_what_breaks_the_conversation_off_is_the_reason(kernel, ended):
    result = ran(kernel, Limits(output=1500))
    assert result.ended == ended
    assert list(result.outputs) == [3]
    assert result.outputs[3][-1]["ename"] == "RunEnded"
    assert result.outputs[3][-1]["evalue"] == f"The run ended here: {ended}."


def test_a_count_that_no_notebook_may_hold_is_left_out():
    result = ran(Kernel(message("done", execution_count=-1), message("done", execution_count=2)))
    assert result.counts == {4: 2}


def test_a_run_that_is_not_broken_off_has_no_reason():
    result = ran(Kernel(message("done", execution_count=1), message("done", execution_count=2)))
    assert (result.ended, result.counts, result.peak) == ("", {3: 1, 4: 2}, 7)


def test_lists_and_objects_count_as_what_they_take_in_memory():
    """Fifteen megabytes of ``{}`` would take three gigabytes as outputs of a notebook."""
    shows = message("display_data", data={"application/json": [{}] * 40_000}, metadata={})
    assert "longer than 16 MiB" in ran(Kernel(shows)).ended
    few = message("display_data", data={"application/json": [1] * 40_000}, metadata={})
    assert "longer" not in ran(Kernel(few, None)).ended


def test_an_update_counts_in_each_display_that_holds_it():
    """Those that were cleared hold nothing any more."""
    shows = message("display_data", data={}, metadata={}, transient={"display_id": "a"})
    update = message("update_display_data", data={}, metadata={}, transient={"display_id": "a"}) | {"size": 100_000}
    clear = message("clear_output", wait=False)
    few = Limits(output=500_000)
    assert "longer" in ran(Kernel(*[shows] * 6, update), few).ended
    assert "longer" not in ran(Kernel(*[shows] * 6, clear, shows, update, None), few).ended


class Waiting:
    """A watchdog of a kernel that waited and computed so many seconds since it began."""

    def __init__(self):
        self.seconds = {"waited": 5.0, "computed": 7.0}

    def waited(self):
        return self.seconds["waited"]

    def computed(self):
        return self.seconds["computed"]


@pytest.mark.parametrize(
    ("taken", "waited", "computed", "left", "starved"),
    [
        (4, 0, 4, 6, True),  # there is time
        (11, 0, 10, -1, False),  # it computed all the time
        (11, 0, 0, -1, False),  # it slept
        (11, 8, 3, 7, True),  # it mostly waited for a processor
        (11, 10, 20, -1, False),  # for its own processes
        (41, 40, 1, -1, True),  # for too long
    ],
)
def test_time_is_a_kernels_own(monkeypatch, taken, waited, computed, left, starved):
    """It goes only in its ``with`` statement, and what it counted there stays."""
    watchdog = Waiting()
    monkeypatch.setattr(module, "monotonic", lambda: 100.0)
    clock = module._Clock(watchdog, 10)
    with clock:
        monkeypatch.setattr(module, "monotonic", lambda: 100.0 + taken)
        watchdog.seconds = {"waited": 5.0 + waited, "computed": 7.0 + computed}
        assert PATIENCE == 4
        assert (clock.left(), clock.starved) == (left, starved)
    monkeypatch.setattr(module, "monotonic", lambda: 1000.0)
    watchdog.seconds = {"waited": 500.0, "computed": 700.0}
    assert (clock.left(), clock.starved) == (left, starved)
    with clock:
        assert (clock.left(), clock.starved) == (left, starved)
        monkeypatch.setattr(module, "monotonic", lambda: 1001.0)
        assert clock.left() == left - 1
