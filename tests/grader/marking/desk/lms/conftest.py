"""A course with a list of its class, and notebooks of lesson 01."""

import json

import pytest

from grader.marking.course.roster import roster_with, write_roster
from grader.marking.course.students import Student

LESSON, NAME = "01-srn", "01-srn.ipynb"
CLASS = (
    Student("anna", "Anna Ott", "anna@example.org", "1001", "Ott"),
    Student("jorg", "Jörg Müller-Lüdenscheidt", "jorg@example.org", "1002", "Müller-Lüdenscheidt"),
    Student("li", "李 小龙", "li@example.org", "1003", "李"),
    Student("oneil", "Mary Ann O'Neil", "oneil@example.org", "1004", "O'Neil"),
    Student("sam", "Sam Silent", "sam@example.org", "1005", "Silent"),
)


@pytest.fixture
def course(released):
    """A course in which lesson 01 is released and whose class is known."""
    write_roster(released, roster_with(CLASS))
    return released


@pytest.fixture
def notebook(released):
    """notebook("mine"): the released notebook's bytes, with that written into it."""
    text = (released.release / LESSON / NAME).read_text(encoding="utf-8")

    def of(written=""):
        found = json.loads(text)
        found["metadata"]["written"] = written
        return json.dumps(found)

    return of


@pytest.fixture
def placed(released):
    """placed("anna"): what was written into the notebook that lies there, or None."""

    def of(student, name=NAME):
        path = released.submission(student, LESSON) / name
        return json.loads(path.read_text(encoding="utf-8"))["metadata"].get("written") if path.is_file() else None

    return of
