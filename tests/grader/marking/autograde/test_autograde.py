"""Are the marks the same bit for bit by every road, whoever runs the notebooks, how many at a time, in what order?"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from concurrent.futures import Future

import pytest
import torch
from nbgrader.api import Gradebook

from grader.checks.errors import GraderError
from grader.marking.course.paths import ROOT
from grader.marking.course.submissions import submitters
from grader.marking.feedback.class_report import class_report
from grader.marking.proving import samples
from grader.marking.sandbox.dask_pool import DaskPool
from grader.marking.sandbox.fork_server import ForkServer
from grader.marking.sandbox.job import run_job
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.steps import follow_through
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.notes import FROM_GRADER
from grader.marking.steps.run_in_sandbox import runner_of

LESSON = "01-srn"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]

DRAWS = "import numpy as np, random, torch\nprint(np.random.rand(), random.random(), torch.rand(1), {'a', 'b', 'c'})"


@pytest.fixture
def everything(course):
    """everything(): grades, audit records without what was measured, and the marked notebooks."""

    def read():
        with Gradebook(course.db_url) as book:
            grades = {
                (submission.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
                for submission in book.assignment_submissions(LESSON)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
        records = {
            path.parent.name: {**json.loads(path.read_text()), "peak_memory": 0}
            for path in course.audit_records.glob(f"{LESSON}/*/*.json")
        }
        notebooks = {path.parents[1].name: path.read_text() for path in course.autograded.glob(f"*/{LESSON}/*.ipynb")}
        return grades, records, notebooks

    return read


# --- the three roads ------------------------------------------------------------------------------------------------


@pytest.fixture
def by_command(course):
    """by_command(): mark anew by `nbgrader autograde`."""
    line = [sys.executable, "-m", "nbgrader", "autograde", LESSON, "--force"]
    return lambda: subprocess.run(line, cwd=ROOT, env=dict(os.environ), check=True, capture_output=True)


@pytest.fixture
def by_formgrader(course):
    """by_formgrader(): mark anew as Formgrader's button does it."""

    def marked():
        api = course_api(course)
        for student in submitters(course, LESSON):
            assert api.autograde(LESSON, student)["success"]

    yield marked
    runner_of(course).close()


def test_by_our_command_by_nbgraders_and_by_formgrader_the_marks_are_the_same(
    three, mark, by_command, by_formgrader, everything
):
    mark(LESSON)
    ours = everything()
    by_command()
    assert everything() == ours
    by_formgrader()
    assert everything() == ours
    assert ours[0]["right", "srn-step"] == (3.0, False)
    assert ours[0]["untouched", "srn-step"] == (0.0, False)


def test_the_graders_own_notes_in_a_notebook_are_the_same_by_every_road(
    hand_in, mark, by_command, by_formgrader, everything
):
    """nbgrader writes and reads the notebook once more, between sanitising and marking."""
    (hand_in("alice").parent / "answer.txt").write_text("?")
    mark(LESSON)
    ours = everything()
    assert FROM_GRADER in ours[2]["alice"]
    by_command()
    assert everything() == ours
    by_formgrader()
    assert everything() == ours


@pytest.fixture
def threads(monkeypatch):
    """How many threads PyTorch had whenever the referee was asked; it has two otherwise."""
    before, seen, judge = torch.get_num_threads(), [], follow_through.judge
    monkeypatch.setattr(
        follow_through, "judge", lambda *given, **more: seen.append(torch.get_num_threads()) or judge(*given, **more)
    )
    torch.set_num_threads(2)
    yield seen
    torch.set_num_threads(before)


def test_the_referee_computes_in_one_thread_by_every_road(hand_in, mark, by_formgrader, threads):
    """The order of a sum depends on their number."""
    hand_in("alice")
    for road in (lambda: mark(LESSON), by_formgrader):
        threads.clear()
        road()
        assert set(threads) == {1}
        assert torch.get_num_threads() == 2


AS_TYPED = """
import sys, torch
from nbgrader.apps import NbGraderApp
from grader.marking.steps import follow_through
judge, seen = follow_through.judge, []
follow_through.judge = lambda *given, **more: seen.append(torch.get_num_threads()) or judge(*given, **more)
torch.set_num_threads(2)
try:
    NbGraderApp.launch_instance(["autograde", sys.argv[1], "--force"])
finally:
    print("SEEN", set(seen), torch.get_num_threads())
"""


def test_the_referee_computes_in_one_thread_by_nbgraders_command(hand_in):
    hand_in("alice")
    line = [sys.executable, "-c", AS_TYPED, LESSON]
    done = subprocess.run(line, cwd=ROOT, env=dict(os.environ), check=False, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "SEEN {1} 2", done.stderr[-2000:]


# --- who runs the notebooks -----------------------------------------------------------------------------------------


class Cold:
    """A pool that starts a new fork server for every notebook."""

    workers = 1

    def __init__(self, course):
        self.course = course

    def submit(self, job):
        future = Future()
        server = ForkServer(self.course, LESSON).ready()
        future.set_result(run_job(job, server))
        server.close()
        return future

    def check(self):
        pass

    close = check


@pytest.fixture
def class_of_six(three, hand_in, own):
    """Right in two other ways, and one that draws numbers it did not seed, beside the three."""
    hand_in("differently", lambda nb: samples.solve_differently(nb, own))
    hand_in("otherwise", lambda nb: samples.solve_differently(nb, own, 1))
    hand_in("by-chance", draws)


def draws(nb):
    nb.cells[1].source, nb.cells[1].cell_type = DRAWS, "code"
    nb.cells[1].update(outputs=[], execution_count=None)
    return nb


def test_the_marks_are_the_same_whatever_the_workers_and_the_order(class_of_six, course, mark, everything):
    students = submitters(course, LESSON)
    mark(LESSON, workers=1)
    wanted = everything()
    assert wanted[0]["right", "srn-step"] == (3.0, False)
    assert wanted[0]["mistaken", "srn-step"] == (0.0, False)
    mark(LESSON, workers=2, force=True)
    assert everything() == wanted
    mark(LESSON, random.Random(1).sample(students, len(students)), workers=2, force=True)
    assert everything() == wanted
    mark(LESSON, force=True, pool=lambda _: Cold(course))
    assert everything() == wanted


@pytest.mark.filterwarnings("default")
def test_the_marks_are_the_same_on_a_cluster(class_of_six, mark, everything):
    from distributed import LocalCluster

    mark(LESSON)
    wanted = everything()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        mark(LESSON, force=True, pool=lambda lesson: DaskPool(cluster.scheduler_address, lesson))
    assert everything() == wanted


# --- who is marked --------------------------------------------------------------------------------------------------


def test_a_second_run_changes_nothing_and_force_keeps_marks_given_by_hand(three, course, mark):
    mark(LESSON)
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_grade("srn-written", LESSON, LESSON, "right").manual_score = 3.5
        gradebook.db.commit()
    assert {outcome.status for outcome in mark(LESSON).outcomes} == {"unchanged"}
    assert {outcome.status for outcome in mark(LESSON, force=True).outcomes} == {"marked"}
    report = class_report(course, LESSON)
    assert next(row for row in report.rows if row.student == "right").points["srn-written"] == 3.5


def test_when_the_sandbox_does_not_start_nobody_is_marked(three, monkeypatch, course, mark, everything):
    monkeypatch.setattr("grader.marking.sandbox.fork_server.command", lambda *_: ["/bin/false"])
    summary = mark(LESSON, pool=lambda lesson: LocalPool(course, lesson))
    assert len(summary.not_marked) == 3
    assert "sandbox" in summary.not_marked[0].reasons[0]
    assert all(score is None and waits for score, waits in everything()[0].values())


def test_asking_for_who_is_not_there_says_who_is(three, mark):
    with pytest.raises(GraderError, match="mistaken, right, untouched"):
        mark(LESSON, ["nobody"])
