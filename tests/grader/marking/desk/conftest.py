"""A class whose written answers wait, as marking leaves it: made without running a notebook."""

from __future__ import annotations

import warnings
from datetime import datetime
from functools import partial

import nbformat
import pytest
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from grader.marking.course.course import COURSE_ID
from grader.marking.desk.written_answers import written_answers
from grader.marking.desk.written_question import written_question
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook
from tests.grader.marking.conftest import LESSON

WRITTEN = "srn-written"
HANDED_IN = datetime(2026, 5, 6, 12)


@pytest.fixture
def question():
    return written_question(LESSON, WRITTEN)


def put_answer(course, student, text, edit=lambda nb: None):
    """A student's answer as it is after marking, in the folder of the marked and in the gradebook; None: untouched."""
    nb = nbformat.read(course.release / LESSON / f"{LESSON}.ipynb", as_version=4)
    cell = next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN)
    cell.source = cell.source if text is None else text
    edit(nb)
    folder = course.autograded / student / LESSON
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, folder / f"{LESSON}.ipynb")
    course.submission(student, LESSON).mkdir(parents=True, exist_ok=True)
    with Gradebook(course.db_url, COURSE_ID) as gradebook, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own, harmless
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(LESSON, student, timestamp=HANDED_IN)
        grade = gradebook.find_grade(WRITTEN, LESSON, LESSON, student)
        grade.auto_score, grade.needs_manual_grade = (0.0, False) if text is None else (None, True)
        gradebook.db.commit()


@pytest.fixture
def write(released):
    """write("alice", "Because …"): alice's answer, as it is after marking; None: untouched."""
    return partial(put_answer, released)


@pytest.fixture
def api(released):
    return course_api(released)


@pytest.fixture
def answers(released, api, question):
    """answers(): student → the answer, as it is now."""

    def read():
        with course_gradebook(api) as gradebook:
            return {answer.student: answer for answer in written_answers(released, gradebook, question)}

    return read


@pytest.fixture
def by_hand(released):
    """by_hand("alice", 4.0, "good"): a person marks her written answer in Formgrader."""

    def give(student, points, comment=None):
        with Gradebook(released.db_url, COURSE_ID) as gradebook:
            grade = gradebook.find_grade(WRITTEN, LESSON, LESSON, student)
            grade.manual_score, grade.needs_manual_grade = points, False
            gradebook.find_comment(WRITTEN, LESSON, LESSON, student).manual_comment = comment
            gradebook.db.commit()

    return give
