"""A course folder of its own for every test that wants one."""

import shutil
from functools import cache

import nbformat
import pytest

from grader.marking.course.paths import course_folder
from grader.marking.desk.release import release
from grader.marking.proving import samples

LESSON = "01-srn"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An empty course folder, in force for the test."""
    monkeypatch.setenv("RNN_WORKBOOK_COURSE", str(tmp_path / "course"))
    return tmp_path / "course"


@pytest.fixture(scope="session")
def course_with(tmp_path_factory):
    """course_with("01-srn"): a course folder into which that lesson alone was released; made once, read only."""

    @cache
    def make(lesson):
        folder = tmp_path_factory.mktemp("released") / "course"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RNN_WORKBOOK_COURSE", str(folder))
            release(lesson)
        return folder

    return make


@pytest.fixture
def released(course, course_with):
    """A course folder in which lesson 01 is released."""
    shutil.copytree(course_with(LESSON), course)
    return course


@pytest.fixture
def hand_in(released):
    """hand_in("alice", make): put ``make`` of the student version into alice's submission; return its path."""

    def put(student, make=lambda notebook: notebook):
        notebook = nbformat.read(released / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
        path = course_folder() / "submitted" / student / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(make(notebook), path)
        return path

    return put


@pytest.fixture(scope="session")
def own():
    """Lesson 01's own notebook, answers included."""
    return samples.lesson_notebook(LESSON)
