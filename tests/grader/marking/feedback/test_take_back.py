"""Does feedback go out when it is ready, reach its student whatever the umask is, and come back?"""

from __future__ import annotations

import os
import stat
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash
from typer.testing import CliRunner

from grader.checks.errors import GraderError
from grader.cli import app
from grader.marking.course.course import COURSE_ID
from grader.marking.course.given_out import feedback_states
from grader.marking.feedback.feedback import feedback, held_back
from grader.marking.feedback.take_back import take_back
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.fingerprint import work_of
from grader.marking.steps.nbgrader_adapter import course_api
from tests.grader.marking.other_account import as_account, as_root, passable

LESSON = "01-srn"
SECRETS = {"alice": "a" * 64, "bob": "b" * 64}
pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore:Passing unrecognized arguments"),  # of nbgrader's own, as the next
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]


@pytest.fixture
def through_exchange(marked):
    """Submissions of alice, marked to the end, and of bob, whose written answer waits; both from the exchange."""
    for student, secret in SECRETS.items():
        folder = marked.autograded / student / LESSON
        (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
        (folder / "submission_secret.txt").write_text(secret)
    with Gradebook(marked.db_url, COURSE_ID) as book:
        for student in SECRETS:
            for grade in book.find_submission_notebook(LESSON, LESSON, student).grades:
                grade.auto_score, grade.needs_manual_grade = 1.0, False
        written = book.find_grade("srn-written", LESSON, LESSON, "bob")
        written.auto_score, written.needs_manual_grade = None, True
        book.db.commit()
    return marked


def handed_in(course, student, when):
    folder = course.submission(student, LESSON)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{LESSON}.ipynb").write_text("a notebook")
    if when:
        (folder / "timestamp.txt").write_text(when)


def not_ready_of(course):
    return {student for students in held_back(course, LESSON).values() for student in students}


def in_exchange(student):
    return notebook_hash(secret=SECRETS[student], notebook_id=LESSON) + ".html"


def given_out(course):
    folder = course.exchange / COURSE_ID / "feedback"
    there = os.listdir(folder) if folder.exists() else []
    return {student for student in SECRETS if in_exchange(student) in there}


def run(*typed):
    return CliRunner().invoke(app, ["feedback", "01", *typed])


def test_what_waits_for_a_person_is_named_and_not_given_out(through_exchange):
    done = run()
    assert done.exit_code == 0, done.output
    assert "– bob: srn-written waits for a person\n" in done.output
    assert "`grader feedback 01 --anyway`" in done.output
    assert "alice" not in done.output.partition("✓ 2 feedback pages.")[2]
    assert given_out(through_exchange) == {"alice"}
    assert (through_exchange.feedback / "bob" / LESSON / f"{LESSON}.html").exists()


def test_anyway_gives_it_out_and_says_so(through_exchange):
    done = run("--anyway")
    assert "– bob: given out although srn-written waits for a person\n" in done.output
    assert given_out(through_exchange) == {"alice", "bob"}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"not_marked": {LESSON: "no notebook"}, "old": True, "scores": {}}, "the marks are of an earlier attempt"),
        ({"not_marked": {"srn-step": "the referee stopped"}}, "something could not be marked"),
        ({"not_marked": {}}, ""),
    ],
)
def test_what_is_not_marked_or_old_is_not_ready(through_exchange, record, words):
    AuditRecords(through_exchange, LESSON).write("alice", LESSON, {"tasks": {}} | record)
    [*why] = [why for why, students in held_back(through_exchange, LESSON).items() if "alice" in students]
    assert [words in one for one in why] == ([True] if words else [])
    feedback(through_exchange, LESSON)
    assert ("alice" in given_out(through_exchange)) is not bool(words)


@pytest.mark.parametrize(("marked_at", "held"), [(5, True), (6, False), (7, False)])
def test_marks_of_an_attempt_after_which_another_came_are_not_ready(through_exchange, marked_at, held):
    handed_in(through_exchange, "alice", "2026-05-06 12:00:00 UTC")
    with Gradebook(through_exchange.db_url, COURSE_ID) as book:
        book.find_submission(LESSON, "alice").timestamp = datetime(2026, 5, marked_at, 12)
        book.db.commit()
    said = run().output
    assert ("– alice: a newer attempt is not marked yet\n" in said) is held
    assert ("alice" in given_out(through_exchange)) is not held


@pytest.mark.parametrize("is_same", [True, False])
def test_so_are_marks_of_a_work_in_whose_place_another_lies_that_has_no_time(through_exchange, is_same):
    handed_in(through_exchange, "alice", "")
    work = work_of(through_exchange, LESSON, "alice") if is_same else "another"
    record = {"tasks": {}, "not_marked": {}, "made_from": {"submission": work}}
    AuditRecords(through_exchange, LESSON).write("alice", LESSON, record)
    assert ("alice" in not_ready_of(through_exchange)) is not is_same


def test_anyway_is_not_offered_to_who_came_by_another_road(through_exchange):
    """Nobody can fetch their page; whoever can, is named."""
    (through_exchange.autograded / "bob" / LESSON / "submission_secret.txt").unlink()
    said = run().output
    assert "– bob: srn-written waits for a person\n" in said
    assert "--anyway" not in said
    assert "– bob: srn-written waits for a person\n" in run("--anyway").output
    handed_in(through_exchange, "alice", "2026-05-06 12:00:00 UTC")
    with Gradebook(through_exchange.db_url, COURSE_ID) as book:
        book.find_submission(LESSON, "alice").timestamp = datetime(2026, 5, 5)
        book.db.commit()
    assert "This page is made, and not given out (alice): `grader feedback 01 --anyway` gives it out." in " ".join(
        run().output.split()
    )


def test_formgraders_button_gives_it_out_and_names_it_in_the_log(through_exchange):
    feedback(through_exchange, LESSON, to_exchange=False)
    done = course_api(through_exchange).release_feedback(LESSON)
    assert done["success"]
    assert "RELEASED BEFORE IT IS READY: bob: srn-written waits for a person" in done["log"]
    assert "READY: alice" not in done["log"]
    assert given_out(through_exchange) == {"alice", "bob"}
    assert all(state.is_out for state in feedback_states(through_exchange, LESSON).values())


def test_what_was_given_out_is_taken_back(through_exchange):
    run("--anyway")
    done = run("--take-back", "--student", "bob")
    assert done.exit_code == 0, done.output
    assert "bob: taken back; it could be fetched since 20" in done.output
    assert "Who has fetched a page already keeps that copy." in done.output
    assert given_out(through_exchange) == {"alice"}
    assert {name: state.what for name, state in feedback_states(through_exchange, LESSON).items()} == {
        "alice": "given out",
        "bob": "taken back",
    }
    with pytest.raises(GraderError, match="no page of 01-srn is given out to bob; to whom one is: alice"):
        take_back(through_exchange, LESSON, ["bob"])
    said = CliRunner().invoke(app, ["report", "01"]).output
    assert "feedback: given out to 1 student, last at 20" in said
    assert "feedback: bob: taken back at 20" in said
    run("--anyway")
    assert given_out(through_exchange) == {"alice", "bob"}
    assert set(take_back(through_exchange, LESSON).students) == {"alice", "bob"}
    assert given_out(through_exchange) == set()


def test_an_earlier_attempts_page_is_taken_back_too_and_what_no_note_knows(through_exchange):
    run("--anyway")
    (through_exchange.autograded / "bob" / LESSON / "submission_secret.txt").write_text("c" * 64)
    run("--anyway", "--force")
    folder = through_exchange.exchange / COURSE_ID / "feedback"
    assert len(os.listdir(folder)) == 3
    (through_exchange.root / "given-out.jsonl").write_text(
        '{"student": "bob", "lesson": "01-srn", "page": "../../x"}\n['
    )
    assert take_back(through_exchange, LESSON).students == {"alice": "", "bob": ""}
    assert given_out(through_exchange) == {"bob"}  # of the earlier attempt only the lost notes knew


def test_of_two_attempts_both_pages_are_taken_back(through_exchange):
    run("--anyway")
    (through_exchange.autograded / "bob" / LESSON / "submission_secret.txt").write_text("c" * 64)
    run("--anyway", "--force")
    take_back(through_exchange, LESSON, ["bob"])
    assert os.listdir(through_exchange.exchange / COURSE_ID / "feedback") == [in_exchange("alice")]


@as_root
def test_with_a_narrow_umask_the_student_reads_the_page_and_nobody_lists_the_folder(through_exchange, tmp_path):
    """Also where the folder was made with one, as by hand or from a backup."""
    (through_exchange.exchange / COURSE_ID / "feedback").mkdir(mode=0o700)
    before = os.umask(0o077)
    try:
        feedback(through_exchange, LESSON, anyway=True, force=True)
    finally:
        os.umask(before)
    folder = through_exchange.exchange / COURSE_ID / "feedback"
    assert stat.S_IMODE((folder / in_exchange("bob")).stat().st_mode) == 0o644
    made = through_exchange.feedback / "bob" / LESSON / f"{LESSON}.html"
    with passable(tmp_path):
        assert "<html" in as_account(33, lambda: (folder / in_exchange("bob")).read_text("utf-8"))
        assert isinstance(as_account(33, lambda: os.listdir(folder)), PermissionError)
        assert isinstance(as_account(33, made.read_text), PermissionError)
