"""Whatever lies in a submission: is it marked or named, are the others marked, and does no loop break off?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time

import nbformat
import pytest
from nbgrader.api import Gradebook, MissingEntry
from typer.testing import CliRunner

from grader.cli import app
from grader.marking.course.limit_values import SMALLEST
from grader.marking.course.paths import ROOT
from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.feedback import feedback
from grader.marking.proving import samples
from grader.marking.sandbox.limits import Limits
from grader.marking.steps.audit_records import AuditRecords
from tests.grader.marking.deep_folders import deep_folders
from tests.grader.marking.other_account import as_account, as_root, passable

LESSON, NAME = "01-srn", "01-srn.ipynb"
FULL, TERABYTE = 24.0, 10**12
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.fixture
def solved(hand_in, own):
    """solved("alice"): hand in a solved notebook for her; returns the folder."""
    return lambda student: hand_in(student, lambda nb: samples.solve(nb, own)).parent


@pytest.fixture
def outcomes(mark):
    """outcomes(): mark all; student → outcome."""
    return lambda **options: {outcome.student: outcome for outcome in mark(LESSON, **options).outcomes}


def sparse(path, size):
    path.touch()
    os.truncate(path, size)


def points(course, student):
    """The points given by number: None where a cell has no score."""
    with Gradebook(course.db_url) as book:
        return sum(grade.auto_score or 0.0 for grade in book.find_submission_notebook(LESSON, LESSON, student).grades)


# --- beside the notebook --------------------------------------------------------------------------------------------


def test_what_is_large_or_odd_beside_a_notebook_is_named_and_the_notebook_is_marked(course, solved, outcomes):
    """All at once, as one submission; the code gets what is small."""
    folder = solved("odd")
    (folder / "helper.py").write_text("x = 1")
    sparse(folder / "model.pt", 70 * 2**20)
    sparse(folder / "hole.bin", TERABYTE)
    os.makedirs(os.fsencode(folder) + b"/d\xff")
    (course.root / "marks").write_text("another's")
    os.link(course.root / "marks", folder / "marks.txt")
    (folder / "all").symlink_to(course.root)
    solved("plain")
    with deep_folders(folder, 1500, "deep"):
        found = outcomes()
        again = outcomes()
        notes = next(row.notes for row in class_report(course, LESSON).rows if row.student == "odd")
    odd = found["odd"]
    assert (odd.status, odd.points, found["plain"].points) == ("marked", FULL, FULL)
    said = "\n".join(odd.notes)
    for name in ("model.pt: 73.4 MB", "hole.bin: 1 TB", r"d\xff: its name is not UTF-8", "marks.txt: a file with more"):
        assert name in said
    assert "folders deep" in said
    assert {one.status for one in again.values()} == {"unchanged"}
    assert again["odd"].notes == odd.notes
    beside = {path.name for path in (course.autograded / "odd" / LESSON).iterdir()}
    assert "helper.py" in beside
    assert not beside & {"model.pt", "hole.bin", "marks.txt", "deep"}
    assert notes == odd.notes
    first = nbformat.read(course.autograded / "odd" / LESSON / NAME, as_version=4).cells[0].source
    assert "model.pt" in first
    assert "is not marked" in first


def test_sixty_megabytes_reach_the_notebook(solved, outcomes):
    """The message to the kernel is longer than other messages may be."""
    (solved("large") / "data.bin").write_bytes(b"x" * 60_000_000)
    found = outcomes()["large"]
    assert (found.status, found.points, found.notes) == ("marked", FULL, ())


def test_ten_thousand_files_cost_no_minutes(solved, outcomes):
    folder = solved("many")
    (folder / "frames").mkdir()
    for number in range(10_000):
        (folder / "frames" / f"{number:05}.txt").write_text("x")
    begin = time.monotonic()
    found = outcomes()["many"]
    assert time.monotonic() - begin < 60
    assert (found.status, found.points) == ("marked", FULL)
    assert "files more than the 1000 that are taken" in found.notes[0]


# --- what stops one and nobody else ---------------------------------------------------------------------------------


def test_one_that_cannot_be_marked_is_named_and_the_others_are_marked(course, solved, outcomes):
    (solved("time") / "timestamp.txt").write_text("9" * 2_000_000)
    (solved("zone") / "timestamp.txt").write_text("2026-05-06 11:58:00 CST")
    sparse(solved("hole") / NAME, TERABYTE)
    victim = solved("victim")
    (course.submitted / "eve").mkdir()
    (course.submitted / "eve" / LESSON).symlink_to(victim)
    (course.submitted / "mallory").symlink_to(course.submitted / "victim")
    folder = solved("hard")
    (folder / NAME).unlink()
    os.link(victim / NAME, folder / NAME)
    victim_copy = (victim / NAME).read_bytes()
    (victim / NAME).unlink()
    (victim / NAME).write_bytes(victim_copy)
    os.link(folder / NAME, folder / "second")
    os.makedirs(os.fsencode(course.submitted) + b"/\xff\xfe/01-srn")
    (course.submitted / "file").mkdir()
    (course.submitted / "file" / LESSON).touch()
    (course.submitted / "case" / "01-SRN").mkdir(parents=True)
    (course.submitted / "straight").mkdir()
    (course.submitted / "straight" / NAME).touch()
    (course.submitted / "stray.zip").touch()
    found = outcomes()
    assert found["victim"].points == FULL
    wanted = {
        "time": "timestamp.txt has 2 MB",
        "zone": "'CST' is no time zone",
        "hole": "at most 100 are read",
        "eve": "is a link",
        "mallory": "is a link",
        "hard": "a hard link",
        r"\xff\xfe": "not UTF-8",
        "file": "should be a folder",
        "case": "should be called 01-srn",
        "straight": "lies outside of a lesson's folder",
    }
    assert {student: one.status for student, one in found.items()} == dict.fromkeys(wanted, "not marked") | {
        "victim": "marked"
    }
    for student, words in wanted.items():
        assert words in found[student].reasons[0], student
    done = CliRunner().invoke(app, ["autograde", "01"])
    assert done.exit_code == 1
    assert "not listed: submitted/stray.zip" in done.output
    report = CliRunner().invoke(app, ["report", "01"])
    assert report.exit_code == 0
    assert "not listed: submitted/case/01-SRN: should be called 01-srn" in report.output
    assert len(feedback(course, LESSON, to_exchange=False)) == 1


@as_root
def test_what_the_marking_account_cannot_read_stops_nobody(course, solved, tmp_path):
    """As an ordinary user, by the command; the program itself lies where that user may read it, or it is not tried."""
    (solved("closed") / NAME).chmod(0)
    (solved("shut")).chmod(0)
    solved("open")
    for path in (course.root, *course.root.rglob("*")):
        os.chown(path, 33, 33, follow_symlinks=False)

    def marked():
        from grader.marking.autograde.autograde import autograde

        class Nothing:
            """A pool that runs nothing: here it only matters who comes so far."""

            workers = 1

            def submit(self, job):
                raise RuntimeError("came so far")

            def check(self):
                pass

            close = check

        try:
            autograde(course, LESSON, ["closed", "shut"], pool=lambda _: Nothing())
        except RuntimeError as failure:
            return str(failure)
        return (course.run_log).read_text()

    with passable(tmp_path):
        log = as_account(33, marked)
    assert "closed\tnot marked" in log
    assert "shut\tnot marked" in log
    assert log.count("cannot be read") == 2


# --- the run's own files --------------------------------------------------------------------------------------------


def test_a_cut_record_is_marked_again_and_named_in_the_report(course, solved, outcomes):
    solved("alice")
    outcomes()
    path = AuditRecords(course, LESSON).path("alice", LESSON)
    path.write_text(path.read_text()[:500])
    [row] = class_report(course, LESSON).rows
    assert "is cut: run `grader autograde 01-srn --student alice --force`" in row.losses[LESSON].what
    assert outcomes()["alice"].status == "marked"
    assert json.loads(path.read_text())["not_marked"] == {}


@pytest.mark.parametrize("name", ["gradebook.db", "secret.key"])
def test_a_cut_file_of_the_course_is_named_by_every_command(course, solved, name):
    solved("alice")
    course.secret()
    os.truncate(course.root / name, 30)
    for command in ("autograde", "feedback") if name == "secret.key" else ("autograde", "feedback", "report"):
        done = CliRunner().invoke(app, [command, "01"])
        assert (done.exit_code, type(done.exception)) == (1, SystemExit), command
        assert name in done.output


# --- links, by every road -------------------------------------------------------------------------------------------


def test_nbgraders_road_refuses_a_link_to_anothers_folder_too(course, solved):
    victim = solved("victim")
    (course.submitted / "eve").mkdir()
    (course.submitted / "eve" / LESSON).symlink_to(victim)
    line = [sys.executable, "-m", "nbgrader", "autograde", LESSON, "--student", "eve"]
    done = subprocess.run(line, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "is a link, which is not followed" in done.stderr
    with pytest.raises(MissingEntry):
        points(course, "eve")
    shutil.rmtree(course.submitted / "victim")
    assert not (course.autograded / "eve" / LESSON / NAME).exists()


def test_a_kernel_that_never_worked_is_not_marked_and_an_earlier_mark_stays(solved, outcomes, monkeypatch):
    """What keeps every kernel from working, such as a limit too small for any, costs no student a point."""
    solved("alice")
    assert outcomes()["alice"].points == FULL
    monkeypatch.setitem(SMALLEST, "memory", 0)
    found = outcomes(limits=Limits(memory=4000))["alice"]
    assert (found.status, found.points, found.old) == ("not marked", FULL, True)
    assert "a kernel did not work before the first cell was run" in found.reasons[0]
