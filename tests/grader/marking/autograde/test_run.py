"""Do all roads of marking give the same marks, and does nothing get lost on the way?"""

import os
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from grader.checks.errors import GraderError
from grader.marking.autograde.run import autograde
from grader.marking.course.paths import ROOT, course_folder
from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.run import feedback
from grader.marking.proving import samples
from grader.marking.proving.demo import typical_mistakes
from grader.marking.sandbox.runner import close_nurseries
from grader.marking.steps.nbgrader_api import course_api
from grader.marking.steps.save_verdicts import read_trace

LESSON = "01-srn"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


def marks():
    """(student, grade id) → (automatic score, waits for a person)."""
    with Gradebook(f"sqlite:///{course_folder() / 'gradebook.db'}") as gradebook:
        return {
            (submission.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for submission in gradebook.assignment_submissions(LESSON)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


@pytest.fixture
def three(hand_in, own):
    """All right, mistaken and untouched."""
    mistakes = typical_mistakes(own, 0)
    hand_in("right", lambda nb: samples.solve(nb, own))
    hand_in("mistaken", lambda nb: samples.make_mistakes(nb, own, mistakes))
    hand_in("untouched")


def test_by_hand_by_command_and_by_formgrader_the_marks_are_the_same(three):
    autograde(LESSON)
    ours = marks()
    line = [sys.executable, "-m", "nbgrader", "autograde", LESSON, "--force"]
    subprocess.run(line, cwd=ROOT, env=dict(os.environ), check=True, capture_output=True)
    by_hand = marks()
    api = course_api()
    assert all(api.autograde(LESSON, student)["success"] for student in ("right", "mistaken", "untouched"))
    assert ours == by_hand == marks()
    assert ours["right", "srn-step"] == (3.0, False)
    assert ours["untouched", "srn-step"] == (0.0, False)


def test_a_second_run_changes_nothing_and_force_keeps_marks_given_by_hand(three):
    autograde(LESSON)
    with Gradebook(f"sqlite:///{course_folder() / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("srn-written", LESSON, LESSON, "right").manual_score = 3.5
        gradebook.db.commit()
    assert {outcome.status for outcome in autograde(LESSON).outcomes} == {"unchanged"}
    assert {outcome.status for outcome in autograde(LESSON, force=True).outcomes} == {"marked"}
    report = class_report(LESSON)
    assert next(row for row in report.rows if row.student == "right").points["srn-written"] == 3.5


def test_the_report_and_the_feedback_say_what_was_wrong(three):
    autograde(LESSON)
    report = class_report(LESSON)
    mistaken = next(row for row in report.rows if row.student == "mistaken")
    assert mistaken.losses["srn.step"].what == "transposed-U"
    assert report.mistakes[0].what == "transposed-U"
    assert "srn.step" in report.mistakes[0].tasks
    assert report.mistakes[0].students == 1
    assert [mistake.what for mistake in report.mistakes if mistake.unanswered] == ["not written"]
    assert report.mistakes[-1].what == "not written"
    assert report.as_csv().splitlines()[0].startswith("student,srn-step,")
    page = next(page for page in feedback(LESSON, to_exchange=False) if "mistaken" in page.parts).read_text()
    assert "transpose" in page


def test_every_mark_can_be_traced(three):
    autograde(LESSON, ["mistaken"])
    trace = read_trace({"assignment": LESSON, "student": "mistaken", "notebook": LESSON})
    step = trace["tasks"]["srn.step"]
    assert step["points"] == 0
    assert step["misconceptions"] == ["transposed-U"]
    assert {finding["kind"] for finding in step["findings"]} == {"value", "right"}


def test_when_the_sandbox_does_not_start_nobody_is_marked(three, monkeypatch):
    close_nurseries()
    monkeypatch.setattr("grader.marking.sandbox.fork_server.command", lambda *_: ["/bin/false"])
    summary = autograde(LESSON)
    assert len(summary.not_marked) == 3
    assert "sandbox" in summary.not_marked[0].reasons[0]
    assert all(score is None and waits for score, waits in marks().values())


def test_asking_for_who_is_not_there_says_who_is(three):
    with pytest.raises(GraderError, match="mistaken, right, untouched"):
        autograde(LESSON, ["nobody"])
