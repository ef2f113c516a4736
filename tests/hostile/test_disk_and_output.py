"""Attacks by volume: files in every place that can be written, and outputs without end."""

from __future__ import annotations

import pytest

from grader.marking.sandbox.limits import MIB
from tests.hostile.handing_in import FULL, HALF, PATIENT, hands_in, strikes

pytestmark = pytest.mark.hostile

OUTPUT = "its outputs were longer than 16 MiB"

FILL = """
    import json, os

    places, filled = ["/tmp", "/home/student", "/lesson", "/dev/shm", "/run", "/run/kernel"], {}
    for folder in "/ /usr /opt /opt/workbook /etc /var/tmp /dev /proc /sys /mnt /root /home".split():
        try:
            open(folder + "/written", "w").close()
            filled[folder] = "written"
        except OSError:
            pass
    block = os.urandom(2**20)
    for place in places:
        size = 0
        try:
            for number in range(100):
                with open(f"{place}/{number}", "wb", buffering=0) as file:
                    for _ in range(63):
                        size += file.write(block)
        except OSError:
            filled[place] = size
    for number in range(100):
        try:
            os.remove(f"/run/{number}"), os.remove(f"/run/kernel/{number}")
        except OSError:
            pass
    print("REPORT", json.dumps(filled))
    """


@hands_in(solved=None, first=(FILL,))
def test_fills_every_disk(mark):
    """Hopes to fill the host's disk. Each private folder is full soon, and nothing else can be written."""
    sizes = {place: size for place, size in mark.report.items() if size != "written"}
    assert sizes == mark.report
    assert all(size <= PATIENT.disk for size in sizes.values())
    assert mark.points == FULL


@strikes("""
    import os
    try:
        with open("/tmp/large", "wb") as file:
            file.truncate(2**40)
    except OSError as refused:
        print("refused", refused)
    block = bytes(2**20)
    for fd in (1, 2):
        try:
            while True:
                os.write(fd, block)
        except OSError as refused:
            print("refused", refused)
    """)
def test_fills_the_standard_streams(mark):
    """Hopes that what the kernel writes past Jupyter is kept somewhere without limit."""
    assert mark.points in (HALF, FULL)
    assert mark.status == "marked"


@strikes("while True: print('all tests passed ' * 100)")
def test_prints_without_end(mark):
    """Hopes to fill the marked notebook."""
    assert mark.points == HALF
    assert mark.ended == OUTPUT
    assert (mark.path("autograded") / "01-srn.ipynb").stat().st_size < 40 * MIB


@strikes("print('x' * 100 * 2**20)")
def test_prints_one_huge_line(mark):
    """Hopes that one message is read whole, whatever its length."""
    assert mark.points == HALF
    assert (mark.path("autograded") / "01-srn.ipynb").stat().st_size < 40 * MIB


@strikes("""
    from IPython.display import publish_display_data
    publish_display_data({"text/html": "<b>" + "x" * 100 * 2**20, "text/plain": "x"})
    """)
def test_displays_a_hundred_megabytes(mark):
    """The same by a display."""
    assert mark.points == HALF


@strikes("""
    from IPython.display import publish_display_data
    for number in range(10**9):
        publish_display_data({"text/plain": "."})
    """)
def test_displays_without_end(mark):
    """Hopes that many small outputs weigh nothing. Whichever limit comes first, of output or of time, ends it."""
    assert mark.points == (HALF if mark.ended else FULL)


@strikes("""
    from IPython.display import clear_output
    for number in range(10**9):
        print("x" * 10_000)
        clear_output()
    """)
def test_prints_and_clears_without_end(mark):
    """Hopes that what is cleared is not counted."""
    assert mark.points == HALF
    assert mark.ended == OUTPUT
