"""Can students fetch and hand in, whatever umask, folder, exchange and course id the instructor has?"""

from __future__ import annotations

import os
import re

import pytest
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from grader.checks.errors import GraderError
from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.rights import wrong_rights
from grader.marking.desk import doctor
from grader.marking.desk.collect import collect
from grader.marking.desk.release import release
from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.feedback import feedback
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.steps import nbgrader_adapter
from grader.marking.steps.nbgrader_adapter import course_api
from tests.grader.marking.other_account import as_account, as_root, passable

LESSON, STUDENT = "01-srn", ("www-data", 33)
pytestmark = pytest.mark.slow


def fetch_and_hand_in(exchange, home, course_id=COURSE_ID):
    """What `nbgrader fetch_assignment` and `nbgrader submit` do, typed by the student in their home."""
    os.environ.update(HOME=str(home), JUPYTER_DATA_DIR=str(home / "data"))
    os.chdir(home)
    config = Config()
    config.CourseDirectory.course_id = course_id
    config.CourseDirectory.root = str(home)
    config.Exchange.root = str(exchange)
    config.Exchange.cache = str(home / "cache")
    api = NbGraderAPI(config=config)
    for command in (api.exchange.FetchAssignment, api.exchange.Submit):
        api.coursedir.assignment_id = LESSON
        command(coursedir=api.coursedir, authenticator=api.authenticator, parent=api).start()
    return sorted(path.name for path in (home / LESSON).glob("*.ipynb"))


@as_root
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


def settings(course, text):
    course.root.mkdir(parents=True, exist_ok=True)
    (course.root / "course.toml").write_text(text)


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """at_home(course): whoever runs the tests fetches and hands in, in a home with brackets in its name."""
    for name in ("HOME", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def play(course):
        home = tmp_path / f"home [{course.id}]"
        home.mkdir()
        return fetch_and_hand_in(course.exchange, home, course.id)

    return play


@pytest.mark.filterwarnings("default")  # nbgrader's own road leaves files open
def test_a_whole_course_goes_on_in_a_folder_of_any_name(tmp_path, runner, at_home):
    course = Course(tmp_path / "Kurs [2026] für Übung" / "my course")
    release(course, LESSON)
    assert at_home(course) == [f"{LESSON}.ipynb"]
    [student] = collect(course, LESSON).students
    summary = autograde(course, LESSON, pool=lambda lesson: LocalPool(course, lesson, 1, runner=runner))
    assert [(one.student, one.status) for one in summary.outcomes] == [(student, "marked")]
    assert [page.name for page in feedback(course, LESSON)] == [f"{LESSON}.html"]
    assert [row.student for row in class_report(course, LESSON).rows] == [student]
    api = course_api(course)
    assert [each["autograded"] for each in api.get_submissions(LESSON)] == [True]
    for again in (api.generate_assignment(LESSON), api.autograde(LESSON, student), api.generate_feedback(LESSON)):
        assert again["success"], again
    assert list((course.exchange / COURSE_ID / "feedback").iterdir())


def test_two_courses_share_an_exchange_elsewhere(tmp_path, at_home):
    """Each collects its own, the doctor looks at that exchange, and nothing of the courses is open for it."""
    courses = [Course(tmp_path / name) for name in ("spring", "autumn")]
    for course in courses:
        settings(course, f'id = "rnn-{course.root.name}"\nexchange = "../exchange"')
        release(course, LESSON)
        assert course.exchange == tmp_path / "exchange"
        assert not (course.root / "exchange").exists()
        assert course.root.stat().st_mode & 0o777 == 0o700
        assert list(wrong_rights(course)) == []
    at_home(courses[0])
    assert [len(collect(course, LESSON).students) for course in courses] == [1, 0]
    with passable(tmp_path):
        assert str(doctor.exchange(courses[0])) == f"✓ exchange {tmp_path / 'exchange'}"


def test_an_exchange_that_only_nbgraders_configuration_names_is_refused_with_the_way_out(course, tmp_path, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text(
        "from grader.marking.desk.configuration import configure\nc = get_config()\nconfigure(c)\n"
        "c.Exchange.root = '/elsewhere'\n"
    )
    monkeypatch.setattr(nbgrader_adapter, "ROOT", tmp_path)
    way_out = re.escape(f"c.Exchange.root to '/elsewhere': write `exchange = \"/elsewhere\"` into {course.root}/course")
    for look in (lambda: release(course, LESSON), lambda: doctor.exchange(course)):
        with pytest.raises(GraderError, match=way_out):
            look()
    settings(course, 'exchange = "/elsewhere"')
    assert course_api(course).exchange_root == "/elsewhere"
