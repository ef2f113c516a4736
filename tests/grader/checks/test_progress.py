"""Is what passed remembered from one kernel to the next, whatever happens to the file?"""

from __future__ import annotations

import json
import linecache
import os
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from grader.checks import CheckFailed, check, progress
from grader.checks.progress import PLACE, remember, remembered
from grader.checks.task import find_task

ROOT = Path(__file__).resolve().parents[3]
STEP, COUNT = find_task("srn.step"), find_task("srn.parameter_count")


def step(x_t, h, W, U, b):
    return np.tanh(x_t @ W.T + h @ U.T + b)


def wrong(x_t, h, W, U, b):
    return x_t


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "a folder" / "progress.json"
    monkeypatch.setenv(PLACE, str(path))
    monkeypatch.setattr(progress, "_here", set())
    return path


def test_a_check_that_passes_is_remembered_with_its_points_and_when(file):
    check("srn.step", step)
    one = remembered()["srn.step"]
    assert (one.passed, one.points) == (True, STEP.points)
    assert abs((datetime.now().astimezone() - datetime.fromisoformat(one.when)).total_seconds()) < 100
    assert progress.passed_here() == {"srn.step"}


def test_one_that_fails_was_tried_and_what_passed_once_stays_passed(file):
    with pytest.raises(CheckFailed):
        check("srn.step", wrong)
    assert (remembered()["srn.step"].passed, remembered()["srn.step"].points) == (False, 0)
    check("srn.step", step)
    with pytest.raises(CheckFailed):
        check("srn.step", wrong)
    assert remembered()["srn.step"].passed


def test_a_lesson_that_is_read_with_its_answers_earns_nothing(file):
    source = f"def step(x_t, h, W, U, b):\n    {progress.ANSWER}\n    return x_t\n"
    kernel = {}
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    exec(compile(source, "<cell>", "exec"), kernel)
    remember(STEP, kernel["step"], True)
    remember(COUNT, step, True)
    assert remembered().keys() == {"srn.parameter_count"}


def test_a_marking_run_remembers_nothing(file, tmp_path, monkeypatch, capsys):
    run = tmp_path / "run.json"
    run.write_text(json.dumps({"format": 1, "tasks": {"srn.step": [["ordinary", 1]]}}))
    monkeypatch.setenv("RNN_WORKBOOK_RUN", str(run))
    check("srn.step", step)
    assert not file.exists()


def test_off_is_off(file, monkeypatch, tmp_path):
    monkeypatch.setenv(PLACE, "off")
    monkeypatch.chdir(tmp_path)
    remember(STEP, step, True)
    assert remembered() == {}
    assert list(tmp_path.iterdir()) == []


def test_otherwise_it_lies_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.delenv(PLACE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert progress.place().parts[-2:] == ("rnn-workbook", "progress.json")


@pytest.mark.parametrize(
    "broken",
    ["", "{", "[]", '{"tasks": 3}', '{"tasks": {"srn.step": {"passed": 1}}}', "[" * 100_000, '{"tasks": {"a": null}}'],
)
def test_a_broken_file_is_set_aside_and_a_new_one_begun(file, broken):
    file.parent.mkdir()
    file.write_text(broken)
    assert remembered() == {}
    remember(STEP, step, True)
    assert remembered()["srn.step"].passed
    [aside] = file.parent.glob("progress-broken-*.json")
    assert aside.read_text() == broken


def test_no_trouble_with_the_disk_reaches_the_student(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "progress.json", tmp_path):
        monkeypatch.setenv(PLACE, str(place))
        check("srn.step", step)
        assert remembered() == {}


def test_kernels_that_write_at_once_lose_nothing(file):
    """Eight processes, each with exercises of its own."""
    code = (
        "import sys; from grader.checks.progress import remember; from grader.checks.task import all_tasks\n"
        "input()\n"
        "for task in list(all_tasks().values())[int(sys.argv[1]) :: 8]: remember(task, None, True)"
    )
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(k)], env=own, stdin=subprocess.PIPE, text=True)
        for k in range(8)
    ]
    for kernel in kernels:
        kernel.stdin.write("\n")
        kernel.stdin.flush()
    for kernel in kernels:
        kernel.communicate(timeout=100)
        assert kernel.returncode == 0
    from grader.checks.task import all_tasks

    assert remembered().keys() == all_tasks().keys()
    assert {path.name for path in file.parent.iterdir()} == {"progress.json", "progress.json.lock"}


def test_a_check_does_not_wait_for_ever_for_another_kernel(file, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    file.parent.mkdir()
    held, done = threading.Event(), threading.Event()

    def hold():
        with FileLock(f"{file}.lock"):
            held.set()
            done.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    remember(STEP, step, True)
    assert remembered() == {}
    done.set()
    other.join()
    remember(STEP, step, True)
    assert remembered()["srn.step"].passed
