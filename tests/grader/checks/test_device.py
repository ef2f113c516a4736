"""Is the device the one that was asked for, there and nowhere else?"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from grader.checks.device import on_device, pick_device
from grader.checks.task import find_task
from grader.marking.answers.references.live import reference_outputs

BY_ITSELF = pick_device()


def test_a_device_is_picked_inside_and_forgotten_after():
    with on_device("meta"):
        with on_device("cpu"):
            assert pick_device().type == "cpu"
        with on_device(None):
            assert pick_device().type == "meta"
    assert pick_device() == BY_ITSELF


def test_a_failure_inside_leaves_no_trace():
    def fails():
        with on_device("meta"):
            raise ValueError(os.environ.get("RNN_WORKBOOK_DEVICE"))

    with pytest.raises(ValueError, match=str(os.environ.get("RNN_WORKBOOK_DEVICE"))):
        fails()
    assert pick_device() == BY_ITSELF


def test_another_thread_is_not_asked_to_follow():
    seen = []
    with on_device("meta"):
        thread = threading.Thread(target=lambda: seen.append(pick_device()))
        thread.start()
        thread.join()
    assert seen == [BY_ITSELF]


def test_the_environment_names_the_device_once_when_the_process_begins():
    code = (
        "import os; from grader.checks.device import pick_device\n"
        "os.environ['RNN_WORKBOOK_DEVICE'] = 'cpu'; print(pick_device())"
    )
    own = {**os.environ, "RNN_WORKBOOK_DEVICE": "meta"}
    assert subprocess.check_output([sys.executable, "-c", code], env=own, text=True) == "meta\n"


def test_the_reference_runs_on_the_device_it_is_given():
    task = replace(find_task("srn.parameter_count"), call=lambda answer, inputs: pick_device().type == "meta")
    case = task.cases[0]
    assert reference_outputs(task, case, 1, "meta") == {task.outputs[0].name: True}
    assert reference_outputs(task, case, 1, "cpu") == {task.outputs[0].name: False}
