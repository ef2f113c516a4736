"""Can students reach the exchange, hand in, and read nothing else of a course? Asked of other accounts too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.rights import closed_folder, protect, wrong_rights
from tests.grader.marking.other_account import as_account, as_root, passable

EVE, BOB = 33, 13
"""User ids of two accounts that are not the instructor's."""


@pytest.fixture
def course(tmp_path):
    """A course whose every folder and file is open to all, as with the usual umask."""
    course = Course(tmp_path / "course")
    for folder in (
        course.release,
        course.submitted / "bob",
        course.audit_records,
        course.exchange / COURSE_ID / "inbound",
    ):
        folder.mkdir(parents=True)
        folder.chmod(0o777)
    for path in (course.gradebook, course.run_log, course.root / "secret.key", course.submitted / "bob" / "work"):
        path.write_text("private")
        path.chmod(0o644)
    for folder in (course.exchange, course.exchange / COURSE_ID):
        folder.chmod(0o755)
    return course


def mode(path):
    return path.stat().st_mode & 0o7777


def test_what_is_open_is_named_and_closed(course):
    assert {path.name for path, *_ in wrong_rights(course)} == {
        "course", "release", "submitted", "verdicts", "gradebook.db", "autograde.log", "secret.key", "exchange",
        "inbound",
    }  # fmt: skip
    protect(course)
    assert list(wrong_rights(course)) == []
    assert (mode(course.root), mode(course.submitted), mode(course.gradebook)) == (0o711, 0o700, 0o600)
    assert (mode(course.exchange), mode(course.exchange / COURSE_ID / "inbound")) == (0o1777, 0o3733)


def test_a_group_that_may_write_keeps_its_rights(course):
    for path, rights in ((course.root, 0o2775), (course.submitted, 0o2770), (course.gradebook, 0o664)):
        path.chmod(rights)
    protect(course)
    assert (mode(course.root), mode(course.submitted), mode(course.gradebook)) == (0o2771, 0o2770, 0o660)


@pytest.fixture
def reachable(course, tmp_path):
    with passable(tmp_path):
        yield course


def hand_in(box):
    os.mkdir(box)
    (box / "work").write_text("mine")


@as_root
def test_another_account_reads_nothing_and_hands_in(reachable):
    protect(reachable)
    secrets = (
        reachable.gradebook,
        reachable.run_log,
        reachable.root / "secret.key",
        reachable.submitted / "bob" / "work",
    )
    for path in secrets:
        assert isinstance(as_account(EVE, path.read_text), PermissionError)
    for folder in (reachable.root, reachable.submitted, reachable.exchange / COURSE_ID / "inbound"):
        assert isinstance(as_account(EVE, lambda folder=folder: os.listdir(folder)), PermissionError)
    box = reachable.exchange / COURSE_ID / "inbound" / "eve"
    assert as_account(EVE, lambda: hand_in(box)) is None
    assert (box / "work").read_text() == "mine"


@as_root
def test_what_one_account_handed_in_another_can_neither_move_nor_remove(reachable):
    protect(reachable)
    inbound = reachable.exchange / COURSE_ID / "inbound"
    as_account(BOB, lambda: hand_in(inbound / "bob"))
    assert isinstance(as_account(EVE, lambda: os.rename(inbound / "bob", inbound / "eve")), PermissionError)
    there = reachable.exchange / COURSE_ID
    assert isinstance(as_account(EVE, lambda: os.rename(there, there.with_name("mine"))), PermissionError)


def test_a_closed_folder_above_is_named(course, tmp_path):
    tmp_path.chmod(0o711)
    outside = closed_folder(course)
    assert outside != tmp_path
    tmp_path.chmod(0o700)
    assert closed_folder(course) in (tmp_path, outside)
    assert closed_folder(Course(Path("/usr/not-there"))) is None
