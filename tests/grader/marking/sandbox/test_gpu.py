"""Does a kernel compute as the references did, and does it find a GPU where it may use one?"""

from __future__ import annotations

import json
import subprocess
import sys
from time import monotonic, sleep

import pytest
import torch

from grader.checks.answers import MIME
from grader.checks.arithmetic import CUBLAS
from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT
from grader.marking.sandbox import bubblewrap
from grader.marking.sandbox.bubblewrap import command
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits

SETTINGS = """
import json, torch, warnings
def settings():
    return [
        torch.get_float32_matmul_precision(), torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32,
        torch.backends.cudnn.enabled, torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
    ]
"""
ANSWER = """
seen = []
class SRN(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        seen.append(settings())
"""
USERS = """
torch.set_float32_matmul_precision("high")
torch._C._set_deterministic_algorithms(True, warn_only=False)
before = settings()
"""
CHECK = 'from grader.checks import check\ncheck("srn.module", SRN)'
SHOW = "print(json.dumps([before, seen, settings()]))"


def test_a_marking_kernels_check_computes_as_the_references_did_and_leaves_the_students_settings(runner):
    cells = tuple(enumerate((SETTINGS, ANSWER, USERS, CHECK, SHOW)))
    result = runner.run(Job("01-srn", cells, {"srn.module": [("ordinary", 1), ("float32", 2)]}, {}, Limits()))
    before, seen, after = json.loads(result.outputs[4][0]["text"])
    assert before[:3] == ["high", True, True]
    assert len(seen) > 1
    assert all(each == ["highest", False, False, False, True, True] for each in seen)
    assert after == before


def environment(line: list[str]) -> dict[str, str]:
    return {line[at + 1]: line[at + 2] for at, word in enumerate(line) if word == "--setenv"}


@pytest.fixture
def line(tmp_path):
    """line(gpu): the command of a sandbox."""
    return lambda gpu: command(Course(tmp_path / "course"), "01-srn", 3, gpu)


@pytest.mark.parametrize("users", [None, ":16:8"])
def test_cublas_repeats_itself_in_the_sandbox_unless_the_user_has_set_it(users, line, monkeypatch):
    monkeypatch.delenv(CUBLAS, raising=False)
    if users:
        monkeypatch.setenv(CUBLAS, users)
    assert environment(line(True))[CUBLAS] == (users or ":4096:8")
    assert CUBLAS not in environment(line(False))


def test_the_sandbox_finds_the_driver_where_the_host_does(line, tmp_path, monkeypatch):
    """A container has it in a folder of its own, which LD_LIBRARY_PATH names."""
    driver, other = tmp_path / "nvidia", tmp_path / "other"
    for folder in (driver, other):
        folder.mkdir()
    (driver / "libcuda.so.1").touch()
    path = f"{driver}:{other}:/usr/lib:"
    monkeypatch.setenv("LD_LIBRARY_PATH", path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    found = line(True)
    bound = [found[at + 1] for at, word in enumerate(found) if word == "--ro-bind"]
    assert environment(found) | {"LD_LIBRARY_PATH": path, "CUDA_VISIBLE_DEVICES": "1"} == environment(found)
    assert str(driver) in bound
    assert not {str(other), "/usr/lib", ""} & set(bound)
    assert "LD_LIBRARY_PATH" not in environment(line(False))


def test_the_fork_server_starts_no_cuda():
    """A fork could not use it any more; so nothing that is imported beforehand may even ask for it."""
    modules = bubblewrap._imports("08-applications")
    code = (
        "import torch\n"
        "def asked(*_): raise SystemExit('CUDA was asked for')\n"
        "torch.cuda.is_available = torch.cuda.device_count = torch.cuda._lazy_init = asked\n"
        f"from grader.inside import fork_server\nfork_server._import({modules!r})\nprint('imported')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "imported\n", done.stderr


@pytest.mark.gpu
def test_nothing_stays_allocated_on_a_gpu_after_a_kernel_ends(runner):
    code = "import torch\nkept = torch.ones(2**28, device='cuda')\nprint(kept.device.type)"
    free, _ = torch.cuda.mem_get_info()
    result = runner.run(Job("01-srn", ((0, code),), {}, {}, Limits(), gpu=True))
    assert result.outputs[0][0]["text"] == "cuda\n"
    until = monotonic() + 10
    while torch.cuda.mem_get_info()[0] < free - 2**28 and monotonic() < until:
        sleep(0.1)
    assert torch.cuda.mem_get_info()[0] >= free - 2**28


@pytest.mark.gpu
def test_a_marking_kernel_computes_on_the_gpu(runner):
    cells = ((0, "from solutions.srn import SRN"), (1, CHECK))
    result = runner.run(Job("02-bptt", cells, {"srn.module": [("ordinary", 1)]}, {}, Limits(), gpu=True))
    [bundle] = [output["data"][MIME] for output in result.outputs[1] if MIME in output.get("data", {})]
    assert bundle["devices"] == ["cuda"]
