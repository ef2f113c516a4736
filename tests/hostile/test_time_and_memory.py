"""Attacks on time, memory and processes: the sandbox is ended from outside, the answers before it keep their points."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.hostile.handing_in import FULL, HALF, IMPATIENT, hands_in, strikes

pytestmark = pytest.mark.hostile

MEMORY = "it used more than 1024 MiB of memory"
PROCESSES = "it started more than 64 processes and threads"
STUCK = "a cell ran for more than 10 seconds and could not be interrupted"


@strikes("while True: pass", limits=IMPATIENT)
def test_loops(mark):
    """Hopes to hold up the run. The cell is interrupted; the cells after it still count."""
    assert mark.points == FULL
    assert mark.ended == ""


@strikes(
    """
    import signal, time
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            time.sleep(10)
        except BaseException:
            pass
    """,
    limits=IMPATIENT,
)
def test_loops_and_cannot_be_interrupted(mark):
    """Hopes that an interrupt is all there is."""
    assert mark.points == HALF
    assert mark.ended == STUCK


@strikes(
    """
    import ctypes, signal
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    ctypes.PyDLL(None).sleep(3600)
    """,
    limits=IMPATIENT,
)
def test_blocks_in_c_and_keeps_the_interpreter(mark):
    """Hopes that nothing in the kernel can run any more, the interrupt neither."""
    assert mark.points == HALF
    assert mark.ended == STUCK


@hands_in(solved=None, first=("import time; time.sleep(8)",) * 7, limits=replace(IMPATIENT, other_seconds=20))
def test_many_slow_cells(mark):
    """Hopes that every cell stays just below the limit. Together they have one, too; the exercises have their own."""
    assert mark.points == FULL
    assert mark.ended == ""
    assert len(mark.record["failed_cells"]) == 1


@strikes(
    """
    from grader.inside.kernel import link
    while True:
        link.send("clear_output", wait=True)
    """,
    limits=IMPATIENT,
)
def test_floods_with_small_messages(mark):
    """Hopes that whoever listens never gets to look at the clock."""
    assert mark.points.items() >= {name: points for name, points in HALF.items() if points}.items()
    assert mark.status == "marked"


@strikes(
    """
    import os
    while True:
        try:
            os.fork()
        except OSError:
            pass
    """,
    limits=IMPATIENT,
)
def test_fork_bomb(mark):
    """Hopes to fill the table of processes."""
    assert mark.points == HALF
    assert mark.ended in (PROCESSES, MEMORY)


@strikes(
    """
    import threading, time
    while True:
        try:
            threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
        except RuntimeError:
            pass
    """,
    limits=IMPATIENT,
)
def test_thread_bomb(mark):
    """Hopes the same of threads."""
    assert mark.points == HALF
    assert mark.ended == PROCESSES


@strikes(
    """
    kept = []
    while True:
        kept.append(np.ones(4 * 2**20))
    """,
    limits=IMPATIENT,
)
def test_memory_bomb(mark):
    """Hopes that the machine runs out of memory and shoots somebody else."""
    assert mark.points == HALF
    assert mark.ended == MEMORY


@strikes(
    """
    import os, time
    for _ in range(12):
        if os.fork() == 0:
            kept = np.ones(20 * 2**20)
            time.sleep(3600)
    time.sleep(3600)
    """,
    limits=IMPATIENT,
)
def test_memory_spread_over_processes(mark):
    """Hopes that each process stays below a limit of its own."""
    assert mark.points == HALF
    assert mark.ended == MEMORY


HIDDEN_MEMORY = """
    import ctypes, json, mmap, os

    libc, hidden, limit = ctypes.CDLL(None, use_errno=True), {}, 256 * 2**20

    def anonymous_files():
        "Memory in files without a name, mapped nowhere."
        size = 0
        while size < limit:
            fd = os.memfd_create("m")
            for _ in range(32):
                os.write(fd, bytes(2**20))
            size += 32 * 2**20
        return size

    def shared_segments():
        "System V segments, written and left."
        size = 0
        libc.shmat.restype = ctypes.c_void_p
        while size < limit:
            key = libc.shmget(0, 32 * 2**20, 0o1600)
            if key < 0:
                raise OSError(ctypes.get_errno(), "shmget")
            at = libc.shmat(key, None, 0)
            ctypes.memset(ctypes.c_void_p(at), 1, 32 * 2**20)
            libc.shmdt(ctypes.c_void_p(at))
            size += 32 * 2**20
        return size

    for attack in (anonymous_files, shared_segments):
        try:
            hidden[attack.__name__] = attack()
        except OSError as refused:
            hidden[attack.__name__] = 0
    print("REPORT", json.dumps(hidden))
    """


@strikes(HIDDEN_MEMORY, limits=IMPATIENT)
def test_memory_that_belongs_to_no_process(mark):
    """Hopes to use memory that no process is charged for, in files without a name or between processes."""
    assert mark.report == {"anonymous_files": 0, "shared_segments": 0}
    assert mark.points == FULL
