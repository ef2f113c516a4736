"""Does a list that is taken give names to nbgrader's gradebook, and say who is new, changed or gone?"""

from __future__ import annotations

import pytest
from nbgrader.api import Gradebook, MissingEntry
from typer.testing import CliRunner

from grader.checks.errors import GraderError
from grader.cli import app
from grader.marking.course.course import COURSE_ID
from grader.marking.course.roster import roster_of
from grader.marking.desk.enrol import enrol
from grader.marking.steps.nbgrader_adapter import course_api

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
HEAD = "id,name,email,lms_id\n"
THREE = HEAD + 'alice,"Ott, Alice",alice@example.org,1\nbob,Bob Ray,bob@example.org,2\ncleo,Cleo Li,,3\n'


@pytest.fixture
def take(tmp_path):
    """take(course, text, …): `enrol` of a list with that text."""

    def taken(course, text, **options):
        path = tmp_path / "students.csv"
        path.write_text(text, encoding="utf-8")
        return enrol(course, path, **options)

    return taken


def test_formgrader_and_the_gradebook_have_the_names(marked, take):
    done = take(marked, THREE)
    assert (done.new, done.changed, done.gone) == (["alice", "bob", "cleo"], [], {})
    with Gradebook(marked.db_url, COURSE_ID) as gradebook:
        row = gradebook.find_student("alice")
        assert (row.first_name, row.last_name, row.email, row.lms_user_id) == ("Alice", "Ott", "alice@example.org", "1")
    shown = {one["id"]: (one["last_name"], one["first_name"]) for one in course_api(marked).get_students()}
    assert shown == {"alice": ("Ott", "Alice"), "bob": ("Ray", "Bob"), "cleo": ("Li", "Cleo")}
    listed = course_api(marked).get_submissions("01-srn")
    assert {one["student"]: one["last_name"] for one in listed} == {"alice": "Ott", "bob": "Ray"}


def test_taken_again_it_changes_what_is_another_and_keeps_those_who_are_gone(marked, take):
    take(marked, THREE)
    done = take(marked, "id,name\nbob,Robert Ray\ndan,Dan Do\n")
    assert (done.new, done.changed, done.removed) == (["dan"], ["bob"], [])
    assert done.gone.keys() == {"alice", "cleo"}
    assert "has work" in done.gone["alice"]
    assert "--remove" in done.gone["cleo"]
    bob = roster_of(marked).students["bob"]
    assert (bob.name, bob.email, bob.lms_id) == ("Robert Ray", "bob@example.org", "2")  # the list lacks these columns


@pytest.mark.parametrize("text", [THREE, "id,name\nalice,Alice Ott\nbob,Bob Ray\ncleo,Cleo Li\n"])
def test_taken_twice_it_changes_nothing(marked, take, text):
    take(marked, text)
    done = take(marked, text)
    assert (done.new, done.changed) == ([], [])


def test_only_those_without_work_are_taken_off(marked, take):
    take(marked, THREE)
    done = take(marked, HEAD + "bob,Bob Ray,bob@example.org,2\n", remove=True)
    assert (done.removed, list(done.gone)) == (["cleo"], ["alice"])
    assert list(roster_of(marked).students) == ["alice", "bob"]
    with Gradebook(marked.db_url, COURSE_ID) as gradebook, pytest.raises(MissingEntry):
        gradebook.find_student("cleo")


def test_a_list_with_a_fault_changes_nothing(marked, take):
    take(marked, THREE)
    before = marked.roster.read_bytes()
    with pytest.raises(GraderError, match="line 2"):
        take(marked, HEAD + "../x,X,,\n")
    assert marked.roster.read_bytes() == before


def test_the_command_says_what_came_of_it(course, tmp_path):
    path = tmp_path / "students.csv"
    path.write_text(THREE.replace("Bob Ray", "\x1b[31mBob"), encoding="utf-8")
    run = CliRunner().invoke(app, ["roster", str(path)])
    assert run.exit_code == 0
    assert "✓ 3 students on the list. 3 new: alice, bob, cleo." in run.output
    run = CliRunner().invoke(app, ["roster"])
    assert "alice  Alice Ott  alice@example.org  1" in run.output
    assert "\x1b" not in run.output
    path.write_text(HEAD + "/,X,,\n")
    run = CliRunner().invoke(app, ["roster", str(path)])
    assert (run.exit_code, "line 2, column “id”" in run.output) == (1, True)
