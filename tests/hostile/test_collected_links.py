"""A submission that was put into the exchange by hand, with links in it, and is collected by the instructor."""

from __future__ import annotations

import os
import shutil

import pytest

from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.desk.collect import collect
from grader.marking.desk.release import release
from tests.hostile.handing_in import LESSON

pytestmark = pytest.mark.hostile

HANDED_IN = "eve+01-srn+2026-01-02 03:04:05.678901 UTC"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The course, after collecting, marking and nothing else."""
    course = Course(tmp_path_factory.mktemp("collected") / "course")
    release(course, LESSON)
    (course.root / "secret.key").write_text("ab" * 32)
    box = course.exchange / COURSE_ID / "inbound" / HANDED_IN
    shutil.copytree(course.release / LESSON, box)
    (box / "timestamp.txt").write_text("2026-01-02 03:04:05.678901 UTC")
    (box / "gradebook.txt").symlink_to(course.gradebook)
    (box / "secret").mkdir()
    (box / "secret" / "key.txt").symlink_to(course.root / "secret.key")
    (box / "everything").symlink_to(course.release)
    (box / "nowhere.txt").symlink_to("/nowhere")
    os.mkfifo(box / "pipe.txt")
    (box.parent / HANDED_IN.replace("eve", "adam")).symlink_to(course.release / LESSON)
    collect(course, LESSON)
    autograde(course, LESSON)
    return course


def test_collecting_follows_no_link(collected):
    """Hopes that the instructor's account copies what the student's may not read."""
    for kind in (collected.submitted, collected.autograded):
        for path in (kind / "eve").rglob("*"):
            if path.is_file():
                assert b"SQLite format" not in path.read_bytes()
                assert b"ab" * 32 not in path.read_bytes()
            assert "everything/" not in str(path)


def test_what_is_no_link_is_collected(collected):
    """The rest of the submission is there and marked."""
    assert (collected.autograded / "eve" / LESSON / f"{LESSON}.ipynb").exists()
