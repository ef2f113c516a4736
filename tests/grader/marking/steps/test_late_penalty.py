"""Do due dates, extensions and the late rule of a course reach the gradebook, whoever reads it, as they are now?"""

from __future__ import annotations

import csv
import shutil
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event

from grader.marking.course.course import COURSE_ID
from grader.marking.course.journal import LATE
from grader.marking.steps.keep_journal import journal_of
from grader.marking.steps.late_penalty import LatePenalties, points
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook

LESSON = "01-srn"
NOON = datetime(2026, 5, 6, 12)
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture
def scored(released):
    """alice and bob handed in on 6 May 2026 at noon; each has 10 of the points."""
    for student in ("alice", "bob"):
        for folder in (released.submitted, released.autograded):
            shutil.copytree(released.release / LESSON, folder / student / LESSON)
        (released.submission(student, LESSON) / "timestamp.txt").write_text(f"{NOON} UTC")
    with Gradebook(released.db_url, COURSE_ID) as book:
        for student in ("alice", "bob"):
            book.add_student(student)
            submission = book.add_submission(LESSON, student)
            submission.timestamp = NOON
            for grade in submission.notebooks[0].grades:
                grade.auto_score = {"srn-step": 3.0, "srn-sequence": 7.0}.get(grade.name, 0.0)
        book.db.commit()
    assert rows(released) == {"alice": (None, None, 0.0), "bob": (None, None, 0.0)}
    return released


def settings(course, text):
    (course.root / "course.toml").write_text(text)


def extensions(course, *lines):
    (course.root / "extensions.csv").write_text("\n".join(["student,lesson,until", *lines, ""]))


def rows(course):
    """Student → due date, extension and penalty as a program reads them that knows nothing of settings."""
    with Gradebook(course.db_url, COURSE_ID) as book:
        return {
            each.student.id: (each.assignment.duedate, each.extension, each.late_submission_penalty)
            for each in book.find_assignment(LESSON).submissions
        }


def settled(course):
    """The rows after somebody opened the gradebook, and after Formgrader did."""
    with course_gradebook(course_api(course)):
        found = rows(course)
    assert course_api(course).get_submissions(LESSON)
    assert rows(course) == found
    return found


RULE = 'timezone = "Europe/Berlin"\nlate = {share = 0.1, grace_minutes = 10}\n[lessons.01]\n'


def test_without_settings_the_gradebook_stays_as_it_is(scored):
    with Gradebook(scored.db_url, COURSE_ID) as book:
        book.find_assignment(LESSON).duedate = NOON - timedelta(days=3)
        book.find_submission(LESSON, "alice").extension = timedelta(hours=5)
        book.db.commit()
    before = rows(scored)
    assert settled(scored) == before


def test_the_settings_date_rule_and_extensions_are_the_gradebooks(scored):
    settings(scored, RULE + 'due = "2026-05-05 13:00"\nextensions.bob = "2026-05-06 13:55"')
    due = datetime(2026, 5, 5, 11)  # in Berlin it is summer: two hours ahead
    assert settled(scored) == {"alice": (due, None, 2.0), "bob": (due, timedelta(hours=24, minutes=55), 0.0)}


def test_all_follow_when_a_date_moves_or_an_extension_is_given_or_taken(scored):
    settings(scored, RULE + 'due = "2026-05-05 15:00"')
    assert [penalty for _, _, penalty in settled(scored).values()] == [1.0, 1.0]
    extensions(scored, "alice,01,2026-05-06 14:00")
    assert [penalty for _, _, penalty in settled(scored).values()] == [0.0, 1.0]
    settings(scored, RULE + 'due = "2026-05-01 15:00"')
    assert [penalty for _, _, penalty in settled(scored).values()] == [0.0, 5.0]
    extensions(scored)
    assert [penalty for _, _, penalty in settled(scored).values()] == [5.0, 5.0]
    settings(scored, RULE + 'due = "2026-06-01 15:00"')
    assert [penalty for _, _, penalty in settled(scored).values()] == [0.0, 0.0]


def test_a_date_that_the_settings_do_not_name_is_the_gradebooks(scored):
    with Gradebook(scored.db_url, COURSE_ID) as book:
        book.find_assignment(LESSON).duedate = datetime(2026, 5, 5, 11)
        book.db.commit()
    settings(scored, RULE)
    extensions(scored, "alice,01,2026-05-06 14:00")
    found = settled(scored)
    assert found["alice"] == (datetime(2026, 5, 5, 11), timedelta(days=1, hours=1), 0.0)
    assert found["bob"] == (datetime(2026, 5, 5, 11), None, 2.0)


def test_a_mark_by_hand_moves_the_penalty(scored):
    settings(scored, RULE + 'due = "2026-05-05 15:00"')
    assert settled(scored)["alice"][2] == 1.0
    with Gradebook(scored.db_url, COURSE_ID) as book:
        book.find_grade("srn-step", LESSON, LESSON, "alice").manual_score = 1.0
        book.find_grade("srn-sequence", LESSON, LESSON, "alice").extra_credit = 0.5
        book.db.commit()
    assert settled(scored)["alice"][2] == pytest.approx(0.85)


def test_the_rows_are_those_of_each_submission_alone(scored):
    """Both roads to a penalty, of all rows in two queries and of one notebook, are the same number."""
    settings(scored, RULE + 'due = "2026-05-03 15:00"')
    api = course_api(scored)
    with course_gradebook(api) as book:
        for submission in book.find_assignment(LESSON).submissions:
            [notebook] = submission.notebooks
            assert points(notebook) == pytest.approx(10.0)
            assert LatePenalties(api.config).of(notebook) == notebook.late_submission_penalty == 3.0


def test_a_lesson_has_a_rule_of_its_own(scored):
    settings(scored, RULE + 'due = "2026-05-05 15:00"\nlate = {nothing_after = 0}')
    assert settled(scored)["alice"][2] == 10.0
    settings(scored, RULE + 'due = "2026-05-05 15:00"\nlate = {}')
    assert settled(scored)["alice"][2] == 0.0


def test_formgraders_tables_have_what_is_taken_off(scored):
    settings(scored, RULE + 'due = "2026-05-05 13:00"\nextensions.bob = "2026-05-06 13:55"')
    api = course_api(scored)
    assert {each["id"]: each["score"] for each in api.get_students()} == {"alice": 8.0, "bob": 10.0}
    assert {each["student"]: each["score"] for each in api.get_notebook_submissions(LESSON, LESSON)}["alice"] == 8.0
    assert api.get_student_notebook_submissions("alice", LESSON)[0]["score"] == 8.0
    assert api.get_student("alice")["score"] == 8.0
    assert api.get_notebooks(LESSON)[0]["average_score"] == 9.0
    [lesson] = [each for each in api.get_assignments() if each["name"] == LESSON]
    assert lesson["average_score"] == 9.0
    assert lesson["display_duedate"] == "2026-05-05 13:00:00 CEST"


def test_what_did_not_change_is_not_looked_at_again(scored, monkeypatch):
    settings(scored, RULE + 'due = "2026-05-05 13:00"')
    monkeypatch.setattr("grader.marking.steps.settle.YOUNG_NS", 0)
    api = course_api(scored)
    with course_gradebook(api):
        pass
    said = []
    with course_gradebook(api) as book:
        event.listen(book.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
        book.find_assignment(LESSON)
    assert len(said) == 1
    monkeypatch.setattr(LatePenalties, "settle_all", lambda *_: said.append("settled"))
    with course_gradebook(api):
        pass
    assert "settled" not in said


def test_the_journal_says_what_a_moved_date_cost(scored):
    settings(scored, RULE + 'due = "2026-05-05 15:00"')
    settled(scored)
    found = [(each.student, each.after) for each in journal_of(scored).changes() if each.grade == LATE]
    assert sorted(found) == [("alice", -1.0), ("bob", -1.0)]


def test_no_name_in_nbgraders_export_is_a_formula_or_ends_its_cell(scored, tmp_path):
    with Gradebook(scored.db_url, COURSE_ID) as book:
        alice, bob = book.find_student("alice"), book.find_student("bob")
        alice.first_name, alice.last_name, alice.email = '=HYPERLINK("http://x")', "@SUM(A1)", "a@b.de"
        bob.first_name, bob.last_name = "Bob, Jr.", 'O"Neil'
        book.db.commit()
    api = course_api(scored)
    export = api.config.ExportApp.plugin_class(config=api.config, to=str(tmp_path / "export.csv"))
    with course_gradebook(api) as book:
        export.export(book)
    lines = {line["student_id"]: line for line in csv.DictReader((tmp_path / "export.csv").read_text().splitlines())}
    told = [lines[one][what] for one in ("alice", "bob") for what in ("first_name", "last_name", "email", "score")]
    assert told == ['\'=HYPERLINK("http://x")', "'@SUM(A1)", "a@b.de", "10.0", "Bob, Jr.", 'O"Neil', "", "10.0"]
    with Gradebook(scored.db_url, COURSE_ID) as book:
        assert book.find_student("alice").last_name == "@SUM(A1)"
