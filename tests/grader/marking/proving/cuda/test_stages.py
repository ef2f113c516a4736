"""Does each stage run for itself: in its time, heard as it goes, its results kept whatever becomes of the others?"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time

import psutil
import pytest

from grader.marking.proving.cuda import __main__ as command
from grader.marking.proving.cuda.stages import Stage, run_stages


def stage(name, code, seconds=20, **more):
    return Stage(name, [sys.executable, "-u", "-c", code], seconds, **more)


@pytest.fixture
def run(tmp_path):
    """run(stages…): what became of them, run in a folder of their own; run.said: every line."""
    folder, out = tmp_path / "folder", tmp_path / "out"
    folder.mkdir()

    def result(*stages, limit=60):
        return run_stages(stages, folder, out, limit, result.said.append)

    result.said, result.out = [], out
    return result


WRITES = "open('made', 'a').write('x'); print('written')"
SLEEPS = "open('half', 'w').write('x'); print('begun'); import time; time.sleep(60)"


def packed(path) -> list[str]:
    with tarfile.open(path) as found:
        return found.getnames()


def test_a_stage_that_fails_or_takes_too_long_leaves_the_results_of_the_others(run):
    done = run(
        stage("first", WRITES, results=("made",)),
        stage("fails", "raise SystemExit(3)"),
        stage("slow", SLEEPS, seconds=1, results=("half", "never made")),
        stage("last", WRITES, results=("made",)),
    )
    assert [one.code for one in done] == [0, 3, None, 0]
    assert [one.well for one in done] == [True, False, False, True]
    assert packed(run.out / "first.tar.gz") == packed(run.out / "last.tar.gz") == ["made"]
    assert packed(run.out / "slow.tar.gz") == ["half"]
    assert not (run.out / "fails.tar.gz").exists()
    assert [(run.out / f"{one.stage.name}.log").read_text() for one in done] == [
        "written\n",
        "",
        "begun\n",
        "written\n",
    ]
    verdicts = [line for line in run.said if line[0] in "✓✗"]
    assert [line.partition(":")[0] for line in verdicts] == ["✓ first", "✗ fails", "✗ slow", "✓ last"]
    assert "exit code 3" in verdicts[1]
    assert "stopped after 1 s" in verdicts[2]


def test_lines_are_heard_as_they_are_printed(run):
    when = {}
    folder = run.out.parent / "folder"
    code = "import time; print('one'); time.sleep(1); print('two')"
    run_stages([stage("slow", code)], folder, run.out, 60, lambda line: when.setdefault(line.strip(), time.monotonic()))
    assert when["two"] - when["one"] > 0.5


def test_what_a_stopped_stage_has_started_ends_with_it(run):
    """Also in a session of its own, and although it holds the stage's output open."""
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
        "print(child.pid); time.sleep(60)"
    )
    begin = time.monotonic()
    run(stage("slow", code, seconds=2))
    assert time.monotonic() - begin < 15
    child = int((run.out / "slow.log").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_no_stage_takes_more_than_is_left_of_the_whole(run):
    done = run(stage("slow", SLEEPS), stage("late", WRITES), limit=1)
    assert [one.code for one in done] == [None, None]
    assert done[0].seconds < 5
    assert "not begun" in run.said[-1]
    assert not (run.out / "late.log").exists()


# --- the stages of `make cuda` ---


def test_the_stages_fit_into_their_time_and_differ_by_device_alone(tmp_path):
    cuda, cpu = (command.stages(device, tmp_path) for device in ("cuda", "cpu"))
    assert [one.name for one in cuda] == [one.name for one in cpu]
    assert {"record", "demo-01", "demo-05", "notebooks", "fidelity"} <= {one.name for one in cuda}
    assert all(0 < one.seconds < command.LIMIT == 600 for one in cuda)
    lines = {one.name: " ".join(one.command) for one in cuda}
    assert lines["record"].endswith("--device cuda")
    assert lines["demo-05"].endswith("demo 05 --gpu")
    assert not any(
        "cuda" in part or "--gpu" in part for one in cpu for part in one.command if "proving.cuda" not in part
    )


def start(*arguments):
    line = [sys.executable, "-m", "grader.marking.proving.cuda", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_the_command_names_the_stages_that_there_are(tmp_path):
    done = start("--device", "cpu", "--out", tmp_path, "bake")
    assert done.returncode == 2
    assert "no stage bake; the stages are: doctor, record, demo-01" in done.stderr


@pytest.mark.skipif(os.path.exists("/dev/nvidia0"), reason="this machine has a GPU")
def test_without_a_gpu_it_says_so(tmp_path):
    done = start("--out", tmp_path)
    assert done.returncode == 1
    assert "finds no GPU" in done.stderr


def test_a_stage_is_tried_out_on_the_cpu(tmp_path):
    done = start("--device", "cpu", "--out", tmp_path / "out", "doctor")
    assert "no NVIDIA GPU" in (tmp_path / "out" / "doctor.log").read_text()
    assert done.returncode == 0, done.stdout
    assert "✓ doctor: done in" in done.stdout
