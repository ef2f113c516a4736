"""A course of its own for every test that wants one, and one runner for all that mark in this process."""

import shutil
from functools import cache

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.desk.release import release
from grader.marking.proving import samples
from grader.marking.proving.demo import typical_mistakes
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.sandbox.runner import Runner

LESSON = "01-srn"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of which nothing is there yet; programs that the test starts work on it too."""
    course = Course(tmp_path / "course")
    for name, value in course.environment.items():
        monkeypatch.setenv(name, value)
    return course


@pytest.fixture(scope="session")
def course_with(tmp_path_factory):
    """course_with("01-srn"): a course into which that lesson alone was released; made once, read only."""

    @cache
    def make(lesson):
        course = Course(tmp_path_factory.mktemp("released") / "course")
        release(course, lesson)
        return course

    return make


@pytest.fixture
def released(course, course_with):
    """A course in which lesson 01 is released."""
    shutil.copytree(course_with(LESSON).root, course.root)
    return course


@pytest.fixture
def hand_in(released):
    """hand_in("alice", make): put ``make`` of the student version into alice's submission; return its path."""

    def put(student, make=lambda notebook: notebook):
        notebook = nbformat.read(released.release / LESSON / f"{LESSON}.ipynb", as_version=4)
        path = released.submission(student, LESSON) / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(make(notebook), path)
        return path

    return put


@pytest.fixture(scope="session")
def own():
    """Lesson 01's own notebook, answers included."""
    return samples.lesson_notebook(LESSON)


@pytest.fixture
def three(hand_in, own):
    """Submissions: all right, mistaken and untouched."""
    mistakes = typical_mistakes(own, 0)
    hand_in("right", lambda nb: samples.solve(nb, own))
    hand_in("mistaken", lambda nb: samples.make_mistakes(nb, own, mistakes))
    hand_in("untouched")


@pytest.fixture
def marked(released):
    """Submissions of alice and bob as marking leaves them: in the gradebook and in the folder of the marked."""
    for student in ("alice", "bob"):
        shutil.copytree(released.release / LESSON, released.autograded / student / LESSON)
        with Gradebook(released.db_url, COURSE_ID) as gradebook:
            gradebook.add_student(student)
            gradebook.add_submission(LESSON, student)
    return released


@pytest.fixture(scope="session")
def runner(tmp_path_factory):
    """Fork servers for all tests but those that kill one: each takes seconds to start."""
    with Runner(Course(tmp_path_factory.mktemp("runner"))) as runner:
        yield runner


@pytest.fixture
def mark(course, runner):
    """mark("01-srn", …): `autograde` of the test's course, with the fork servers that all tests share."""

    def marked(lesson, students=None, *, workers=None, **options):
        options.setdefault("pool", lambda lesson: LocalPool(course, lesson, workers, runner=runner))
        return autograde(course, lesson, students, workers=workers, **options)

    return marked
