"""Does every function of a student's come to an end, and is nothing else ever stopped?"""

# ruff: noqa: B012, E722, SIM105 (as students write it)

from __future__ import annotations

import gc
import itertools
import signal
import sys
import threading
import time

import pytest

from grader.checks import time_limit
from grader.checks.errors import BadCall
from grader.checks.time_limit import SECONDS, VARIABLE, TookTooLong, seconds_asked, within

LIMIT = 0.1
kept = []


def plainly():
    while True:
        pass


def waiting():
    time.sleep(1)


def without_end(n=0):
    while n >= 0:
        n = n + 1


def swallows_exceptions():
    while True:
        try:
            without_end()
        except Exception:
            pass


def swallows_all():
    while True:
        try:
            time.sleep(0.01)
        except:
            pass


def swallows_all_twice():
    while True:
        try:
            try:
                time.sleep(0.01)
            except:
                pass
        except:
            pass


def swallows_in_the_end():
    while True:
        try:
            time.sleep(0.01)
        finally:
            continue


def keeps_what_it_catches():
    while True:
        try:
            time.sleep(0.01)
        except BaseException as caught:
            kept.append(caught)


def calls_without_end():
    def again():
        try:
            return deeper()
        except BaseException:
            return again()

    def deeper():
        return sum(n for n in itertools.count() if n < 0)

    return again()


ENDLESS = (
    plainly,
    waiting,
    swallows_exceptions,
    swallows_all,
    swallows_all_twice,
    swallows_in_the_end,
    keeps_what_it_catches,
    calls_without_end,
)


def in_a_thread(work):
    """What becomes of it in a thread of its own."""
    became = []

    def run():
        try:
            became.append(work())
        except BaseException as exception:
            became.append(exception)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return became[0]


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(time_limit, "WAITING", 2)
    monkeypatch.setattr(time_limit, "EVERY", 0.02)
    kept.clear()


@pytest.mark.parametrize("function", ENDLESS)
def test_what_does_not_end_is_stopped(function):
    state = signal.getsignal(signal.SIGALRM), sys.gettrace()
    begun = time.monotonic()
    with pytest.raises(TookTooLong):
        within(LIMIT, function)
    assert time.monotonic() - begun < 5
    assert (signal.getsignal(signal.SIGALRM), sys.gettrace()) == state
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize("function", ENDLESS)
def test_it_is_stopped_where_there_are_no_signals_too(function, monkeypatch):
    """As on Windows. A single long sleep is stopped when it is over."""
    monkeypatch.delattr(signal, "setitimer")
    threads = threading.active_count()
    with pytest.raises(TookTooLong):
        within(LIMIT, function)
    assert threading.active_count() == threads
    assert sum(range(10**6)) > 0  # nothing comes afterwards
    assert isinstance(in_a_thread(lambda: within(LIMIT, function)), TookTooLong)


def test_the_clock_alone_does_where_the_time_of_computing_cannot_be_read(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    monkeypatch.delattr(time, "pthread_getcpuclockid")
    with pytest.raises(TookTooLong):
        within(LIMIT, plainly)


@pytest.mark.parametrize("signals", [True, False])
def test_what_ends_in_time_returns_what_it_returns(signals, monkeypatch):
    if not signals:
        monkeypatch.delattr(signal, "setitimer")
    assert within(LIMIT, lambda: 3) == 3
    assert within(0, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        within(LIMIT, lambda: 1 / 0)


def test_waiting_for_a_busy_machine_is_not_computing(monkeypatch):
    """A signal rings after `LIMIT` seconds of the clock, and again: nothing is stopped that has computed for less."""
    monkeypatch.setattr(time_limit, "WAITING", 100)
    assert within(LIMIT, lambda: time.sleep(2 * LIMIT)) is None


def test_what_tidies_up_in_a_library_runs_to_its_end():
    torch = pytest.importorskip("torch")

    def without_gradients():
        with torch.no_grad():
            plainly()

    with pytest.raises(TookTooLong):
        within(LIMIT, without_gradients)
    assert torch.is_grad_enabled()


def test_an_exception_that_is_forgotten_later_stops_no_other_check():
    with pytest.raises(TookTooLong):
        within(LIMIT, keeps_what_it_catches)

    def forgets():
        kept.clear()
        gc.collect()
        return sum(range(100))

    assert within(9, forgets) == 4950


def test_the_limit_is_its_own_or_the_environments_or_stated(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert seconds_asked() == SECONDS
    monkeypatch.setenv(VARIABLE, "60")
    assert seconds_asked() == 60
    assert seconds_asked(3) == 3
    assert seconds_asked(0) == 0
    for odd in ("soon", "-1", "nan", "inf"):
        monkeypatch.setenv(VARIABLE, odd)
        with pytest.raises(BadCall, match="a limit of time is a number of seconds"):
            seconds_asked()
