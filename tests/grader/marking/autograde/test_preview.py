"""Does a preview say what would change, change nothing, and then save those very marks, all of them or none?"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import time
from contextlib import contextmanager, suppress
from copy import deepcopy

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader.checks.errors import GraderError
from grader.cli import app
from grader.marking.autograde.autograde import autograde
from grader.marking.autograde.preview import preview
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.journal import LATE
from grader.marking.course.trial import TrialCourse
from grader.marking.proving import samples
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.steps import gradebook_rows, nbgrader_adapter, take_over
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.keep_journal import journal_of
from grader.marking.steps.nbgrader_adapter import course_api

LESSON, STEP, WRITTEN = "01-srn", "srn-step", "srn-written"
OLD, NEW = {"alice": 1.5, "bob": 2.0, "carol": 3.0}, {"alice": 3.0, "bob": 0.0, "carol": 3.0}
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.fixture
def look(course, runner):
    """look(): a preview, with the fork servers that all tests share."""

    def at(**options):
        return preview(course, LESSON, pool=lambda lesson: LocalPool(course, lesson, runner=runner), **options)

    return at


@pytest.fixture(scope="module")
def marked_before(course_with, own, runner, tmp_path_factory):
    """Marks of a grader with other references: alice had less in a task, bob more, carol the same; some by hand."""
    course = Course(tmp_path_factory.mktemp("before") / "course")
    shutil.copytree(course_with(LESSON).root, course.root)
    released = nbformat.read(course.release / LESSON / f"{LESSON}.ipynb", as_version=4)
    for student in OLD:
        path = course.submission(student, LESSON) / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(samples.solve(deepcopy(released), own), path)
    change(course.submission("bob", LESSON) / f"{LESSON}.ipynb", f"{STEP}-answer", "step = None")
    autograde(course, LESSON, pool=lambda lesson: LocalPool(course, lesson, runner=runner))
    for student, points in OLD.items():
        mark_so(course, student, points)
    with Gradebook(course.db_url, COURSE_ID) as book:
        grade = book.find_grade(WRITTEN, LESSON, LESSON, "alice")
        grade.manual_score, grade.needs_manual_grade = 3.5, False
        book.find_comment(WRITTEN, LESSON, LESSON, "alice").manual_comment = "well said"
        book.db.commit()
    return course


@pytest.fixture
def others(course, marked_before):
    """Those marks, for this test alone."""
    shutil.copytree(marked_before.root, course.root)
    return course


def mark_so(course, student, points):
    """As if other references had given these points."""
    records = AuditRecords(course, LESSON)
    with Gradebook(course.db_url, COURSE_ID) as book:
        book.find_grade(STEP, LESSON, LESSON, student).auto_score = points
        book.db.commit()
    record = records.read(student, LESSON)
    record["scores"][STEP], record["content"] = points, "another"
    record["made_from"]["references"] = "another"
    records.write(student, LESSON, record)


def change(path, name, text):
    nb = nbformat.read(path, as_version=4)
    cell = next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)
    cell.source = text
    nbformat.write(nb, path)


def state(course):
    """All that lies in the course: path → digest."""
    paths = sorted(path for path in course.root.rglob("*") if path.is_file())
    return {str(path.relative_to(course.root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def marks(course):
    with Gradebook(course.db_url, COURSE_ID) as book:
        grades = [
            grade for one in book.find_assignment(LESSON).submissions for n in one.notebooks for grade in n.grades
        ]
        return {(g.student.id, g.name): (g.auto_score, g.manual_score, g.needs_manual_grade) for g in grades}


def step_of(course):
    return {student: auto for (student, grade), (auto, *_) in marks(course).items() if grade == STEP}


def test_what_would_change_is_said_and_nothing_is_changed(others, look):
    before = state(others)
    with look() as found:
        assert found.count() == {"up": 1, "down": 1, "same": 1, "not marked": 0}
        said = {(one.student, one.grade): (one.before, one.after, one.causes) for one in found.changes}
        assert said == {
            ("alice", STEP): (1.5, 3.0, ("references",)),
            ("bob", STEP): (2.0, 0.0, ("references",)),
        }
        assert found.changes[0].versions["references"][0] == "another"
        assert found.changes[1].says
        assert (found.before["alice"], found.after["alice"]) == (26.0, 27.5)
    assert state(others) == before


def test_on_yes_those_very_marks_are_saved_and_what_is_by_hand_stays(others, look, mark):
    written, lines = marks(others)["alice", WRITTEN], len(others.run_log.read_text().splitlines())
    seen = len(list(journal_of(others).changes()))
    with look() as found:
        trial = found._trial
        expected = {
            name: (trial.root / name).read_bytes()
            for name in (f"autograded/bob/{LESSON}/{LESSON}.ipynb", f"verdicts/{LESSON}/bob/{LESSON}.json")
        }
        found.save()
    assert {name: (others.root / name).read_bytes() for name in expected} == expected
    assert step_of(others) == NEW
    assert marks(others)["alice", WRITTEN] == written == (None, 3.5, False)
    with Gradebook(others.db_url, COURSE_ID) as book:
        assert book.find_comment(WRITTEN, LESSON, LESSON, "alice").manual_comment == "well said"
    journalled = list(journal_of(others).changes())[seen:]
    assert {(one.student, one.before, one.after, one.causes) for one in journalled} == {
        ("alice", 1.5, 3.0, ("references",)),
        ("bob", 2.0, 0.0, ("references",)),
    }
    assert len(others.run_log.read_text().splitlines()) == lines + 3
    assert not list(others.root.glob(".trial-*"))
    assert {one.status for one in mark(LESSON).outcomes} == {"unchanged"}
    assert len(list(journal_of(others).changes())) == seen + 2


def by_hand(course):
    with Gradebook(course.db_url, COURSE_ID) as book:
        book.find_grade(WRITTEN, LESSON, LESSON, "carol").manual_score = 1.0
        book.db.commit()


def handed_in_again(course):
    time.sleep(0.01)
    change(course.submission("bob", LESSON) / f"{LESSON}.ipynb", f"{STEP}-answer", "step = 1")


def another_record(course):
    AuditRecords(course, LESSON).write("bob", LESSON, {"tasks": {}, "not_marked": {}})


@pytest.mark.parametrize(
    ("meddle", "words"),
    [(by_hand, "somebody marked"), (handed_in_again, "something was collected"), (another_record, "another run")],
)
def test_what_was_changed_meanwhile_is_not_overwritten(others, look, meddle, words):
    with look() as found:
        meddle(others)
        between = {name: what for name, what in state(others).items() if not name.startswith(".trial-")}
        with pytest.raises(GraderError, match=f"{words}.*nothing was saved; preview again"):
            found.save()
    assert state(others) == between


def dies_in(found, function):
    """Save in a program that is killed as it calls that function."""

    def kill(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        module, name = function
        setattr(module, name, kill)
        found.save()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@contextmanager
def ended():
    """Inside, what the program would clear away that is ended stays."""
    with suppress(KeyboardInterrupt):
        yield


@pytest.mark.parametrize(
    ("function", "done"),
    [
        ((gradebook_rows, "apply"), False),
        ((take_over, "_finish"), True),
        ((take_over, "put_in_place"), True),
        ((take_over, "journal_of"), True),
        ((take_over, "remove_folder"), True),
    ],
    ids=lambda one: one[1] if isinstance(one, tuple) else str(one),
)
def test_where_it_is_killed_all_is_taken_over_or_nothing(others, look, mark, function, done):
    before, seen = state(others), len(list(journal_of(others).changes()))
    with ended(), look() as found:
        dies_in(found, function)
        raise KeyboardInterrupt
    course_api(others)  # as every command does
    assert step_of(others) == (NEW if done else OLD)
    assert not list(others.root.glob(".trial-*"))
    if not done:
        assert state(others) == before
    else:
        assert {one.status for one in mark(LESSON).outcomes} == {"unchanged"}
        assert len(list(journal_of(others).changes())) == seen + 2


def test_a_first_attempt_and_one_that_cannot_be_marked_are_taken_over_as_by_a_run(others, look, mark):
    shutil.copytree(others.submission("alice", LESSON), others.submission("dora", LESSON))
    (others.submission("carol", LESSON) / f"{LESSON}.ipynb").write_text("not JSON")
    with look() as found:
        assert found.count() == {"up": 2, "down": 1, "same": 0, "not marked": 1}
        assert {one.causes for one in found.changes if one.student == "dora"} == {("first",)}
        found.save()
    after = marks(others)
    assert after["dora", STEP] == (3.0, None, False)
    [outcome] = [one for one in mark(LESSON).outcomes if one.student == "carol"]
    assert (outcome.status, outcome.old, outcome.points) == ("not marked", True, 24.0)
    assert marks(others) == after


def test_a_link_is_left_as_it_is_and_its_submission_too(others, look):
    link = others.submission("alice", LESSON) / "link"
    link.symlink_to("/etc/hostname")
    with look() as found:
        assert found.count()["not marked"] == 1
        assert found.summary.not_marked[0].student == "alice"
        found.save()
    assert link.is_symlink()
    assert step_of(others) == OLD | {"bob": 0.0}


def test_a_trial_never_writes_into_another_gradebook_than_its_own(course, tmp_path, monkeypatch):
    """Whatever nbgrader_config.py says at its end, where a course names its own."""
    own = nbgrader_adapter.course_config

    def with_another(course):
        config = own(course)
        config.CourseDirectory.db_url = "sqlite:////another.db"
        return config

    monkeypatch.setattr(nbgrader_adapter, "course_config", with_another)
    trial = TrialCourse(tmp_path / "trial", course)
    assert course_api(trial).coursedir.db_url == trial.db_url


def test_the_command_shows_without_a_terminal_and_saves_on_yes(others):
    run = CliRunner().invoke
    before = state(others)
    shown = run(app, ["autograde", "01", "--preview"])
    assert shown.exit_code == 0, shown.output
    assert "1 go up, 1 go down, 1 keep their points, 0 not marked" in shown.output
    assert "26 → 27.5" in shown.output
    assert "the references changed (another →" in shown.output
    assert "nothing was changed" in shown.output
    assert state(others) == before
    facts = json.loads(run(app, ["autograde", "01", "--preview", "--yes", "--json"]).stdout)
    assert (facts["up"], facts["down"], facts["same"], facts["saved"]) == (1, 1, 1, True)
    assert step_of(others) == NEW
    again = run(app, ["autograde", "01", "--preview", "--yes"]).output
    assert "there is nothing to save" in again
    assert "without a question" not in again


def test_what_does_not_go_together_is_said(course):
    for typed in (["--preview", "--take-copies"], ["--yes"]):
        assert CliRunner().invoke(app, ["autograde", "01", *typed]).exit_code == 2


def test_a_gradebook_elsewhere_and_a_late_rule_of_the_settings_hold_on_trial_too(others, look, tmp_path):
    """bob hands in a day late, which takes half of what he has; nothing of it is settled before the preview."""
    elsewhere = tmp_path / "elsewhere.db"
    others.gradebook.rename(elsewhere)
    (others.root / "course.toml").write_text(
        f'gradebook = "sqlite:///{elsewhere}"\n[late]\nshare = 0.5\nper = "day"\nmost = 0.5\n'
        '[lessons.01-srn]\ndue = "2026-05-05 12:00"\n'
    )
    (others.submission("bob", LESSON) / "timestamp.txt").write_text("2026-05-06 11:00:00 UTC")
    before = elsewhere.read_bytes()
    with look() as found:
        [late] = [one for one in found.changes if one.grade == LATE]
        assert (late.student, late.before, late.after, late.causes) == ("bob", None, -found.after["bob"], ("late",))
        assert elsewhere.read_bytes() == before
        found.save()
    assert step_of(others) == NEW
    assert not (others.root / "gradebook.db").exists()
    assert [one.after for one in journal_of(others).changes() if one.grade == LATE] == [late.after]
    shutil.copy(others.release / LESSON / f"{LESSON}.ipynb", others.submission("bob", LESSON))
    with look(students=["bob"]) as found:  # without points nothing is taken off, and no rule has changed
        [late] = [one for one in found.changes if one.grade == LATE]
        assert (late.before, late.after, late.causes) == (-found.before["bob"], None, ("marks",))
