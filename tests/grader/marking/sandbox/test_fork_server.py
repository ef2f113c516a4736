"""Is every kernel that a fork server forks a real Jupyter kernel, in namespaces of its own?"""

from __future__ import annotations

import json
import os
import textwrap
import time
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread, Timer

import pytest

from grader.inside.salvage import NOTE
from grader.marking.course.course import Course
from grader.marking.course.lessons import released_experiments
from grader.marking.sandbox.fork_server import ForkServer
from grader.marking.sandbox.job import Job, run_job
from grader.marking.sandbox.limits import MIB, Limits, SandboxUnavailable

LESSON = "01-srn"


@pytest.fixture(scope="module")
def run(runner):
    """run("1 + 1", …): the result of running these cells in a fresh kernel."""

    def result(*cells, limits=None, files=None, others=()):
        limits = limits or Limits()
        return runner.run(Job(LESSON, tuple(enumerate(cells)), {}, files or {}, limits, others=frozenset(others)))

    return result


def text(result, index=0):
    return "".join(output.get("text", "") for output in result.outputs[index])


@pytest.mark.parametrize("milliseconds", [0, 2, 4, 6, 8, 10, 15, 20, 30, 50, 100])
def test_one_that_is_closed_while_it_starts_leaves_nothing_and_keeps_nobody_waiting(tmp_path, milliseconds):
    """Bubblewrap's child waits for bubblewrap before it is bound to end with it."""
    server = ForkServer(Course(tmp_path), LESSON)
    waiting = Thread(target=_ready, args=(server,), daemon=True)
    waiting.start()
    time.sleep(milliseconds / 1000)
    server.close()
    waiting.join(60)
    assert not waiting.is_alive()
    until = time.monotonic() + 60
    while _with_path(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _with_path(tmp_path)


def _ready(server):
    with suppress(SandboxUnavailable):
        server.ready()


def _with_path(path):
    """The processes whose command line names that path."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(path).encode() in (process / "cmdline").read_bytes():
                found.append(process.name)
    return found


@pytest.fixture(scope="module")
def values(run):
    """values("print(1)"): what the last cell prints, as JSON."""
    return lambda *cells, **more: json.loads(text(run(*cells, **more), len(cells) - 1))


# --- nothing survives ---

LEAVE = """
import os, subprocess, sys, threading, time, builtins, numpy as np, torch, matplotlib.pyplot as plt
for folder in ("/tmp", "/lesson", "/home/student", "/dev/shm", "/run"):
    open(f"{folder}/left-behind", "w").write("x")
np.dot = np.tanh = lambda *_: 42
np.random.seed(7)
builtins.round = lambda *_: 42
torch.set_default_dtype(torch.float64)
plt.rcParams["lines.linewidth"] = 42
os.environ["LEFT_BEHIND"] = "x"
sys.path.insert(0, "/tmp/left-behind")
sys.modules["left_behind"] = os
left_behind = 42
threading.Thread(target=time.sleep, args=(600,), daemon=True, name="left-behind").start()
subprocess.Popen(["sleep", "601"], start_new_session=True)
print("left")
"""
FIND = """
import json, os, sys, threading, numpy as np, torch, matplotlib.pyplot as plt
print(json.dumps({
    "files": [folder for folder in ("/tmp", "/lesson", "/home/student", "/dev/shm", "/run")
              if "left-behind" in os.listdir(folder)],
    "numpy": [float(np.dot(2.0, 3.0)), float(np.tanh(0.0))],
    "random": float(np.random.rand()),
    "round": round(1.7),
    "dtype": str(torch.get_default_dtype()),
    "linewidth": plt.rcParams["lines.linewidth"],
    "environment": "LEFT_BEHIND" in os.environ,
    "path": [path for path in sys.path if "left-behind" in path],
    "module": "left_behind" in sys.modules,
    "name": "left_behind" in globals(),
    "threads": threading.active_count(),
    "processes": sorted(int(pid) for pid in os.listdir("/proc") if pid.isdigit()),
    "pid": os.getpid(),
}))
"""


def test_nothing_of_a_notebook_is_found_by_the_next(run, values):
    """Files, patches, settings, environment, threads and processes are left behind; the next kernel is as the first."""
    before = values(FIND)
    assert text(run(LEAVE)) == "left\n"
    after = values(FIND)
    assert before == after
    assert after["files"] == after["path"] == []
    assert after["numpy"] == [6.0, 0.0]
    assert after["processes"] == [1, after["pid"]]


def test_a_background_process_ends_with_its_notebook(run):
    run("import subprocess; subprocess.Popen(['sleep', '654321'], start_new_session=True)")
    time.sleep(0.2)
    assert "654321" not in command_lines()


def command_lines():
    """The command lines of all processes of this machine."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(found)


def test_a_kernel_sees_neither_its_parent_nor_a_sibling(runner, values):
    """Two kernels at a time: each sees two processes, process 1 and itself, and no signal reaches another."""
    server = runner.server(LESSON)
    first = server.kernel(Limits(), {}, {})
    try:
        seen = values(
            "import os, json, signal\n"
            "def kill(pid):\n"
            "    try:\n"
            "        os.kill(pid, signal.SIGKILL)\n"
            "    except OSError as refused:\n"
            "        return type(refused).__name__\n"
            f"there = {{pid: kill(pid) for pid in ({first.watchdog.pid}, {server.process.pid}, {os.getpid()})}}\n"
            "print(json.dumps(list(there.values())))"
        )
        assert seen == ["ProcessLookupError"] * 3
        assert server.alive
        first.ask("print('still here')")
        assert first.receive(time.monotonic() + 20)["content"]["text"] == "still here\n"
    finally:
        first.close()


# --- real Jupyter semantics ---


def test_outputs_are_those_of_a_jupyter_kernel(run):
    result = run(
        "import sys\nprint('a'); print('b', file=sys.stderr); print('c')",
        "from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>')); 6 * 7",
        "1 / 0",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "6 * 7;",
    )
    assert [(output["name"], output["text"]) for output in result.outputs[0]] == [
        ("stdout", "a\nc\n"),
        ("stderr", "b\n"),
    ]
    shown, value = result.outputs[1]
    assert shown["data"]["text/html"] == "<b>x</b>"
    assert value["output_type"] == "execute_result"
    assert value["data"] == {"text/plain": "42"}
    assert value["execution_count"] == 2
    assert result.outputs[2][0]["ename"] == "ZeroDivisionError"
    assert "----> 1" in "\n".join(result.outputs[2][0]["traceback"])
    assert "image/png" in result.outputs[3][0]["data"]
    assert result.outputs[4] == []
    assert result.counts == {0: 1, 1: 2, 2: 3, 3: 4, 4: 5}


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("%time sum(range(3))", "Wall time"),
        ("!echo from the shell", "from the shell"),
        ("%%bash\necho from bash", "from bash"),
        ("import asyncio\nawait asyncio.sleep(0)\nprint('waited')", "waited"),
        ("import subprocess\nsubprocess.run(['echo', 'from a program'])", "from a program"),
        ("import os\nos.write(1, b'straight to 1');", "straight to 1"),
        ("print(get_ipython().run_line_magic('pwd', ''))", "/lesson"),
        ("import os\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait(); print('parent')", "parent"),
        ("import os\nif os.fork() == 0:\n    print('child'); os._exit(0)\nos.wait();", "child"),
        ("import multiprocessing as m\nwith m.Pool(2) as pool:\n    print(pool.map(abs, [-1, -2]))", "[1, 2]"),
        ("exit()\nprint('goes on')", "goes on"),
    ],
)
def test_what_notebooks_do_works(cell, wanted, run):
    result = run(cell, "print('next')")
    assert wanted in text(result)
    assert text(result, 1) == "next\n"
    assert not result.ended


def test_input_is_refused_with_a_clear_message(run):
    error, note = run("name = input('Your name? ')").outputs[0]
    assert note["data"][NOTE]["missing"] == {"name": [1, "name = input('Your name? ')"]}
    assert error["ename"] == "StdinNotImplementedError"
    assert "nobody is there to answer" in error["evalue"]


def test_a_display_is_updated_and_output_cleared(run):
    result = run(
        "handle = display('old', display_id=True)",
        "handle.update('new')",
        "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
        "print('gone'); clear_output(wait=True); print('stays')",
    )
    assert result.outputs[0][0]["data"]["text/plain"] == "'new'"
    assert result.outputs[1] == []
    assert text(result, 2) == text(result, 3) == "stays\n"


def test_files_beside_the_notebook_can_be_read_and_imported(run):
    result = run(
        "import mine; print(mine.value, len(open('data/train.txt').read()) > 1000)",
        files={"mine.py": b"value = 42", "data/mine.txt": b"x"},
    )
    assert text(result) == "42 True\n"


def test_chance_is_the_same_in_every_run(run):
    """Unseeded draws and the order of sets: a mark must not depend on the day."""
    code = "import numpy as np, random, torch; print(np.random.rand(), random.random(), torch.rand(1), {'a', 'b', 'c'})"
    assert text(run(code)) == text(run(code)) != ""


# --- limits, and what dies ---


def test_a_cell_that_takes_too_long_is_interrupted_and_the_next_one_runs(run):
    result = run("import time; time.sleep(60)", "print('next')", limits=Limits(cell_seconds=1))
    assert [output["ename"] for output in result.outputs[0]] == ["KeyboardInterrupt", "CellTimeoutError"]
    assert text(result, 1) == "next\n"


def test_what_a_student_tries_out_takes_no_time_from_the_exercises(run):
    """The others have time together; then they only define, and say so once. The exercises have all of theirs."""
    slow = "import time; time.sleep({})\ndef f{}(): return 42"
    late = "print('not run')\ndef f3(): return 43"
    cells = [slow.format(0.6, 1), slow.format(60, 2), late, "time.sleep(1.5); print(f1(), f3())"]
    result = run(*cells, limits=Limits(notebook_seconds=3, other_seconds=1), others={0, 1, 2})
    assert result.ended == ""
    assert [output["ename"] for output in result.outputs[1] if "ename" in output][-1] == "CellTimeoutError"
    assert list(result.cut) == [1]
    assert "together" in result.cut[1]
    assert "not run" not in str(result.outputs[2])
    assert text(result, 3) == "42 43\n"


def test_several_short_exercises_share_their_time(run):
    result = run(*["import time; time.sleep(0.6)"] * 4, "print('after')", limits=Limits(notebook_seconds=2))
    assert result.ended == "the exercises ran for more than 2 seconds together"
    assert 4 not in result.outputs


@pytest.mark.parametrize(
    ("cell", "limits", "ended"),
    [
        ("import os; os._exit(0)", {}, "the code ended its own kernel"),
        ("import os; os.kill(os.getpid(), 9)", {}, "the code ended its own kernel"),
        ("import ctypes; ctypes.string_at(0)", {}, "the code ended its own kernel"),
        ("x = bytearray(700 * 2**20)\nimport time; time.sleep(9)", {"memory": 600 * MIB}, "600 MiB of memory"),
        ("print('x' * 10**6)\n" * 3, {"output": 2 * MIB}, "outputs were longer than 2 MiB"),
        ("while True: pass", {"notebook_seconds": 1}, "the exercises ran for more than 1 second together"),
        (
            "import signal; signal.signal(2, signal.SIG_IGN)\nwhile True: pass",
            {"cell_seconds": 1},
            "could not be interrupted",
        ),
    ],
)
def test_what_breaks_a_limit_ends_with_the_reason(cell, limits, ended, run):
    result = run("print('before')", cell, "print('after')", limits=Limits(**limits))
    assert ended in result.ended
    assert text(result, 0) == "before\n"
    assert 2 not in result.outputs
    assert result.outputs[1][-1]["ename"] == "RunEnded"


def test_a_kernel_that_cannot_work_within_its_limits_is_no_fault_of_the_code(run):
    with pytest.raises(SandboxUnavailable, match=r"did not work before the first cell was run .*MemoryError.*limits"):
        run("print(1)", limits=Limits(memory=4000))
    assert text(run("print(1)", limits=Limits(memory=256 * MIB))) == "1\n"


def test_the_disk_has_an_end(run):
    """A private folder is full at its limit, and no file is larger than its own."""
    code = """
        def fill(path, size):
            try:
                with open(path, "wb") as file:
                    for _ in range(size):
                        file.write(bytes(2**20))
            except OSError as refused:
                return type(refused).__name__, refused.errno
        print([fill(f"/tmp/{i}", 3) for i in range(3)], fill("/home/student/x", 6))
    """
    said = text(run(textwrap.dedent(code), limits=Limits(disk=8 * MIB, file=5 * MIB)))
    assert said == "[None, None, ('OSError', 28)] ('OSError', 27)\n"


def test_what_the_imports_say_is_said_when_a_fork_server_does_not_start(course, monkeypatch):
    monkeypatch.setattr("grader.marking.sandbox.bubblewrap._imports", lambda lesson: ["no_such_module"])
    with pytest.raises(SandboxUnavailable, match="No module named 'no_such_module'"):
        ForkServer(course, LESSON).ready()


def test_who_is_closed_while_it_starts_keeps_nobody_waiting(course):
    server = ForkServer(course, LESSON)
    Timer(0.2, server.close).start()
    begin = time.monotonic()
    with pytest.raises(SandboxUnavailable, match="closed while it started"):
        server.ready()
    assert time.monotonic() - begin < 0.5 + 0.2, "importing everything takes longer"


def test_what_the_releases_experiments_define_is_found_before_the_fork(course_with):
    with closing(ForkServer(course_with(LESSON), LESSON).ready()) as server:
        cells = tuple(enumerate(["from grader.inside import salvage\nprint(len(salvage._prepared))"]))
        found = int(text(run_job(Job(LESSON, cells, {}, {}, Limits()), server)))
    assert found == len([*released_experiments(course_with(LESSON).release / LESSON)]) > 10
