"""Is what students hand in collected from a real exchange, and nothing lost, whoever put what there?"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.marking.course.course import COURSE_ID
from grader.marking.course.paths import ROOT
from grader.marking.course.roster import roster_with, write_roster
from grader.marking.course.students import Student
from grader.marking.desk.collect import collect
from grader.marking.steps.nbgrader_adapter import course_api
from tests.grader.marking.deep_folders import deep_folders
from tests.grader.marking.other_account import as_account, as_root, passable

LESSON, NAME = "01-srn", "01-srn.ipynb"
OLD, NEW = "2026-01-02 03:04:05.678901 UTC", "2026-01-03 03:04:05.678901 UTC"
STUDENT, EVE = ("games", 5), ("www-data", 33)
"""Two accounts that every system of Debian's has, with their numbers."""
TERABYTE = 10**12


@pytest.fixture
def inbound(released):
    released.make_exchange()
    folder = released.exchange / COURSE_ID / "inbound"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o3733)
    return folder


@pytest.fixture
def hand_in_at(inbound):
    """hand_in_at("alice", NEW, text): put an attempt into the exchange; returns its folder."""

    def put(student, when=NEW, text="a notebook"):
        box = inbound / f"{student}+{LESSON}+{when}+aBcDeFgH"
        box.mkdir(mode=0o777)
        (box / NAME).write_text(text)
        (box / "timestamp.txt").write_text(when)
        return box

    return put


def text_of(course, student, name=NAME):
    return (course.submission(student, LESSON) / name).read_text()


def test_the_newest_attempt_counts_and_takes_the_place_of_an_older_one(released, hand_in_at):
    hand_in_at("alice", OLD, "old")
    assert collect(released, LESSON).students == ["alice"]
    assert text_of(released, "alice") == "old"
    hand_in_at("alice", NEW, "new")
    (released.submission("alice", LESSON) / "gone.txt").write_text("of the older one")
    done = collect(released, LESSON)
    assert (text_of(released, "alice"), done.refused, done.notes) == ("new", [], [])
    assert sorted(path.name for path in released.submission("alice", LESSON).iterdir()) == [NAME, "timestamp.txt"]
    assert [path.name for path in released.submitted.iterdir()] == ["alice"]


def spoil(box, how):
    """Make of an attempt one that cannot be collected."""
    (box / NAME).unlink()
    if how == "too large":
        (box / NAME).touch()
        os.truncate(box / NAME, TERABYTE)
    elif how == "a link":
        (box / NAME).symlink_to("/etc/passwd")
    elif how == "a hard link":
        (box.parent / "same").write_text("x")
        os.link(box.parent / "same", box / NAME)
    elif how == "no text in its name":
        (box / "timestamp.txt").unlink()
        os.mkdir(os.fsencode(box) + b"/\xff")
    elif how == "empty":
        (box / "timestamp.txt").unlink()


HOWS = ("too large", "a link", "a hard link", "no text in its name", "empty")


@pytest.mark.parametrize("how", HOWS)
def test_what_cannot_be_collected_is_named_and_the_older_one_is_kept(released, hand_in_at, how):
    before = hand_in_at("alice", OLD, "old")
    collect(released, LESSON)
    shutil.rmtree(before)  # as where the exchange was tidied: what was collected is all there is
    spoil(hand_in_at("alice", NEW), how)
    hand_in_at("bob", NEW, "bob's")
    done = collect(released, LESSON)
    assert (text_of(released, "alice"), text_of(released, "bob")) == ("old", "bob's")
    [line] = done.refused
    assert line.startswith(f"alice+{LESSON}+{NEW}")
    assert "ask for it again" in line


@as_root
def test_a_notebook_that_the_instructor_cannot_read_is_named_and_the_older_one_is_kept(released, hand_in_at, tmp_path):
    """As an ordinary user: root reads everything."""
    before = hand_in_at("alice", OLD, "old")
    collect(released, LESSON)
    shutil.rmtree(before)
    box = hand_in_at("alice", NEW)
    (box / NAME).chmod(0)
    for path in (released.root, *released.root.rglob("*")):
        os.chown(path, EVE[1], EVE[1], follow_symlinks=False)
    with passable(tmp_path):
        done = as_account(EVE[1], lambda: collect_quietly(released))
    assert text_of(released, "alice") == "old"
    assert done == [f"alice+{LESSON}+{NEW}+aBcDeFgH: {NAME}: cannot be read (its rights forbid it); ask for it again"]


def collect_quietly(course):
    os.environ["HOME"] = str(course.root)
    return collect(course, LESSON).refused


def test_where_the_newest_cannot_be_collected_the_one_before_it_is(released, hand_in_at):
    hand_in_at("alice", OLD, "old")
    spoil(hand_in_at("alice", NEW), "too large")
    assert len(collect(released, LESSON).refused) == 1
    assert text_of(released, "alice") == "old"


@pytest.mark.parametrize(
    "name", [f"alice+{LESSON}+yesterday", f"alice+{LESSON}+2026-05-06 11:58:00 CEST", f"..+{LESSON}+{NEW}"]
)
def test_a_folder_with_a_bad_name_stops_nobody(released, inbound, hand_in_at, name):
    hand_in_at("bob")
    (inbound / name).mkdir()
    (inbound / name / NAME).write_text("mine")
    done = collect(released, LESSON)
    assert done.students == ["bob"]
    assert [line.partition(": ")[0] for line in done.refused] == [name]
    assert "rename" in done.refused[0]
    assert not (released.root / LESSON).exists()


def test_a_name_that_is_no_text_stops_nobody(released, inbound, hand_in_at):
    hand_in_at("bob")
    os.mkdir(os.fsencode(inbound) + f"/\udcff+{LESSON}+{NEW}".encode("utf-8", "surrogateescape"))
    done = collect(released, LESSON)
    assert done.students == ["bob"]
    assert [line.partition("+")[0] for line in done.refused] == [r"\xff"]


def test_what_is_large_or_odd_beside_the_notebook_is_left_out_and_named(released, hand_in_at):
    box = hand_in_at("alice")
    (box / "model.pt").touch()
    os.truncate(box / "model.pt", TERABYTE)
    (box / "link").symlink_to("/etc/passwd")
    os.mkdir(os.fsencode(box) + b"/\xff")
    with deep_folders(box, 1500, "deep"):
        done = collect(released, LESSON)
    assert (text_of(released, "alice"), done.refused) == ("a notebook", [])
    said = " ".join(done.notes)
    for name, why in {"model.pt": "1 TB", "link": "a link to", r"\xff": "not UTF-8", "deep": "folders deep"}.items():
        assert f"alice: {name}" in said
        assert why in said
    assert len(done.notes) == 4
    size = sum(path.stat().st_blocks for path in released.submitted.rglob("*"))
    assert size < 2000
    assert collect(released, LESSON).notes == done.notes


def test_nothing_of_an_attempts_rights_is_collected(released, hand_in_at):
    (hand_in_at("alice") / NAME).chmod(0o6777)
    collect(released, LESSON)
    assert (released.submission("alice", LESSON) / NAME).stat().st_mode & 0o7777 == 0o600


def test_a_disk_that_is_full_loses_nothing(released, hand_in_at, monkeypatch):
    """The copy breaks off in the middle of a file."""
    before = hand_in_at("alice", OLD, "old")
    collect(released, LESSON)
    shutil.rmtree(before)
    (hand_in_at("alice", NEW) / "more.bin").write_bytes(b"x" * 5_000_000)
    ignored, limit = signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, limit[1]))
    try:
        done = collect(released, LESSON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert "File too large" in done.refused[0]
    assert text_of(released, "alice") == "old"
    assert [path.name for path in released.submitted.iterdir()] == ["alice"]


# --- whose it is ----------------------------------------------------------------------------------------------------


def belongs_to(box, account):
    for path in (box, *box.rglob("*")):
        os.chown(path, account[1], account[1])


@as_root
def test_who_hands_in_in_anothers_name_is_named_and_collects_nothing(released, hand_in_at):
    belongs_to(hand_in_at(STUDENT[0], OLD, "mine"), STUDENT)
    collect(released, LESSON)
    belongs_to(hand_in_at(STUDENT[0], NEW, "forged"), EVE)
    done = collect(released, LESSON)
    assert text_of(released, STUDENT[0]) == "mine"
    [line] = done.refused
    assert f"claims to be {STUDENT[0]}'s and belongs to {EVE[0]}" in line
    assert "--any-owner" in line
    assert collect(released, LESSON, any_owner=True).refused == []
    assert text_of(released, STUDENT[0]) == "forged"


@as_root
def test_a_file_that_another_put_into_a_students_folder_is_left_out(released, hand_in_at):
    box = hand_in_at(STUDENT[0])
    belongs_to(box, STUDENT)
    (box / "mine.py").write_text("planted")
    os.chown(box / "mine.py", EVE[1], EVE[1])
    done = collect(released, LESSON)
    assert done.notes == [f"{STUDENT[0]}: mine.py: belongs to another account"]
    assert not (released.submission(STUDENT[0], LESSON) / "mine.py").exists()


@as_root
def test_another_account_hands_in_by_nbgraders_own_command_rights(released, inbound, tmp_path):
    """With the rights of an account: what it makes in the exchange is collected, what it makes for another is not."""

    def hand_in():
        for student in (EVE[0], STUDENT[0]):
            box = inbound / f"{student}+{LESSON}+{NEW}+aBcDeFgH"
            box.mkdir()
            (box / NAME).write_text("eve's")

    released.root.chmod(0o711)
    with passable(tmp_path):
        assert as_account(EVE[1], hand_in) is None
    done = collect(released, LESSON)
    assert done.students == [EVE[0]]
    assert len(done.refused) == 1


# --- the other roads ------------------------------------------------------------------------------------------------


def test_nbgraders_command_and_formgrader_name_it_too(released, hand_in_at):
    hand_in_at("alice", OLD, "old")
    assert course_api(released).collect(LESSON)["success"]
    spoil(hand_in_at("alice", NEW), "too large")
    told = course_api(released).collect(LESSON)
    assert not told["success"]
    assert "1 not collected" in told["log"]
    line = [sys.executable, "-m", "nbgrader", "collect", LESSON, "--update"]
    done = subprocess.run(line, cwd=ROOT, env=dict(os.environ), check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "1 TB; a file may have 100 MB" in done.stderr
    assert text_of(released, "alice") == "old"


def test_the_command_names_it_and_its_exit_code_is_1(released, hand_in_at):
    hand_in_at("alice")
    run = CliRunner()
    done = run.invoke(app, ["collect", "01"])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "✓ 1 student handed in 01; 1 new since the last time.")
    again = run.invoke(app, ["collect", "01"]).output
    assert again.splitlines()[-1] == "✓ 1 student handed in 01; nothing new since the last time."
    shutil.rmtree(released.submitted)
    (hand_in_at("bob") / NAME).unlink()
    (released.exchange / COURSE_ID / "inbound" / f"eve+{LESSON}+soon").mkdir()
    done = run.invoke(app, ["collect", "01"])
    assert done.exit_code == 1
    assert f"✗ not collected: eve+{LESSON}+soon: 'soon' is not a time" in done.output


def test_who_is_not_on_the_list_is_named(released, hand_in_at):
    hand_in_at("alice")
    hand_in_at("alcie")
    assert collect(released, LESSON).notes == []  # there is no list yet
    write_roster(released, roster_with([Student("alice")]))
    [line] = collect(released, LESSON).notes
    assert line.startswith("alcie: handed in, and is not on the list")


def test_what_lies_in_a_wrong_place_is_named(released, hand_in_at):
    hand_in_at("alice")
    collect(released, LESSON)
    Path(released.submitted / "bob" / "01-SRN").mkdir(parents=True)
    [line] = collect(released, LESSON).notes
    assert line == f"submitted/bob/01-SRN: should be called {LESSON}: rename it"
