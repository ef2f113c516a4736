"""Is a course whose own files are cut, or cannot be written, named before anything is marked?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.own_files import check_own_files
from tests.grader.marking.other_account import as_account, as_root, passable


@pytest.fixture
def course(tmp_path):
    course = Course(tmp_path / "course")
    course.secret()
    with closing(sqlite3.connect(course.gradebook)) as book:
        book.execute("CREATE TABLE grade (x)")
        book.executemany("INSERT INTO grade VALUES (?)", [("x" * 500,)] * 200)
        book.commit()
    return course


def test_a_sound_course_is_fine(course):
    check_own_files(course)
    course.gradebook.unlink()
    check_own_files(course)


def cut(path, size):
    with path.open("r+b") as file:
        file.truncate(size)


@pytest.mark.parametrize("size", [0, 50, 20_000])
def test_a_cut_gradebook_is_named(course, size):
    cut(course.gradebook, size)
    with pytest.raises(GraderError, match=r"is damaged .*: put a backup in its place"):
        check_own_files(course)


def test_something_else_in_its_place_is_named(course):
    course.gradebook.write_text("not a database at all, and long enough to be one" * 100)
    with pytest.raises(GraderError, match="is damaged"):
        check_own_files(course)


def test_a_cut_key_is_named(course):
    cut(course.root / "secret.key", 10)
    with pytest.raises(GraderError, match="is no key"):
        check_own_files(course)


def test_a_gradebook_that_somebody_else_has_locked_is_not_damaged(course):
    with closing(sqlite3.connect(course.gradebook, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        check_own_files(course)


@as_root
def test_a_course_that_cannot_be_written_is_named(course, tmp_path):
    course.root.chmod(0o755)
    with passable(tmp_path):
        said = as_account(33, lambda: check_own_files(course))
    assert str(said) == f"{course.root} cannot be written: give yourself the right to, or copy the course elsewhere"
