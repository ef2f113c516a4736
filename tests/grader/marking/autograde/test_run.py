"""Do all roads of marking give the same marks, and does nothing get lost on the way?"""

import os
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from grader.checks.errors import GraderError
from grader.marking.course.paths import ROOT
from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.run import feedback
from grader.marking.proving import samples
from grader.marking.proving.demo import typical_mistakes
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.nbgrader_adapter import course_api

LESSON = "01-srn"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.fixture
def marks(course):
    """marks(): (student, grade id) → (automatic score, waits for a person)."""

    def read():
        with Gradebook(course.db_url) as gradebook:
            return {
                (submission.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
                for submission in gradebook.assignment_submissions(LESSON)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }

    return read


@pytest.fixture
def three(hand_in, own):
    """All right, mistaken and untouched."""
    mistakes = typical_mistakes(own, 0)
    hand_in("right", lambda nb: samples.solve(nb, own))
    hand_in("mistaken", lambda nb: samples.make_mistakes(nb, own, mistakes))
    hand_in("untouched")


def test_by_hand_by_command_and_by_formgrader_the_marks_are_the_same(three, course, mark, marks):
    mark(LESSON)
    ours = marks()
    line = [sys.executable, "-m", "nbgrader", "autograde", LESSON, "--force"]
    subprocess.run(line, cwd=ROOT, env=dict(os.environ), check=True, capture_output=True)
    by_hand = marks()
    api = course_api(course)
    assert all(api.autograde(LESSON, student)["success"] for student in ("right", "mistaken", "untouched"))
    assert ours == by_hand == marks()
    assert ours["right", "srn-step"] == (3.0, False)
    assert ours["untouched", "srn-step"] == (0.0, False)


def test_a_second_run_changes_nothing_and_force_keeps_marks_given_by_hand(three, course, mark):
    mark(LESSON)
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_grade("srn-written", LESSON, LESSON, "right").manual_score = 3.5
        gradebook.db.commit()
    assert {outcome.status for outcome in mark(LESSON).outcomes} == {"unchanged"}
    assert {outcome.status for outcome in mark(LESSON, force=True).outcomes} == {"marked"}
    report = class_report(course, LESSON)
    assert next(row for row in report.rows if row.student == "right").points["srn-written"] == 3.5


def test_the_report_and_the_feedback_say_what_was_wrong(three, course, mark):
    mark(LESSON)
    report = class_report(course, LESSON)
    mistaken = next(row for row in report.rows if row.student == "mistaken")
    assert mistaken.losses["srn.step"].what == "transposed-U"
    assert report.mistakes[0].what == "transposed-U"
    assert "srn.step" in report.mistakes[0].tasks
    assert report.mistakes[0].students == 1
    assert [mistake.what for mistake in report.mistakes if mistake.unanswered] == ["not written"]
    assert report.mistakes[-1].what == "not written"
    assert report.as_csv().splitlines()[0].startswith("student,srn-step,")
    page = next(page for page in feedback(course, LESSON, to_exchange=False) if "mistaken" in page.parts).read_text()
    assert "transpose" in page


def test_every_mark_has_its_audit_record(three, course, mark):
    mark(LESSON, ["mistaken"])
    step = AuditRecords(course, LESSON).read("mistaken", LESSON)["tasks"]["srn.step"]
    assert step["points"] == 0
    assert step["misconceptions"] == ["transposed-U"]
    assert {finding["kind"] for finding in step["findings"]} == {"value", "right"}


def test_when_the_sandbox_does_not_start_nobody_is_marked(three, monkeypatch, course, mark, marks):
    monkeypatch.setattr("grader.marking.sandbox.fork_server.command", lambda *_: ["/bin/false"])
    summary = mark(LESSON, pool=lambda lesson: LocalPool(course, lesson))
    assert len(summary.not_marked) == 3
    assert "sandbox" in summary.not_marked[0].reasons[0]
    assert all(score is None and waits for score, waits in marks().values())


def test_asking_for_who_is_not_there_says_who_is(three, mark):
    with pytest.raises(GraderError, match="mistaken, right, untouched"):
        mark(LESSON, ["nobody"])
