"""Are follow-through marks the same by every road, and can each be traced to what it rests on?"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.marking.course.paths import ROOT
from grader.marking.feedback.class_report import class_report
from grader.marking.judge import reference_server
from grader.marking.proving import samples
from grader.marking.sandbox.dask_pool import DaskPool
from grader.marking.steps import follow_through
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.run_in_sandbox import runner_of

LESSON = "01-srn"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


def edited(own, **edits):
    """The lesson's answers, with one edit in some of them."""

    def make(nb):
        samples.solve(nb, own)
        for task in samples.tasks_of_notebook(nb):
            if edit := edits.get(task.function):
                cell = samples.answer_cell(nb, task)
                assert cell.source.count(edit[0]) == 1
                cell.source = cell.source.replace(*edit)
        return nb

    return make


@pytest.fixture
def two(hand_in, own):
    """A wrong `step` with a right `sequence`, and with one that is wrong by itself."""
    hand_in("right-after", edited(own, step=("U.T", "U")))
    hand_in("wrong-after", edited(own, step=("U.T", "U"), sequence=("h = h0", "h = 0 * h0")))


@pytest.fixture
def everything(course):
    """everything(): points, audit records without what was measured, and marked notebooks."""

    def read():
        with Gradebook(course.db_url) as book:
            points = {
                (submission.student.id, grade.name): grade.auto_score
                for submission in book.assignment_submissions(LESSON)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
        paths = sorted(course.audit_records.glob(f"{LESSON}/*/*.json"))
        records = [{**json.loads(path.read_text()), "peak_memory": 0} for path in paths]
        return points, records, [path.read_text() for path in sorted(course.autograded.glob(f"*/{LESSON}/*.ipynb"))]

    return read


def test_by_every_road_the_marks_are_the_same(two, course, mark, everything):
    """`grader autograde` with one worker and two, nbgrader's command, and Formgrader's button."""
    mark(LESSON, workers=1)
    ours = everything()
    points = ours[0]
    assert (points["right-after", "srn-step"], points["right-after", "srn-sequence"]) == (0.0, 4.0)
    assert (points["wrong-after", "srn-step"], points["wrong-after", "srn-sequence"]) == (0.0, 0.0)
    mark(LESSON, workers=2, force=True)
    assert everything() == ours
    line = [sys.executable, "-m", "nbgrader", "autograde", LESSON, "--force"]
    subprocess.run(line, cwd=ROOT, env=dict(os.environ), check=True, capture_output=True)
    assert everything() == ours
    api = course_api(course)
    assert all(api.autograde(LESSON, student)["success"] for student in ("right-after", "wrong-after"))
    assert everything() == ours
    runner_of(course).close()
    reference_server.close()


@pytest.mark.filterwarnings("default")
def test_also_on_a_cluster(two, mark, everything):
    from distributed import LocalCluster

    mark(LESSON)
    ours = everything()
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        mark(LESSON, force=True, pool=lambda lesson: DaskPool(cluster.scheduler_address, lesson))
    assert everything() == ours


def test_a_mark_can_be_traced(two, course, mark):
    """In the outcome, the audit record, the student's report and the class's table."""
    summary = mark(LESSON)
    assert [outcome.follow_through for outcome in summary.outcomes] == [("srn.sequence",), ()]
    assert [outcome.follow_through for outcome in mark(LESSON).outcomes] == [("srn.sequence",), ()]
    record = AuditRecords(course, LESSON).read("right-after", LESSON)
    traced = record["tasks"]["srn.sequence"]
    assert (traced["points"], traced["reason"]) == (4.0, "")
    assert (traced["follow_through"]["earlier"], traced["follow_through"]["first_points"]) == (["srn.step"], 0.0)
    assert traced["follow_through"]["first_findings"]
    assert record["second_pass"]["asked"] == {"srn.sequence": ["srn.step"]}
    assert "Right, if your `step` (“One step”) were right: see there." in report(course, "right-after")
    assert "look here, too" in report(course, "wrong-after")
    table = list(csv.DictReader(io.StringIO(class_report(course, LESSON).as_csv())))
    assert [row["follow-through"] for row in table] == ["srn-sequence", ""]


def test_a_later_answer_gets_its_points_though_the_earlier_one_was_never_written(hand_in, own, course, mark):
    """And where the later one was not written either, there is nothing to follow."""

    def without(*names):
        def make(nb):
            stubs = {task.name: samples.answer_cell(nb, task).source for task in samples.tasks_of_notebook(nb)}
            samples.solve(nb, own)
            for task in samples.tasks_of_notebook(nb):
                if task.function in names:
                    samples.answer_cell(nb, task).source = stubs[task.name]
            return nb

        return make

    hand_in("without-both", without("step", "sequence"))
    hand_in("without-step", without("step"))
    summary = mark(LESSON)
    assert [(each.points, each.follow_through) for each in summary.outcomes] == [(17.0, ()), (21.0, ("srn.sequence",))]
    assert AuditRecords(course, LESSON).read("without-both", LESSON)["second_pass"] is None


def report(course, student):
    nb = nbformat.read(course.autograded / student / LESSON / f"{LESSON}.ipynb", as_version=4)
    [cell] = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "srn-sequence"]
    return " ".join(cell.outputs[0].data["text/plain"].split())


def test_the_notebook_is_that_of_the_first_pass(hand_in, own, course, mark):
    """Of the second pass nothing is kept but its answers."""
    tell = "\nprint('pass', type(globals().get('step')).__name__)"

    def make(nb):
        edited(own, step=("U.T", "U"))(nb)
        cell = samples.answer_cell(nb, samples.tasks_of_notebook(nb)[1])
        cell.source += tell
        return nb

    hand_in("alice", make)
    mark(LESSON)
    text = (course.autograded / "alice" / LESSON / f"{LESSON}.ipynb").read_text()
    assert "pass function" in text
    assert "StandIn" not in text


def test_a_right_notebook_is_run_once(hand_in, own, mark, monkeypatch):
    hand_in("alice", lambda nb: samples.solve(nb, own))
    hand_in("bob")
    monkeypatch.setattr(follow_through, "conversation", None)  # whoever asks would fail
    asked = []
    monkeypatch.setattr(follow_through, "_second_job", lambda *given: asked.append(given))
    mark(LESSON)
    assert asked == []
