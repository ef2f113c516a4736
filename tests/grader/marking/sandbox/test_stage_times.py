"""Does each second count for one stage, and are only those counted that were asked for?"""

from __future__ import annotations

from contextlib import suppress
from itertools import count

import pytest

from grader.marking.sandbox import stage_times
from grader.marking.sandbox.stage_times import add_all, stage, timed


@pytest.fixture
def ticking(monkeypatch):
    """Clocks that show a second more whenever they are read."""
    for name in ("thread_time", "perf_counter"):
        monkeypatch.setattr(stage_times, name, count().__next__)


def test_a_stage_counts_without_those_within_it(ticking):
    with timed() as times, stage("notebook"):
        with stage("referee"), stage("naming"):
            pass
        with stage("referee"):
            pass
    assert times == {"notebook": (3, 3), "referee": (3, 3), "naming": (1, 1)}


def test_what_another_process_used_is_added_as_processors_time(ticking):
    used = iter((2.0, 9.0))
    with timed() as times, stage("cells", used.__next__):
        pass
    assert times == {"cells": (1 + 7, 1)}


def test_a_stage_that_fails_counts_and_lets_the_one_around_it_go_on(ticking):
    with timed() as times, stage("gradebook"), suppress(ValueError), stage("audit record"):
        raise ValueError
    assert times == {"gradebook": (2, 2), "audit record": (1, 1)}


def test_where_nobody_asks_nothing_is_counted_and_no_clock_is_read(monkeypatch):
    monkeypatch.delattr(stage_times, "thread_time")
    decorated = stage("referee")(lambda: 3)
    assert decorated() == 3


def test_one_submission_may_be_timed_in_several_places(ticking):
    with timed() as times, stage("sanitise"):
        pass
    with timed(times), stage("sanitise"):
        pass
    add_all(times, {"sanitise": (0.5, 1.0), "fork": (2.0, 3.0)})
    assert times == {"sanitise": (2.5, 3.0), "fork": (2.0, 3.0)}
