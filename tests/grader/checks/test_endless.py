"""Is the loop that does not end named, and always the same one?"""

from __future__ import annotations

import linecache

import pytest

from grader.checks.endless import loop_in

NESTED = """
def f():
    for row in range(3):
        n = 0
        while n >= 0:
            for _ in range(2):
                n += 1
                stop()
"""
FOR = """
def f():
    seen = [0]
    for each in seen:
        for _ in range(2):
            seen.append(each)
            stop()
"""
TWO = """
def inner():
    while True:
        stop()

def f():
    x = 1
    inner()
"""
NONE = "def f(n=0):\n    stop()"
NO_LOOP_OF_ITS_OWN = "for _ in range(3):\n    pass\ndef f():\n    stop()"


def stopped(source):
    """The exception that stops ``f()`` of a notebook's cell."""

    def stop():
        raise KeyboardInterrupt

    name = "/tmp/ipykernel_1/1.py"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names = {"stop": stop}
    exec(compile(source, name, "exec"), names)
    with pytest.raises(KeyboardInterrupt) as caught:
        names["f"]()
    return caught.value


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (NESTED, "in line 5 of the cell that defines f: while n >= 0:"),
        (FOR, "in line 4 of the cell that defines f: for each in seen:"),
        (TWO, "in line 3 of the cell that defines inner: while True:"),
    ],
)
def test_the_loop_that_does_not_end_is_named(source, place):
    assert str(loop_in(stopped(source))) == place


@pytest.mark.parametrize("source", [NONE, NO_LOOP_OF_ITS_OWN])
def test_without_a_loop_none_is(source):
    assert loop_in(stopped(source)) is None


def never_ends():
    while True:
        raise KeyboardInterrupt


def test_what_is_in_no_cell_has_no_place():
    with pytest.raises(KeyboardInterrupt) as caught:
        never_ends()
    assert loop_in(caught.value) is None
