"""Does a mark's fingerprint change with all that the mark depends on, and with nothing else?"""

from __future__ import annotations

import os
import shutil

import pytest

from grader.marking.course import version
from grader.marking.course.course import Course
from grader.marking.sandbox.limits import Limits
from grader.marking.steps import fingerprint as module

LESSON, STUDENT = "01-srn", "alice"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one submission of two files; what a running program asks only once is asked every time."""
    monkeypatch.setattr(module, "released", version.released.__wrapped__)
    course = Course(tmp_path / "course")
    write(course.submission(STUDENT, LESSON) / f"{LESSON}.ipynb")
    write(course.submission(STUDENT, LESSON) / "data" / "mine.txt")
    return course


def write(path, text="as handed in"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def fingerprint(course, limits=None):
    return module.fingerprint(course, LESSON, STUDENT, limits or Limits())


def test_the_same_gives_the_same(course, monkeypatch):
    assert fingerprint(course) == fingerprint(Course(course.root), Limits())


@pytest.mark.parametrize("kind", ["release", "submitted"])
def test_what_an_editor_leaves_behind_changes_nothing(course, kind):
    before, folder = fingerprint(course), getattr(course, kind)
    place = folder / LESSON if kind == "release" else course.submission(STUDENT, LESSON)
    write(place / ".ipynb_checkpoints" / f"{LESSON}-checkpoint.ipynb")
    write(place / "data" / "__pycache__" / "mine.pyc")
    assert fingerprint(course) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda course, folder: write(folder / f"{LESSON}.ipynb", "changed"),
        lambda course, folder: write(folder / "data" / "new.txt"),
        lambda course, folder: (folder / "data" / "mine.txt").unlink(),
        lambda course, folder: (folder / "data" / "mine.txt").rename(folder / "mine.txt"),
        lambda course, folder: (folder / "data").rename(folder / "dat"),
        lambda course, folder: (folder / "hole").touch() or os.truncate(folder / "hole", 10**12),
        lambda course, folder: write(course.release / LESSON / f"{LESSON}.ipynb", "released again"),
        lambda course, folder: write(course.root / "secret.key", "00" * 32),
    ],
    ids=[
        "edited",
        "added",
        "removed",
        "in another folder",
        "folder renamed",
        "a terabyte",
        "another release",
        "another secret",
    ],
)
def test_what_matters_gives_another(course, change):
    before = fingerprint(course)
    change(course, course.submission(STUDENT, LESSON))
    assert fingerprint(course) != before


def test_other_limits_and_another_grader_give_another(course, monkeypatch):
    before = fingerprint(course)
    assert fingerprint(course, Limits(cell_seconds=31)) != before
    monkeypatch.setattr(module, "grader_version", lambda: "another")
    assert fingerprint(course) != before


def test_another_students_work_does_not_matter(course):
    before = fingerprint(course)
    shutil.copytree(course.submission(STUDENT, LESSON), course.submission("bob", LESSON))
    assert fingerprint(course) == before
