"""Does the journal say who got which points and why, by every road, each once, and nothing where nothing changed?"""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime, timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from sqlalchemy.exc import StatementError
from typer.testing import CliRunner

from grader.cli import app
from grader.marking.course import version
from grader.marking.course.course import COURSE_ID
from grader.marking.course.journal import LATE
from grader.marking.course.line_file import account
from grader.marking.proving import samples
from grader.marking.steps import fingerprint as of_marks
from grader.marking.steps.journal_of_course import journal_changes
from grader.marking.steps.keep_journal import journal_of
from grader.marking.steps.nbgrader_adapter import course_api

LESSON, STEP, WRITTEN = "01-srn", "srn-step", "srn-written"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture
def new(course):
    """new(): what the journal says that it did not say when it was asked last, as mark → (before, after, causes)."""
    seen = []

    def read():
        changes = list(journal_of(course).changes())
        fresh = changes[len(seen) :]
        seen.extend(fresh)
        assert len({change.mark for change in fresh}) == len(fresh), "a mark is there twice"
        return {(one.student, one.grade): (one.before, one.after, one.causes) for one in fresh}

    return read


@pytest.fixture
def marked(released):
    """Submissions of alice and bob in the gradebook, without a mark; this process keeps the course's journal."""
    course_api(released)
    with Gradebook(released.db_url, COURSE_ID) as book:
        for student in ("alice", "bob"):
            book.add_student(student)
            book.add_submission(LESSON, student)
    return released


@pytest.fixture
def alice(hand_in, own):
    return hand_in("alice", lambda nb: samples.solve(nb, own))


def by_hand(course, points, extra=None):
    with Gradebook(course.db_url, COURSE_ID) as book:
        grade = book.find_grade(WRITTEN, LESSON, LESSON, "alice")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, extra, False
        book.db.commit()


def change(path, name, text):
    nb = nbformat.read(path, as_version=4)
    cell = next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)
    cell.source = text
    nbformat.write(nb, path)


@pytest.mark.slow
@pytest.mark.parametrize("road", ["ours", "nbgraders"])
def test_each_road_journals_what_changed_once_and_why(course, alice, mark, new, road, monkeypatch):
    def again(force=False):
        if road == "ours":
            mark(LESSON, force=force)
        else:
            assert course_api(course).autograde(LESSON, "alice", force)["success"]

    again()
    first = new()
    assert first["alice", STEP] == (None, 3.0, ("first",))
    assert ("alice", WRITTEN) not in first  # it waits
    assert sum(after for _, after, _ in first.values()) == 24.0
    again(force=True)
    assert new() == {}
    by_hand(course, 3.5)
    assert new() == {("alice", WRITTEN): (None, 3.5, ("by hand",))}
    again(force=True)
    assert new() == {}
    monkeypatch.setattr(of_marks, "versions", lambda: version.versions() | {"references": "another"})
    again(force=True)
    assert new() == {}  # another version, and the same points
    change(alice, f"{STEP}-answer", "step = None")
    again(force=True)
    found = new()
    assert found["alice", STEP] == (3.0, 0.0, ("submission",))
    assert all(causes == ("submission", "follow-through") for name, (*_, causes) in found.items() if name[1] != STEP)
    change(alice, WRITTEN, "Something else.")
    again(force=True)
    assert new() == {("alice", WRITTEN): (3.5, None, ("submission",))}


@pytest.mark.slow
def test_what_changed_of_the_grader_is_named_with_its_versions(course, alice, mark, new, monkeypatch):
    mark(LESSON)
    [at] = [one for one in journal_of(course).changes() if one.grade == STEP]
    assert at.by == account()
    new()
    with Gradebook(course.db_url, COURSE_ID) as book:  # as if the references had said otherwise
        book.find_grade(STEP, LESSON, LESSON, "alice").auto_score = 1.5
        book.db.commit()
    new()
    now = version.versions()["references"]
    monkeypatch.setattr(of_marks, "versions", lambda: version.versions() | {"references": "another"})
    mark(LESSON)
    assert new() == {("alice", STEP): (1.5, 3.0, ("references",))}
    said = CliRunner().invoke(app, ["journal", "01", "--student", "alice"]).output
    assert f"alice · srn-step 1.5 → 3 of 3: the references changed ({now} → another), 20" in said


def test_marks_by_hand_are_journalled_with_the_account_and_corrections_too(marked, new):
    by_hand(marked, 3.0)
    by_hand(marked, 3.0)
    [one] = journal_of(marked).changes()
    assert (one.student, one.before, one.after, one.most, one.by) == ("alice", None, 3.0, 4.0, account())
    new()
    by_hand(marked, 3.0, extra=0.5)
    assert new() == {("alice", WRITTEN): (3.0, 3.5, ("by hand",))}
    by_hand(marked, None)
    assert new() == {("alice", WRITTEN): (3.5, None, ("by hand",))}


def test_what_is_not_committed_is_not_journalled(marked, new):
    with Gradebook(marked.db_url, COURSE_ID) as book:
        book.find_grade(WRITTEN, LESSON, LESSON, "alice").manual_score = 3.0
        book.db.flush()
        book.db.rollback()
        book.find_grade(WRITTEN, LESSON, LESSON, "bob").manual_score = 1.0
        book.db.commit()
    assert new() == {("bob", WRITTEN): (None, 1.0, ("by hand",))}


def test_who_is_taken_out_of_the_gradebook_is_journalled(marked, new):
    by_hand(marked, 3.0)
    new()
    with Gradebook(marked.db_url, COURSE_ID) as book:
        book.remove_student("alice")
    assert new() == {("alice", WRITTEN): (3.0, None, ("removed",))}


def test_what_changed_without_a_journal_is_found(marked, new, tmp_path):
    """As where a backup was put in its place: nobody is named."""
    shutil.copy(marked.gradebook, tmp_path / "backup.db")
    by_hand(marked, 3.0)
    shutil.copy(tmp_path / "backup.db", marked.gradebook)
    journal_changes(marked, LESSON)
    found = list(journal_of(marked).changes())[-1]
    assert (found.before, found.after, found.causes, found.by) == (3.0, None, ("found",), "")
    journal_changes(marked)
    assert len(list(journal_of(marked).changes())) == 2
    (marked.root / "journal.jsonl").unlink()
    by_hand(marked, 2.0)
    assert [one.after for one in journal_of(marked).changes()] == [2.0]


def test_a_full_disk_costs_no_mark_and_is_made_good(marked, new, caplog):
    (marked.root / "journal.jsonl").mkdir()
    by_hand(marked, 3.0)
    assert "the journal of points cannot be written" in caplog.text
    (marked.root / "journal.jsonl").rmdir()
    assert [(one.after, one.causes) for one in journal_changes(marked)] == [(3.0, ("found",))]


@pytest.mark.slow
def test_lateness_extension_and_due_date_are_told_apart(course, alice, mark, new, monkeypatch):
    """The rule here: late is worth half."""
    monkeypatch.setattr(LateSubmissionPlugin, "late_submission_penalty", lambda self, student, score, late: score / 2)
    (alice.parent / "timestamp.txt").write_text("2026-05-06 12:00:00 UTC")

    def due(when, extension=None):
        with Gradebook(course.db_url, COURSE_ID) as book:
            book.find_assignment(LESSON).duedate = when
            if extension is not None:
                book.find_submission(LESSON, "alice").extension = extension
            book.db.commit()
        mark(LESSON)

    due(datetime(2026, 5, 6))
    assert new()["alice", LATE] == (None, -12.0, ("late",))
    due(datetime(2026, 5, 7))
    assert new() == {("alice", LATE): (-12.0, 0.0, ("due",))}
    due(datetime(2026, 5, 5))
    assert new() == {("alice", LATE): (0.0, -12.0, ("due",))}
    due(datetime(2026, 5, 5), timedelta(days=2))
    assert new() == {("alice", LATE): (-12.0, 0.0, ("extension",))}


def test_who_is_late_only_since_the_date_moved_is_told_so(marked, new):
    with Gradebook(marked.db_url, COURSE_ID) as book:
        book.find_assignment(LESSON).duedate = datetime(2026, 5, 7)
        book.find_submission(LESSON, "alice").timestamp = datetime(2026, 5, 6)
        book.db.commit()
    by_hand(marked, 3.0)
    new()
    with Gradebook(marked.db_url, COURSE_ID) as book:
        book.find_assignment(LESSON).duedate = datetime(2026, 5, 5)
        book.db.flush()
        book.find_submission_notebook(LESSON, LESSON, "alice").late_submission_penalty = 1.0
        book.db.commit()
    assert new() == {("alice", LATE): (None, -1.0, ("due",))}


def test_the_command_prints_sentences_from_a_day_on(marked):
    by_hand(marked, 3.0)
    run = CliRunner().invoke
    said = run(app, ["journal", "01"]).output
    assert said.startswith(f"alice · srn-written – → 3 of 4: by hand, by {account()}, 20")
    assert run(app, ["journal"]).output.startswith("01-srn: alice")
    assert '"grade": "srn-written"' in run(app, ["journal", "--json"]).output
    assert run(app, ["journal", "01", "--since", "2999-01-01"]).output == ""
    assert run(app, ["journal", "01", "--student", "bob"]).output == ""
    assert run(app, ["journal", "01", "--since", "yesterday"]).exit_code == 2


@pytest.mark.parametrize(("points", "extra"), [("1.5", "0.5"), (1.5, 0.5), ("2", None)])
def test_points_that_formgrader_sends_as_text_are_saved_and_journalled(marked, new, points, extra):
    with Gradebook(marked.db_url, COURSE_ID) as book:
        grade = book.find_grade(WRITTEN, LESSON, LESSON, "alice")
        grade.manual_score, grade.extra_credit = points, extra
        book.db.commit()
    assert new() == {("alice", WRITTEN): (None, 2.0, ("by hand",))}


def test_points_that_formgrader_sends_as_text_are_points_and_what_is_none_ends_no_save(marked, new):
    by_hand(marked, "3.0")
    assert new() == {("alice", WRITTEN): (None, 3.0, ("by hand",))}
    with Gradebook(marked.db_url, COURSE_ID) as book:
        book.find_grade(WRITTEN, LESSON, LESSON, "bob").manual_score = "much"
        with suppress(StatementError):
            book.db.commit()
    assert new() == {}
