"""Does a kernel compute as the references did, and does it find a GPU where it may use one?"""

from __future__ import annotations

import json

import pytest

from grader.checks.arithmetic import CUBLAS
from grader.marking.course.course import Course
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
