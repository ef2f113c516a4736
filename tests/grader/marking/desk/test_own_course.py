"""Is the example valid, does the table say what holds, and does an extension hold at once?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader.checks.errors import GraderError
from grader.checks.task import lessons
from grader.cli import app
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.roster import roster_with, write_roster
from grader.marking.course.settings import due_of, settings_of
from grader.marking.course.students import Student
from grader.marking.desk.own_course import EXAMPLE, extend, lateness, new_settings, what_holds
from grader.marking.desk.release import release

LESSON = "01-srn"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def settings(course, text):
    course.root.mkdir(exist_ok=True)
    (course.root / "course.toml").write_text(text)


def typed(*words):
    done = CliRunner().invoke(app, words)
    return done.exit_code, done.output


# --- the example ------------------------------------------------------------------------------------------------------


def test_the_example_is_valid_and_changes_nothing_but_the_name_and_the_zone(course):
    assert new_settings(course) == course.root / "course.toml"
    found, before = settings_of(course), settings_of(Course(course.root / "none"))
    assert found.model_copy(update={"name": "", "timezone": "UTC", "lessons": {}}) == before
    assert found.lesson(LESSON) == before.lesson(LESSON)


def test_with_every_line_in_force_it_is_valid_too(course):
    settings(course, re.sub(r"^# (?=\w+ = |\[)", "", EXAMPLE, flags=re.MULTILINE))
    found = settings_of(course)
    assert found.late.share == 0.1
    assert due_of(course, LESSON, "anna").day == 3
    assert not found.lesson("08-applications").taught


def test_settings_that_are_there_stay(course):
    settings(course, 'name = "mine"')
    with pytest.raises(GraderError, match="is there already"):
        new_settings(course)
    assert settings_of(course).name == "mine"


# --- what holds -------------------------------------------------------------------------------------------------------


def test_every_lesson_has_a_row(course):
    """Also where nothing is there yet, and then nothing is made."""
    rows = what_holds(course)
    assert [row.lesson for row in rows] == lessons()
    assert {(row.taught, row.due, row.late, row.limits, row.extensions) for row in rows} == {(True, "", "", "", 0)}
    assert rows[0].points == "28"
    assert not course.gradebook.exists()


def test_the_row_says_what_the_settings_say(released):
    settings(
        released,
        'timezone = "Europe/Berlin"\n[lessons.01]\ndue = "2026-12-01 23:59"\npoints = 10\nlate.share = 0.2\n'
        'limits.cell_seconds = 60\nextensions.anna = "2026-12-03 23:59"\n[lessons.08]\ntaught = false',
    )
    said = typed("course")[1].replace("\n", " ")
    assert "01-srn, handing in late: 20 % of the points for each begun day 01-srn, limits: cell_seconds = 60" in said
    first, *_, last = what_holds(released)
    assert (first.due, first.in_gradebook, first.extensions) == ("2026-12-01 23:59", False, 1)
    assert (first.points, first.limits) == ("10 (of its own 28)", "cell_seconds = 60")
    assert first.late == "20 % of the points for each begun day"
    assert not last.taught
    with pytest.raises(GraderError, match="08-applications is not taught: set `taught = true`"):
        release(released, "08")


def test_a_date_that_formgrader_has_alone_is_shown_as_such(released):
    with Gradebook(released.db_url, COURSE_ID) as book:
        book.find_assignment(LESSON).duedate = datetime(2026, 12, 1, 12)
        book.db.commit()
    settings(released, 'timezone = "Europe/Berlin"')
    first = what_holds(released)[0]
    assert (first.due, first.in_gradebook) == ("2026-12-01 13:00", True)
    code, said = typed("course")
    assert code == 0
    assert "2026-12-01 13:00 *" in said
    assert "* entered in Formgrader: it holds as long as course.toml names no other" in said


def test_the_command_names_what_is_wrong(course):
    settings(course, "[lessons.01]\ndew = 1")
    code, said = typed("course")
    assert code == 1
    assert "lessons.01-srn.dew: there is no such key; did you mean due?" in said


def test_a_password_is_not_shown(course):
    settings(course, 'gradebook = "sqlite://anna:secret@/here"')
    assert "secret" not in typed("course")[1]


# --- extensions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def due(released):
    """Lesson 01 is due on 5 May 2026 at noon; alice handed in a day later, and has 10 points."""
    settings(released, '[late]\nshare = 0.1\n[lessons.01]\ndue = "2026-05-05 12:00"')
    with Gradebook(released.db_url, COURSE_ID) as book:
        book.add_student("alice")
        submission = book.add_submission(LESSON, "alice")
        submission.timestamp = datetime(2026, 5, 6, 12)
        for grade in submission.notebooks[0].grades:
            grade.auto_score = {"srn-step": 3.0, "srn-sequence": 7.0}.get(grade.name, 0.0)
        book.db.commit()
    return released


def test_an_extension_holds_at_once_and_can_be_taken_back(due):
    assert lateness(due, LESSON, "alice") == "handed in 1 day late: 1 point taken off"
    done = extend(due, "01", "alice", "2026-05-06 11:00")
    assert (done.due, done.unknown) == ("6 May 2026, 11:00 UTC", False)
    assert due_of(due, LESSON, "alice") == datetime(2026, 5, 6, 11, tzinfo=UTC)
    assert lateness(due, LESSON, "alice").startswith("handed in 1 hour late")
    extend(due, "01", "alice", "2026-05-07 11:00")
    assert lateness(due, LESSON, "alice") == "handed in in time"
    with Gradebook(due.db_url, COURSE_ID) as book:
        assert book.find_submission(LESSON, "alice").extension == timedelta(hours=47)
    assert extend(due, "01", "alice", None).due == "5 May 2026, 12:00 UTC"
    assert lateness(due, LESSON, "alice").startswith("handed in 1 day late")


def test_a_date_in_the_gradebook_alone_can_be_extended_too(due):
    assert lateness(due, LESSON, "alice")  # somebody looked, so the date is in the gradebook
    settings(due, "[late]\nshare = 0.1")
    extend(due, "01", "alice", "2026-05-07 11:00")
    assert lateness(due, LESSON, "alice") == "handed in in time"


@pytest.mark.parametrize(
    ("lesson", "until", "says"),
    [
        ("01", "tomorrow", "--until: 'tomorrow' is not a time like \"2026-12-01 23:59\""),
        ("01", "2026-05-05 12:00", "is not after the due date of 01-srn, 5 May 2026, 12:00 UTC"),
        ("02", "2026-05-07 12:00", "02-bptt has no due date"),
        ("77", "2026-05-07 12:00", "there is no lesson '77'"),
        ("01", None, "alice has no extension of 01-srn"),
    ],
)
def test_what_makes_no_sense_is_refused(due, lesson, until, says):
    with pytest.raises(GraderError, match=re.escape(says)):
        extend(due, lesson, "alice", until)
    assert not (due.root / "extensions.csv").exists()


def test_the_command_tells_what_it_did_and_who_may_have_been_meant(due):
    code, said = typed("extend", "01", "alise", "--until", "2026-05-07 12:00")
    assert code == 0
    assert "✓ alise: 01-srn is due 7 May 2026, 12:00 UTC" in said
    assert "nobody called alise is in the gradebook or has handed in so far; did you mean alice?" in said
    assert "alise: until 7 May 2026, 12:00 UTC" in typed("extend", "01")[1]
    assert typed("extend", "01", "alise", "--remove")[0] == 0
    assert "Nobody has more time." in typed("extend", "01")[1]
    assert typed("extend", "01", "alise")[0] == typed("extend", "01", "--remove")[0] == 2


def test_who_is_not_on_the_list_gets_more_time_only_if_that_is_insisted_on(due):
    write_roster(due, roster_with([Student("hanne"), Student("Bob")]))
    code, said = typed("extend", "01", "hanna", "--until", "2026-05-07 12:00")
    assert code == 1
    assert "nobody called hanna is on the class's list or has handed in; did you mean hanne?" in said
    assert not (due.root / "extensions.csv").exists()
    assert "did you mean Bob?" in typed("extend", "01", "bob", "--until", "2026-05-07 12:00")[1]
    for student in ("hanne", "alice"):  # on the list; handed in
        assert typed("extend", "01", student, "--until", "2026-05-07 12:00")[0] == 0
    assert typed("extend", "01", "hanna", "--until", "2026-05-07 12:00", "--anyway")[0] == 0
    assert typed("extend", "01", "hanna", "--remove")[0] == 0


def test_one_that_the_file_gives_is_taken_back_there(due):
    settings(due, '[lessons.01]\ndue = "2026-05-05 12:00"\nextensions.alice = "2026-05-07 12:00"')
    with pytest.raises(GraderError, match=r"stands in .*course\.toml: remove it there"):
        extend(due, "01", "alice", None)
