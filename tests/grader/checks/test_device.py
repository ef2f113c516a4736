"""Is the device the one that was asked for, there and nowhere else?"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from grader.checks.answers import plain
from grader.checks.device import devices_seen, gpu_seats, on_device, pick_device, see
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


# --- which devices were seen ---


class Tensor:
    """What has a device of that kind."""

    def __init__(self, kind):
        self.device = SimpleNamespace(type=kind)


def test_the_devices_of_tensors_are_seen_inside_and_of_nothing_else():
    see(Tensor("cuda"))
    with devices_seen() as seen:
        for each in (torch.ones(1), Tensor("cuda"), Tensor("tpu"), Tensor(["cuda"]), Tensor(None), object(), None, 3.0):
            see(each)
    see(Tensor("cuda"))
    assert seen == {"cpu", "cuda"}


def test_what_a_student_returns_is_seen_when_it_becomes_an_array():
    with devices_seen() as seen:
        plain(torch.ones(2))
    assert seen == {"cpu"}


# --- how many processes a GPU holds ---


@pytest.mark.parametrize(("free", "seats"), [(80 * 2**30, 16), (8 * 2**30, 5), (2**30, 1), (0, 1)])
def test_as_many_processes_run_as_fit_into_the_gpus_free_memory(free, seats, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (free, 80 * 2**30))
    assert gpu_seats(16) == seats


def test_without_a_gpu_nothing_limits_them(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu_seats(16) == 16
