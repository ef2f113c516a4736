"""Is a mark saved as Formgrader saves it, and never over what somebody else gave meanwhile?"""

from __future__ import annotations

import math
import sqlite3
import threading
from contextlib import closing
from dataclasses import asdict
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

from grader.checks.errors import GraderError
from grader.marking.course.course import COURSE_ID
from grader.marking.desk import give_mark as module
from grader.marking.desk.give_mark import Mark, MarkChanged, give_mark, taken_back
from grader.marking.steps.keep_journal import journal_of
from tests.grader.marking.conftest import LESSON
from tests.grader.marking.desk.conftest import WRITTEN


@pytest.fixture
def give(released, api, question):
    return lambda answer, mark: give_mark(released, api, question, answer.key, answer.token, mark)


@pytest.fixture
def book(released):
    """The gradebook as another program has it."""
    with Gradebook(released.db_url, COURSE_ID) as gradebook:
        yield gradebook


def test_points_and_comment_are_in_the_gradebook(write, answers, give, book):
    write("alice", "Because.")
    before, after = give(answers()["alice"], Mark(2.5, comment="Which *letters*?"))
    assert (before.given.waits, after.given.waits, after.given.score) == (True, False, 2.5)
    assert after == answers()["alice"]
    grade = book.find_grade(WRITTEN, LESSON, LESSON, "alice")
    assert (grade.manual_score, grade.extra_credit, grade.needs_manual_grade, grade.score) == (2.5, None, False, 2.5)
    assert book.find_comment(WRITTEN, LESSON, LESSON, "alice").comment == "Which *letters*?"


def test_without_points_it_waits_again_as_in_formgrader(write, answers, give):
    write("alice", "Because.")
    write("bob", None)
    give(answers()["alice"], Mark(0.0))
    give(answers()["bob"], Mark(1.0))
    assert not answers()["alice"].given.waits
    give(answers()["alice"], Mark(None, comment="Let us talk."))
    give(answers()["bob"], Mark(None))
    assert [(one.given.waits, one.given.score) for one in answers().values()] == [(True, None), (False, 0.0)]


def test_a_save_is_taken_back_to_what_was_there(write, answers, give, by_hand):
    """Also what no person can give: an answer with points that waits."""
    for student in ("alice", "bob"):
        write(student, "Because.")
    by_hand("bob", 1.0, "Short.")
    for student in ("alice", "bob"):
        first = answers()[student]
        before, after = give(first, Mark(4.0, 1.0, "Good."))
        give(after, taken_back(before))
        assert asdict(answers()[student]) == asdict(first)


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        (Mark(4.5), r"4.5 points are not between 0 and 4; .* extra credit"),
        (Mark(-0.5), "-0.5 points are not between"),
        (Mark(math.nan), "the points are no number"),
        (Mark(1.0, math.inf), "the extra credit are no number"),
        (Mark(1.0, -1.0), "-1 points of extra credit"),
    ],
)
def test_points_that_cannot_be_given_are_refused(write, answers, give, mark, why):
    write("alice", "Because.")
    before = answers()
    with pytest.raises(GraderError, match=why):
        give(before["alice"], mark)
    assert answers() == before


def test_what_is_worth_more_is_extra_credit(write, answers, give):
    write("alice", "Because.")
    assert give(answers()["alice"], Mark(4.0, 1.5))[1].given.score == 5.5


@pytest.mark.parametrize("what", ["points", "comment", "text", "attempt", "gone"])
def test_what_changed_meanwhile_is_not_overwritten(released, write, answers, give, by_hand, book, what):
    write("alice", "Because.")
    seen = answers()["alice"]
    if what == "text":
        write("alice", "Because of the letters.")
    elif what == "attempt":
        book.update_or_create_submission(LESSON, "alice", timestamp=datetime(2026, 5, 8))
    elif what == "gone":
        book.remove_student("alice")
    else:
        by_hand("alice", 3.0 if what == "points" else None, "Good." if what == "comment" else None)
    now = answers()
    with pytest.raises(MarkChanged) as refused:
        give(seen, Mark(1.0, comment="Bad."))
    assert refused.value.now == now.get("alice")
    assert answers() == now


@pytest.mark.parametrize("there", ["points", "comment", "text", "attempt"])
def test_not_even_where_it_changes_in_the_middle_of_saving(
    released, write, answers, give, by_hand, book, monkeypatch, there
):
    """Another program saves after ours has looked, and before it writes."""
    write("alice", "Because.")
    seen, look = answers()["alice"], module.refuse_odd

    def meanwhile(*given):
        look(*given)
        if there == "text":
            write("alice", "Because of the letters.")
        elif there == "attempt":
            book.update_or_create_submission(LESSON, "alice", timestamp=datetime(2026, 5, 8))
        else:
            by_hand("alice", 3.0 if there == "points" else None, "Good.")

    monkeypatch.setattr(module, "refuse_odd", meanwhile)
    with pytest.raises(MarkChanged):
        give(seen, Mark(1.0, comment="Bad."))
    assert answers()["alice"].given.points == (3.0 if there == "points" else None)


def test_a_lock_is_waited_for_and_then_named(released, write, answers, give, monkeypatch):
    """Marking keeps it for moments; what keeps it longer is told, and nothing is half saved."""
    write("alice", "Because.")
    with closing(sqlite3.connect(released.gradebook, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.5, other.rollback).start()
        give(answers()["alice"], Mark(1.0))
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(module, "WAIT_SECONDS", 0.2)
        with pytest.raises(GraderError, match=r"not saved: another program has kept the gradebook locked for 0.2 s"):
            give(answers()["alice"], Mark(2.0))
        other.rollback()
    assert answers()["alice"].given.points == 1.0


def test_the_late_penalty_moves_with_the_points(write, answers, give, book, monkeypatch):
    """The rule here: late is worth half."""
    monkeypatch.setattr(LateSubmissionPlugin, "late_submission_penalty", lambda self, student, score, late: score / 2)
    book.find_assignment(LESSON).duedate = datetime(2026, 5, 6)
    book.db.commit()
    write("alice", "Because.")
    give(answers()["alice"], Mark(3.0))
    assert book.find_submission_notebook(LESSON, LESSON, "alice").late_submission_penalty == 1.5


def test_the_journal_of_points_says_that_a_person_gave_them(released, write, answers, give):
    write("alice", "Because.")
    _, after = give(answers()["alice"], Mark(2.0, comment="Good."))
    give(after, Mark(3.0, 1.0, comment="Good."))
    told = [change for change in journal_of(released).changes() if change.causes == ("by hand",)]
    assert [(change.student, change.grade, change.before, change.after) for change in told] == [
        ("alice", WRITTEN, None, 2.0),
        ("alice", WRITTEN, 2.0, 4.0),
    ]
