"""Code that ends, breaks or leaves its kernel: what was answered before counts, nothing after it, and others go on."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from grader.marking.course.paths import ROOT
from tests.hostile.handing_in import BEFORE, FULL, HALF, IMPATIENT, STRIKE, ZERO, hands_in, strikes

pytestmark = pytest.mark.hostile

TOKEN = "left-behind-by-a-hostile-notebook"


@strikes("import os; os._exit(0)")
def test_exits_without_a_word(mark):
    """Hopes that exit status 0 is a success."""
    assert mark.points == HALF
    assert mark.ended == "the code ended its own kernel"


@strikes("import os; os.kill(os.getpid(), 9)")
def test_kills_itself(mark):
    """Hopes that a dead kernel stops the run."""
    assert mark.points == HALF
    assert mark.ended == "the code ended its own kernel"


@strikes("""
    import os, signal
    for pid in (1, os.getppid(), -1):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError as refused:
            print(pid, refused)
    """)
def test_kills_everybody(mark):
    """Hopes to reach the marking process, its parent, or every process of the user: none of them is to be seen."""
    assert mark.points == FULL


@strikes("import ctypes; ctypes.string_at(0)")
def test_segmentation_fault(mark):
    """Hopes that a crash in C stops the run."""
    assert mark.points == HALF


@hands_in(
    solved=None,
    answers={
        "srn.word_starts": "def word_starts(losses, rise):\n    raise SystemExit(0)",
        "srn.f1_score": "def f1_score(found, true):\n    raise KeyboardInterrupt",
        "srn.parameter_count": """
        class Farewell(BaseException):
            pass

        def parameter_count(D, H, O):
            raise Farewell
        """,
        "srn.output_layer": "def output_layer(h, V, c):\n    return output_layer(h, V, c)",
        "srn.cross_entropy": "import sys\ndef cross_entropy(o, targets):\n    sys.exit('all tests passed')",
    },
    last=("import sys; sys.exit(0)",),
)
def test_exceptions_of_every_kind(mark):
    """Hopes that SystemExit, KeyboardInterrupt or a home-made BaseException ends the check with success."""
    assert mark.points == ZERO | {name: FULL[name] for name in ("srn.step", "srn.sequence", "srn.module")}
    assert mark.ended == ""


@hands_in(solved=None, answers={"srn.word_starts": "def word_starts(losses, rise):\n    exit()"})
def test_calls_exit_in_a_function(mark):
    """IPython's exit asks the kernel to end after the cell: what came before counts."""
    assert mark.points.items() >= {name: FULL[name] for name in BEFORE}.items()
    assert mark.points[STRIKE] == 0.0
    assert mark.status == "marked"


@strikes(
    """
    class Unspeakable(BaseException):
        def __str__(self):
            raise Unspeakable
        __repr__ = __str__

    raise Unspeakable
    """,
    limits=IMPATIENT,
)
def test_exception_that_cannot_be_shown(mark):
    """Hopes that a kernel that never answers is waited for without end."""
    assert mark.points in (HALF, FULL)
    assert mark.status == "marked"


@strikes("""
    import sys
    sys.setrecursionlimit(10**9)

    def deeper(depth):
        return deeper(depth + 1) if depth < 10**7 else sorted(range(3), key=lambda i: deeper(i))

    deeper(0)
    """)
def test_recursion_without_end(mark):
    """Hopes for a crash by the stack."""
    assert mark.points in (HALF, FULL)
    assert mark.status == "marked"


@strikes("""
    import os
    for fd in range(3, 1024):
        try:
            os.close(fd)
        except OSError:
            pass
    """)
def test_closes_every_file(mark):
    """Hopes that a kernel without sockets is waited for without end."""
    assert mark.points == HALF
    assert mark.status == "marked"


@strikes("""
    import os
    os.close(0), os.close(1), os.close(2)
    print("nobody hears this")
    """)
def test_closes_the_standard_streams(mark):
    """Closing stdout harms nobody but the printer."""
    assert mark.points == FULL


@strikes("""
    from grader.inside.kernel import link
    link.socket.close()
    """)
def test_closes_its_connection(mark):
    """Hopes that a kernel that cannot speak is waited for without end."""
    assert mark.points == HALF
    assert mark.status == "marked"


@hands_in(
    solved=None,
    before={STRIKE: "answer = input('the right answer, please: ')"},
    answers={"srn.f1_score": "def f1_score(found, true):\n    return float(input()), 0.0, 0.0"},
)
def test_asks_for_input(mark):
    """Hopes to wait for somebody at the keyboard."""
    assert mark.points == FULL | {"srn.f1_score": 0.0}
    assert mark.ended == ""


@strikes(f"""
    import os, subprocess, sys
    code = "import time; time.sleep(3600)"
    for _ in range(5):
        subprocess.Popen([sys.executable, "-c", code, {TOKEN!r}], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", code, {TOKEN!r}])
        os._exit(0)
    """)
def test_leaves_processes_behind(mark):
    """Hopes that a daemon outlives the run."""
    assert mark.points == FULL
    assert not [process for process in psutil.process_iter() if TOKEN in _command(process)]


def test_no_sandbox_is_left(runs):
    """After the runs no sandbox of this clone is alive but those that somebody else has just started."""
    sandboxes = [process for process in psutil.process_iter() if f"{ROOT}/grader/inside" in _command(process)]
    assert not [sandbox for sandbox in sandboxes if not _is_wanted(sandbox)]


def _is_wanted(sandbox: psutil.Process) -> bool:
    """Does the program that started it live? bubblewrap starts a second process of its own."""
    with suppress(psutil.Error):
        return any(Path(parent.exe()).name.startswith("python") for parent in sandbox.parents() if parent.pid != 1)
    return True


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
