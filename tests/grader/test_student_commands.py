"""Do the students' commands find lessons and folders, and say in a sentence what a command lacks on this machine?"""

from __future__ import annotations

import shutil
import sys

import pytest
from typer.testing import CliRunner

from grader.checks.lesson_list import lesson_list
from grader.checks.progress import PLACE
from grader.cli import app
from grader.cli.app import IN_THE_CLONE
from grader.marking.desk.student_version import student_version

ALL_POINTS = sum(sum(entry.tasks.values()) for entry in lesson_list())


def run(*typed: str):
    return CliRunner().invoke(app, typed)


@pytest.fixture
def mine(tmp_path):
    """The folder of one's own lessons."""
    return tmp_path / "mine"


def test_a_lesson_is_started_and_handed_in(mine):
    started = run("start", "01", "--into", str(mine))
    assert (started.exit_code, (mine / "01-srn" / "01-srn.ipynb").exists()) == (0, True)
    assert "is yours" in started.output
    handed = run("submit", "01", "--into", str(mine), "--name", "ada")
    assert "Answered: 0 of 9." in handed.output
    assert (mine / "01-srn-ada.zip").exists()


def test_from_a_zip(mine, tmp_path):
    (tmp_path / "01-srn").mkdir()
    student_version("01-srn", tmp_path / "01-srn")
    shutil.make_archive(str(tmp_path / "given"), "zip", tmp_path, "01-srn")
    done = run("start", str(tmp_path / "given.zip"), "--into", str(mine))
    assert done.exit_code == 0, done.output
    assert (mine / "01-srn" / "data" / "train.txt").exists()


@pytest.mark.parametrize("typed", [("start", "77"), ("start", "no.zip"), ("submit", "77"), ("submit", "02")])
def test_what_is_not_there_is_one_line(mine, typed):
    done = run(*typed, "--into", str(mine))
    assert done.exit_code == 1
    assert len(done.output.splitlines()) == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("start", "no.zip"), "no such file: "),
        (("start", ""), "name a lesson, such as 01-srn"),
        (("submit", " "), "name a lesson, such as 01-srn"),
        (("start", "77"), "there is no lesson '77'"),
    ],
)
def test_what_was_typed_wrongly_is_said(mine, typed, says):
    assert says in run(*typed, "--into", str(mine)).output


@pytest.mark.parametrize("typed", ["speech", "08-applications/speech", "lessons/08-applications/speech.ipynb"])
def test_a_notebook_of_several_brings_its_lesson_and_is_to_be_opened(mine, typed):
    done = run("start", typed, "--into", str(mine))
    assert f"{typed} is a notebook of 08-applications, which is started as a whole." in done.output
    assert 'speech.ipynb"' in done.output


def test_the_folder_that_was_named_is_named_in_what_to_type_next(mine):
    run("start", "01", "--into", str(mine))
    assert f"grader start 01 --into {mine} --again" in run("start", "01", "--into", str(mine)).output


def test_what_the_disk_refuses_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    done = run("start", "01", "--into", str(tmp_path / "file" / "mine"))
    assert (done.exit_code, "Errno" in done.output) == (1, False)
    assert f"{tmp_path / 'file' / 'mine'}: not a directory" in done.output


def test_merge_and_again_exclude_each_other(mine):
    assert run("start", "01", "--merge", "--again", "--into", str(mine)).exit_code == 2
    assert not mine.exists()


def test_progress_is_a_table_with_sums(monkeypatch, tmp_path):
    monkeypatch.setenv(PLACE, str(tmp_path / "progress.json"))
    done = run("progress")
    assert done.exit_code == 0
    assert len([line for line in done.output.splitlines() if line.startswith("│ 0")]) == 14
    assert f"0 of {ALL_POINTS:g}" in done.output
    monkeypatch.setenv(PLACE, "off")
    assert "Nothing is remembered" in run("progress").output


def test_progress_says_where_a_file_is_that_could_not_be_read(monkeypatch, tmp_path):
    place = tmp_path / "progress.json"
    monkeypatch.setenv(PLACE, str(place))
    place.write_text("{")
    for _ in range(2):  # the second time it was set aside before
        done = run("progress")
        [aside] = tmp_path.glob("progress-broken-*.json")
        assert (aside.read_text(), place.exists()) == ("{", False)
        assert f"could not be read, and is not counted: it is kept as {aside}" in done.output
        assert f"0 of {ALL_POINTS:g}" in done.output


# --- what needs the instructor's packages, or Linux -------------------------------------------------------------------


def test_the_instructors_commands_are_those_that_the_students_package_lacks():
    names = {command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands}
    assert names - {"start", "submit", "progress"} == set(IN_THE_CLONE)


@pytest.fixture
def without(monkeypatch):
    """without("nh3"): that package is not installed, as far as `grader report` is concerned."""

    def lack(package):
        def missing(*_):
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)

        monkeypatch.setattr("grader.marking.feedback.class_report.class_report", missing)

    return lack


def test_a_package_that_is_not_installed_is_named_with_the_way_out(without):
    without("nh3.something")
    done = run("report", "01")
    assert done.exit_code == 1
    assert (
        "`grader report` is the instructor's, and nh3 is not installed: in the clone, type `make setup`" in done.output
    )


def test_on_macos_it_is_said_that_marking_runs_on_linux(without, monkeypatch):
    without("fcntl")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "marking runs on Linux" in run("report", "01").output


@pytest.mark.parametrize("command", ["release", "autograde", "sync"])
def test_on_windows_it_is_said_before_anything_is_tried(monkeypatch, command):
    monkeypatch.setattr(sys, "platform", "win32")
    done = run(command, "01")
    assert done.exit_code == 1
    assert "marking runs on Linux: on Windows in WSL 2" in done.output


def test_a_module_of_our_own_that_is_missing_is_a_fault_and_no_advice(without):
    without("grader.marking.nothing")
    assert isinstance(run("report", "01").exception, ModuleNotFoundError)
