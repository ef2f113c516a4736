"""Does the doctor see what is missing, and name the way out?"""

from __future__ import annotations

import json
import os
from importlib.metadata import packages_distributions

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.marking.course.course import Course
from grader.marking.course.rights import protect
from grader.marking.desk import doctor
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.runner import Runner


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course")


@pytest.fixture
def no_programs(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def make_program(folder, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_without_bubblewrap_it_names_the_package_and_the_command(no_programs, course):
    found = doctor.bubblewrap(course)
    assert found.blocks
    assert "sudo apt-get install bubblewrap" in str(found)


def test_bubblewrap_that_may_not_make_namespaces_is_not_enough(no_programs, course):
    make_program(no_programs, "bwrap", "echo 'bwrap: No permissions to create new namespace' >&2; exit 1")
    found = doctor.bubblewrap(course)
    assert found.blocks
    assert "No permissions to create new namespace" in found.what
    assert "unprivileged_userns_clone" in found.way_out


def test_what_the_system_does_not_tell_of_a_notebook_is_named(monkeypatch, course):
    assert doctor.limits(course).sign == "✓"
    monkeypatch.setattr(doctor, "not_measured", lambda: ["how long it waits"])
    assert "does not tell how long it waits" in doctor.limits(course).what
    monkeypatch.setattr(doctor, "filter_program", lambda: b"")
    assert "nor which system calls" in doctor.limits(course).what
    assert not doctor.limits(course).blocks


def test_without_chromium_only_the_browser_tests_suffer(no_programs, course):
    found = doctor.chromium(course)
    assert not found.blocks
    assert "sudo apt-get install chromium" in str(found)


def test_an_exchange_that_students_cannot_write_blocks(course):
    course.exchange.mkdir(mode=0o755, parents=True)
    assert "chmod 1777" in doctor.exchange(course).way_out
    course.exchange.chmod(0o1777)
    assert not doctor.exchange(course).blocks


def test_a_course_in_a_closed_home_is_named(course, tmp_path):
    """One person on one machine needs no more; students with accounts of their own do."""
    course.make_exchange()
    course.root.chmod(0o711)
    tmp_path.chmod(0o700)
    found = doctor.exchange(course)
    assert (found.sign, "chmod o+x" in found.way_out) == ("–", True)
    assert "other accounts cannot reach the exchange" in found.what


def test_what_other_accounts_may_do_too_much_is_named_and_how_to_close_it(course):
    course.make_exchange()
    protect(course)
    assert doctor.rights(course).sign == "✓"
    course.gradebook.touch()
    course.gradebook.chmod(0o644)
    course.exchange.chmod(0o777)
    found = doctor.rights(course)
    assert found.blocks
    assert f"chmod 0600 '{course.gradebook}'" in found.way_out
    assert f"chmod 1777 '{course.exchange}'" in found.way_out


def test_a_damaged_key_is_a_finding(course, monkeypatch):
    course.root.mkdir()
    (course.root / "secret.key").touch()
    monkeypatch.setattr(doctor, "LOOKS", (doctor.own_files,))
    [found] = doctor.examine(course)
    assert found.blocks
    assert "is no key" in found.what


def test_a_look_that_breaks_is_a_finding(monkeypatch, course):
    def broken_look(_):
        raise OSError("disk on fire")

    monkeypatch.setattr(doctor, "LOOKS", (broken_look,))
    [found] = doctor.examine(course)
    assert found.blocks
    assert "disk on fire" in found.what


def test_the_command_fails_when_something_needed_is_missing(monkeypatch, no_programs):
    monkeypatch.setattr(doctor, "LOOKS", (doctor.python, doctor.bubblewrap))
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert "✓ Python" in done.output
    assert "✗ bubblewrap" in done.output


def test_a_students_packages_are_not_enough_to_mark(monkeypatch, course):
    assert doctor.packages(course).sign == "✓"
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name == "nh3" else name)
    found = doctor.packages(course)
    assert found.blocks
    assert "nh3 is missing" in found.what
    assert "make setup" in found.way_out


def test_the_instructors_packages_are_those_that_are_declared(declared):
    packages_of = packages_distributions()
    packages = {name.replace("_", "-").lower() for module in doctor.INSTRUCTORS for name in packages_of[module]}
    assert packages == declared("instructor").keys() - declared("student").keys()


def test_this_machine_lacks_nothing(course):
    assert [str(found) for found in doctor.examine(course) if found.blocks] == []


@pytest.mark.parametrize(("euid", "sign"), [(0, "–"), (1000, "✓")])
def test_root_is_told_to_mark_as_somebody_else(monkeypatch, euid, sign, course):
    monkeypatch.setattr(doctor.os, "geteuid", lambda: euid)
    assert doctor.user(course).sign == sign


# --- the GPU ---


def ran(**found):
    return Result({0: [{"output_type": "stream", "name": "stdout", "text": json.dumps(found)}]})


@pytest.mark.skipif(os.path.exists("/dev/nvidia0"), reason="this machine has a GPU")
def test_without_a_gpu_it_says_so_plainly(course):
    found = doctor.gpu(course)
    assert not found.blocks
    assert found.what == "no NVIDIA GPU here (/dev/nvidia0 is missing)"


def test_what_the_gpu_did_is_said_with_driver_memory_and_tf32():
    of_one = {"build": "13.0", "there": True, "name": "NVIDIA H100", "free": 70 * 2**30, "all": 79 * 2**30}
    found = doctor.what_the_gpu_did(ran(**of_one, tf32=2e-2, checked=3e-5), "580.1")
    assert found.sign == "✓"
    for part in (
        "NVIDIA H100, driver 580.1, CUDA 13.0",
        "70 of 79 GiB free",
        "TF32 off in checks (error 3e-05;",
        "2e-02",
    ):
        assert part in found.what


@pytest.mark.parametrize(("build", "way_out"), [(None, "install PyTorch for CUDA"), ("13.0", "LD_LIBRARY_PATH")])
def test_a_gpu_that_the_sandbox_cannot_use_is_no_gpu_and_the_way_out_is_named(build, way_out):
    found = doctor.what_the_gpu_did(ran(build=build, there=False), "580.1")
    assert found.sign == "–"
    assert way_out in found.way_out


def test_a_kernel_that_the_gpu_broke_is_a_finding():
    broken = Result(
        {0: [{"output_type": "error", "ename": "AcceleratorError", "evalue": "CUDA error", "traceback": []}]}
    )
    found = doctor.what_the_gpu_did(broken, "580.1")
    assert not found.blocks
    assert "AcceleratorError" in found.what
    assert "it died" in doctor.what_the_gpu_did(Result(ended="it died"), "580.1").what


def test_the_cell_that_tries_the_gpu_runs_in_a_kernel(course):
    """Without a GPU as far as it comes."""
    with Runner(course) as runner:
        result = runner.run(Job("01-srn", ((0, doctor.ON_THE_GPU),), {}, {}, Limits(), gpu=True))
    assert json.loads(result.outputs[0][0]["text"]).keys() >= {"build", "there"}


@pytest.mark.gpu
def test_this_machines_gpu_computes_in_the_sandbox(course):
    assert doctor.gpu(course).sign == "✓"


def test_the_command_makes_only_the_checks_that_are_named():
    done = CliRunner().invoke(app, ["doctor", "python", "user"])
    assert [line for line in done.output.splitlines() if line.startswith("✓ Python")]
    assert "bubblewrap" not in done.output
    assert CliRunner().invoke(app, ["doctor", "cpu"]).exit_code == 2
