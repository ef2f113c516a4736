"""Can a student with an account of their own fetch and hand in, whatever the instructor's umask is?"""

from __future__ import annotations

import os

import pytest
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from grader.marking.course.course import COURSE_ID
from grader.marking.course.rights import wrong_rights
from grader.marking.desk.collect import collect
from grader.marking.desk.release import release
from tests.grader.marking.other_account import as_account, as_root, passable

LESSON, STUDENT = "01-srn", ("www-data", 33)
pytestmark = [pytest.mark.slow, as_root]


def fetch_and_hand_in(exchange, home):
    """What `nbgrader fetch_assignment` and `nbgrader submit` do, typed by the student in their home."""
    os.environ.update(HOME=str(home), JUPYTER_DATA_DIR=str(home / "data"))
    os.chdir(home)
    config = Config()
    config.CourseDirectory.course_id = COURSE_ID
    config.CourseDirectory.root = str(home)
    config.Exchange.root = str(exchange)
    config.Exchange.cache = str(home / "cache")
    api = NbGraderAPI(config=config)
    for command in (api.exchange.FetchAssignment, api.exchange.Submit):
        api.coursedir.assignment_id = LESSON
        command(coursedir=api.coursedir, authenticator=api.authenticator, parent=api).start()
    return sorted(path.name for path in (home / LESSON).glob("*.ipynb"))


def test_with_a_narrow_umask_students_fetch_and_hand_in(course, tmp_path):
    before = os.umask(0o077)
    try:
        release(course, LESSON)
    finally:
        os.umask(before)
    assert list(wrong_rights(course)) == []
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, STUDENT[1], STUDENT[1])
    with passable(tmp_path):
        assert as_account(STUDENT[1], lambda: fetch_and_hand_in(course.exchange, home)) == [f"{LESSON}.ipynb"]
        assert isinstance(as_account(STUDENT[1], lambda: os.listdir(course.release)), PermissionError)
    done = collect(course, LESSON)
    assert (done.students, done.refused, done.notes) == ([STUDENT[0]], [], [])
    assert list(wrong_rights(course)) == []
