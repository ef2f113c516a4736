"""Is nothing that seems to be handed in passed over in silence, wherever it lies in the folder of the submitted?"""

from __future__ import annotations

import os

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.submissions import chosen, misplaced, submitters
from tests.grader.marking.other_account import as_account, as_root, passable

LESSON = "01-srn"


@pytest.fixture
def course(tmp_path):
    """A course in which alice handed lesson 01 in."""
    course = Course(tmp_path / "course")
    course.submission("alice", LESSON).mkdir(parents=True)
    return course


def put(course, path):
    """A file, or a folder where the path ends in /."""
    place = course.submitted / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir() if path.endswith("/") else place.touch()


WRONG = {
    "bob/01-srn.ipynb": "lies outside of a lesson's folder: move it to 01-srn/",
    "bob/01-SRN.IPYNB": "lies outside of a lesson's folder: move it to 01-srn/",
    "bob/Untitled.ipynb": "lies outside of a lesson's folder: move it to 01-srn/",
    "bob/01-SRN/": "should be called 01-srn: rename it",
    "bob/01_srn /": "should be called 01-srn: rename it",
    "bob/1/": "should be called 01-srn: rename it",
    "bob/01-srn (2)/": "should be called 01-srn: rename it",
    "bob/Copy of 1–SRN/": "should be called 01-srn: rename it",
    "bob/01-srn-main/": "should be called 01-srn: rename it",
    "bob/bob_01-srn.zip": "a file: put what is in it into 01-srn/",
    "bob/01-srn final.ipynb": "lies outside of a lesson's folder: move it to 01-srn/",
    "bob/01-srn": "a file, and should be a folder: put it into one called 01-srn",
    "bob/01-srn.zip": "a file: put what is in it into 01-srn/",
    "bob.zip": "a file, where each student has a folder: move it to submitted/STUDENT/01-srn/",
    "01-srn/": "a lesson's folder, where each student has one: move what is in it to submitted/STUDENT/01-srn/",
}


@pytest.mark.parametrize("path", WRONG)
def test_what_lies_in_a_wrong_place_is_named_with_the_way_out(course, path):
    put(course, path)
    [found] = misplaced(course, LESSON)
    assert found.what == f"submitted/{path.rstrip('/')}: {WRONG[path]}"
    assert found.student == ("bob" if path.startswith("bob/") else "")
    assert submitters(course, LESSON) == ["alice"]
    assert chosen(course, LESSON, None) == sorted({"alice", found.student} - {""})


@pytest.mark.parametrize(
    "path",
    [
        ".DS_Store",
        "bob/02-bptt/",
        "bob/02-bptt.ipynb",
        "bob/notes.txt",
        "bob/notes/",
        "bob/02-bptt (2)/",
        "bob/.hidden",
        "alice/01-srn.not-collected.txt",
    ],
)
def test_what_belongs_elsewhere_or_to_nobody_is_not(course, path):
    put(course, path)
    assert misplaced(course, LESSON) == []


@pytest.mark.parametrize("path", ["homework/01-srn.ipynb", "a/b/Copy of 01-srn.ipynb"])
def test_a_folder_of_any_name_with_the_lessons_notebook_is_named(course, path):
    put(course, f"bob/{path}")
    folder, _, inside = path.partition("/")
    [found] = misplaced(course, LESSON)
    assert found.what == f"submitted/bob/{folder}: holds {inside}, and is no lesson's folder: move that to {LESSON}/"
    assert found.student == "bob"
    assert misplaced(course, "02-bptt") == []


@pytest.mark.parametrize("name", ["01-srn (2)", "01-SRN"])
def test_a_second_folder_is_not_to_be_renamed_over_the_first(course, name):
    put(course, f"alice/{name}/")
    [found] = misplaced(course, LESSON)
    why = "is not looked at, as 01-srn is there too: ask which one is meant, and put that into 01-srn"
    assert found.what == f"submitted/alice/{name}: {why}"


def test_a_student_called_as_a_lesson_is_a_student(course):
    course.submission(LESSON, LESSON).mkdir(parents=True)
    assert misplaced(course, LESSON) == []
    assert submitters(course, LESSON) == [LESSON, "alice"]


def test_where_nothing_lies_in_a_right_place_it_is_told_too(course):
    course.submission("alice", LESSON).rmdir()
    put(course, "bob.zip")
    with pytest.raises(GraderError, match=r"nobody has handed in 01-srn(.|\n)*submitted/bob.zip: a file"):
        chosen(course, LESSON, None)


def test_names_that_are_no_text_are_printed_so_that_any_terminal_shows_them(course):
    os.makedirs(os.fsencode(course.submitted) + b"/b\xff\x1b/01-SRN")
    [found] = misplaced(course, LESSON)
    assert found.what == r"submitted/b\xff\x1b/01-SRN: should be called 01-srn: rename it"


@as_root
def test_a_folder_that_cannot_be_read_is_named(course, tmp_path):
    put(course, "bob/02-bptt/")
    (course.submitted / "bob").chmod(0)
    with passable(tmp_path):
        found = as_account(33, lambda: [one.what for one in misplaced(course, LESSON)])
    assert found == ["submitted/bob: cannot be read (Permission denied); give yourself the right to"]
