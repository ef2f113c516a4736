"""Is it known how far feedback is: made, released, taken back, and no longer what the marks are?"""

from __future__ import annotations

import os
import shutil

import pytest
from nbgrader.api import Gradebook

from grader.marking.course.course import COURSE_ID
from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.feedback import feedback
from grader.marking.feedback.take_back import take_back
from grader.marking.proving import samples
from grader.marking.steps.audit_records import AuditRecords

LESSON, WRITTEN = "01-srn", "srn-written"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore:Passing unrecognized arguments"),  # of nbgrader's own, as the next
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def state(course):
    """state(): how far the feedback for ada is, by the report and by the lesson's line."""

    def read():
        report = class_report(course, LESSON)
        [row] = report.rows
        assert (row.feedback != "none") == bool(report.figures.feedback)
        return row.feedback

    return read


def change(course, name, of="grade", **what):
    with Gradebook(course.db_url, COURSE_ID) as book:
        found = getattr(book, f"find_{of}")(name, LESSON, LESSON, "ada")
        for key, value in what.items():
            setattr(found, key, value)
        book.db.commit()


def test_each_state_by_what_leads_to_it(hand_in, own, course, mark, state):
    path = hand_in("ada", lambda nb: samples.solve(nb, own))
    (path.parent / "timestamp.txt").write_text("2026-05-06 12:00:00 UTC")
    (path.parent / "submission_secret.txt").write_text("secret of ada")
    mark(LESSON)
    assert state() == "none"
    feedback(course, LESSON, to_exchange=False)
    assert state() == "made"
    change(course, WRITTEN, manual_score=3.5, needs_manual_grade=False)
    assert state() == "outdated"
    feedback(course, LESSON)
    assert state() == "released"
    change(course, WRITTEN, "comment", manual_comment="Good.")
    assert state() == "outdated"
    feedback(course, LESSON)
    assert state() == "released"
    take_back(course, LESSON)
    assert state() == "made"
    (course.root / "course.toml").write_text('late = {share = 0.1}\n[lessons.01]\ndue = "2026-05-05 12:00"\n')
    assert state() == "outdated"  # it names the due date, and what is taken off
    feedback(course, LESSON)
    assert state() == "released"
    mark(LESSON, force=True)
    assert state() == "released"  # marked anew, and the same
    path.write_text("not JSON")
    mark(LESSON)
    assert state() == "outdated"  # the page does not say that its marks are old
    feedback(course, LESSON, anyway=True)
    assert state() == "released"
    shutil.rmtree(course.feedback / "ada")
    assert state() == "none"


def test_a_page_that_is_made_is_that_of_the_state_whatever_this_process_knew(hand_in, course, mark, state):
    """The records' time may be that of before, as of a copied course."""
    hand_in("ada")
    mark(LESSON)
    feedback(course, LESSON, to_exchange=False)
    assert state() == "made"
    records = AuditRecords(course, LESSON)
    record = records.read("ada", LESSON)
    record["tasks"]["srn.step"]["says"] = "Something else."
    records.write("ada", LESSON, record)
    os.utime(records.path("ada", LESSON).parent)
    assert state() == "outdated"
