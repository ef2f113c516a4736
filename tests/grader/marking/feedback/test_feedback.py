"""Is everybody's feedback made, with the gradebook's marks, once, and the same by every road?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader.checks.errors import GraderError
from grader.cli import app
from grader.marking.course.course import COURSE_ID
from grader.marking.course.paths import ROOT
from grader.marking.feedback.feedback import feedback, marked_students
from grader.marking.feedback.pages.plainly import NOTE
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.nbgrader_adapter import course_api

LESSON = "01-srn"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def give(course, student, points, comment=None):
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        gradebook.find_grade("srn-step", LESSON, LESSON, student).manual_score = points
        if comment is not None:
            gradebook.find_comment("srn-step-answer", LESSON, LESSON, student).manual_comment = comment
        gradebook.db.commit()


def statuses(course, **options):
    found = {}
    feedback(course, LESSON, on_progress=lambda page: found.update({page.student: page.status}), **options)
    return found


def without_origin(page):
    """A page without what says how it was made."""
    return re.sub(r'\s*<meta name="made-from"[^>]*>', "", page.read_text("utf-8"))


def test_the_marks_are_the_gradebooks(marked):
    give(marked, "bob", 2.5, "Look at **U** <script>alert(1)</script>")
    alice, bob = feedback(marked, LESSON)
    assert "<span>0 of 28 points</span>" in alice.read_text("utf-8")
    assert "<span>2.5 of 28 points</span>" in bob.read_text("utf-8")
    assert "Look at <strong>U</strong>" in bob.read_text("utf-8")
    assert "alert(1)" not in bob.read_text("utf-8")


def test_by_hand_by_command_and_by_formgrader_the_pages_are_the_same(marked):
    give(marked, "alice", 3, "good")
    [ours, _] = feedback(marked, LESSON)
    first = without_origin(ours)
    line = [sys.executable, "-m", "nbgrader", "generate_feedback", LESSON, "--force"]
    subprocess.run(line, cwd=ROOT, env=dict(os.environ), check=True, capture_output=True)
    assert without_origin(ours) == first
    assert course_api(marked).generate_feedback(LESSON, "alice")["success"]
    assert without_origin(ours) == first


def test_only_what_has_changed_is_made_again(marked):
    assert statuses(marked) == {"alice": "made", "bob": "made"}
    assert statuses(marked) == {"alice": "unchanged", "bob": "unchanged"}
    give(marked, "bob", 1)
    assert statuses(marked) == {"alice": "unchanged", "bob": "made"}
    (marked.feedback / "alice" / LESSON / f"{LESSON}.html").unlink()
    assert statuses(marked) == {"alice": "made", "bob": "unchanged"}
    assert statuses(marked, force=True) == {"alice": "made", "bob": "made"}


def test_one_page_that_cannot_be_made_keeps_nobody_from_theirs(marked):
    """It is named, with the reason, and no page of before stays in its place."""
    feedback(marked, LESSON)
    (marked.autograded / "alice" / LESSON / f"{LESSON}.ipynb").write_text("not a notebook")
    with pytest.raises(GraderError, match=r"1 feedback page of 01-srn could not be made or released:\nalice: "):
        feedback(marked, LESSON, force=True)
    assert [path.parent.parent.name for path in (marked.feedback).glob("*/*/*.html")] == ["bob"]


def test_one_page_without_end_keeps_nobody_from_theirs_and_is_named(marked):
    """The cell is shown as text, which is said on the page and by the command, and is no failure."""
    path = marked.autograded / "alice" / LESSON / f"{LESSON}.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells.append(new_code_cell("1", outputs=[new_output("display_data", {"text/html": "<div>" * 300_000})]))
    nbformat.write(nb, path)
    for _ in ("made", "unchanged"):
        done = CliRunner().invoke(app, ["feedback", "01"])
        assert done.exit_code == 0, done.output
        assert f"shown as plain text, as they take too much: alice, {LESSON}: cell {len(nb.cells)}\n" in done.output
    pages = {student: marked.feedback / student / LESSON / f"{LESSON}.html" for student in ("alice", "bob")}
    assert [NOTE in page.read_text("utf-8") for page in pages.values()] == [True, False]


@pytest.mark.parametrize("name", [f"._{LESSON}.ipynb", "notes.ipynb"])
def test_a_notebook_that_is_not_the_lessons_is_passed_over(marked, name):
    """Such as what macOS puts beside each file on a foreign disk."""
    (marked.autograded / "alice" / LESSON / name).write_bytes(b"\x00\x05\x16\x07")
    assert len(feedback(marked, LESSON, to_exchange=False)) == 2
    only = marked.autograded / "eve" / LESSON / name
    only.parent.mkdir(parents=True)
    only.write_bytes(b"\x00\x05\x16\x07")
    assert marked_students(marked, LESSON) == ["alice", "bob"]


def test_asking_for_who_is_not_marked_says_who_is(marked):
    with pytest.raises(GraderError, match="marked are: alice, bob"):
        feedback(marked, LESSON, ["nobody"])


def test_a_time_alone_is_no_exchange_and_who_has_no_page_is_said(marked):
    """`nbgrader zip_collect` writes a time, and no secret by which a student would find the page."""
    (marked.autograded / "alice" / LESSON / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
    marked.submission("zoe", LESSON).mkdir(parents=True)
    done = CliRunner().invoke(app, ["feedback", LESSON], env={"RNN_WORKBOOK_COURSE": str(marked.root)})
    assert done.exit_code == 0
    said = " ".join(done.output.split())
    assert "✓ 2 feedback pages." in said
    assert "zoe: without a page, as nothing of theirs is marked" in said
    assert "alice, bob: not handed in through the exchange" in said


def test_the_sentence_of_the_audit_record_stands_beside_lost_points(marked):
    """And no longer where a person has given the points."""
    facts = {"points": 0.0, "says": "`U` is transposed."}
    record = {"tasks": {"srn.step": facts, "of.another": facts}, "not_marked": {}, "scores": {}}
    AuditRecords(marked, LESSON).write("alice", LESSON, record)
    give(marked, "alice", 1.0)
    [page] = feedback(marked, LESSON, ["alice"], to_exchange=False)
    assert page.read_text("utf-8").count("<code>U</code> is transposed.") == 1
    give(marked, "alice", 3.0)
    [page] = feedback(marked, LESSON, ["alice"], to_exchange=False)
    assert "is transposed" not in page.read_text("utf-8")


def test_when_it_was_due_and_how_late_it_came_is_told(marked):
    with Gradebook(marked.db_url, COURSE_ID) as gradebook:
        gradebook.find_assignment(LESSON).duedate = datetime(2026, 4, 30, 22, 0)
        gradebook.find_submission(LESSON, "bob").timestamp = datetime(2026, 5, 2, 23, 30)
        gradebook.db.commit()
    [page] = feedback(marked, LESSON, ["bob"], to_exchange=False)
    told = "handed in 2 May 2026, 23:30 UTC, 2 days, 1 hour late · due 30 April 2026, 22:00 UTC"
    assert told in page.read_text("utf-8")


def test_the_settings_dates_extension_and_rule_are_told(marked):
    with Gradebook(marked.db_url, COURSE_ID) as gradebook:
        for student in ("alice", "bob"):
            gradebook.find_submission(LESSON, student).timestamp = datetime(2026, 5, 2, 23, 30)
        gradebook.db.commit()
    give(marked, "alice", 3.0)
    give(marked, "bob", 3.0)
    (marked.root / "course.toml").write_text(
        'timezone = "Europe/Berlin"\nlate.share = 0.2\n[lessons.01]\ndue = "2026-05-01 23:00"\n'
        'extensions.bob = "2026-05-03 23:00"'
    )
    alice, bob = (page.read_text("utf-8") for page in feedback(marked, LESSON, to_exchange=False))
    assert (
        "handed in 3 May 2026, 01:30 (Europe/Berlin), 1 day, 2 hours late · due 1 May 2026, 23:00 (Europe/Berlin) · "
        "handing in late: 20 % of the points for each begun day"
    ) in alice
    assert "1.2 points less for handing in late" in alice
    assert "due 3 May 2026, 23:00 (Europe/Berlin), with more time than others" in bob
    assert "handing in late" not in bob


def test_what_has_no_mark_waits_for_a_person_and_is_never_0(marked):
    give(marked, "bob", 0.0)
    alice, bob = feedback(marked, LESSON, to_exchange=False)
    assert "<span>28 points wait for a person</span>" in alice.read_text("utf-8")
    assert "<span>25 points wait for a person</span>" in bob.read_text("utf-8")
    assert "0 of 3 points" in bob.read_text("utf-8")
    assert " 0 of" not in alice.read_text("utf-8").partition("<main>")[2]


@pytest.mark.parametrize("road", ["ours", "nbgrader"])
def test_nothing_else_of_a_submission_is_given_back(marked, road):
    """nbgrader would release every .html among a submission's files."""
    folder = marked.autograded / "alice" / LESSON
    (folder / "evil.html").write_text("evil")
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
    (folder / "submission_secret.txt").write_text("0" * 64)
    if road == "ours":
        feedback(marked, LESSON, to_exchange=False)  # releasing warns of a misspelt argument of nbgrader's own
    else:
        assert course_api(marked).generate_feedback(LESSON)["success"]
    there = sorted(path.name for path in (marked.feedback / "alice" / LESSON).iterdir())
    assert there == [f"{LESSON}.html", "submission_secret.txt", "timestamp.txt"]
