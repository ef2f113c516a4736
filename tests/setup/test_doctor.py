"""Does the doctor see what is missing, and name the way out?"""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.marking.course.course import Course
from grader.marking.desk import doctor


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


def test_without_chromium_only_the_browser_tests_suffer(no_programs, course):
    found = doctor.chromium(course)
    assert not found.blocks
    assert "sudo apt-get install chromium" in str(found)


def test_an_exchange_that_students_cannot_write_blocks(course):
    course.exchange.mkdir(mode=0o755, parents=True)
    assert "chmod ugo+rwx" in doctor.exchange(course).way_out
    course.exchange.chmod(0o777)
    assert not doctor.exchange(course).blocks


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


def test_this_machine_lacks_nothing(course):
    assert [str(found) for found in doctor.examine(course) if found.blocks] == []


@pytest.mark.parametrize(("euid", "sign"), [(0, "–"), (1000, "✓")])
def test_root_is_told_to_mark_as_somebody_else(monkeypatch, euid, sign, course):
    monkeypatch.setattr(doctor.os, "geteuid", lambda: euid)
    assert doctor.user(course).sign == sign
