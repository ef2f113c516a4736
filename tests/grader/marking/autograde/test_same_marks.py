"""Are the marks the same bit for bit, whoever runs the notebooks, how many at a time, and in whatever order?"""

from __future__ import annotations

import json
import random
from concurrent.futures import Future

import pytest
from nbgrader.api import Gradebook

from grader.marking.course.submissions import submitters
from grader.marking.proving import samples
from grader.marking.proving.demo import typical_mistakes
from grader.marking.sandbox.dask_pool import DaskPool
from grader.marking.sandbox.fork_server import ForkServer
from grader.marking.sandbox.job import run_job

LESSON = "01-srn"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

DRAWS = "import numpy as np, random, torch\nprint(np.random.rand(), random.random(), torch.rand(1), {'a', 'b', 'c'})"


class Cold:
    """A pool that starts a new fork server for every notebook."""

    workers = 1

    def __init__(self, course):
        self.course = course

    def submit(self, job):
        future = Future()
        server = ForkServer(self.course, LESSON)
        future.set_result(run_job(job, server))
        server.close()
        return future

    def check(self):
        pass

    close = check


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


@pytest.fixture
def class_of_six(hand_in, own):
    """Right, right in two other ways, mistaken, untouched, and one that draws numbers it did not seed."""
    mistakes = typical_mistakes(own, 0)
    hand_in("right", lambda nb: samples.solve(nb, own))
    hand_in("differently", lambda nb: samples.solve_differently(nb, own))
    hand_in("otherwise", lambda nb: samples.solve_differently(nb, own, 1))
    hand_in("mistaken", lambda nb: samples.make_mistakes(nb, own, mistakes))
    hand_in("untouched")
    hand_in("by-chance", draws)


def draws(nb):
    nb.cells[1].source, nb.cells[1].cell_type = DRAWS, "code"
    nb.cells[1].update(outputs=[], execution_count=None)
    return nb


def test_the_marks_are_the_same_by_every_road(class_of_six, course, mark, everything):
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


def test_the_marks_are_the_same_on_a_cluster(class_of_six, mark, everything):
    from distributed import LocalCluster

    mark(LESSON)
    wanted = everything()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        mark(LESSON, force=True, pool=lambda lesson: DaskPool(cluster.scheduler_address, lesson))
    assert everything() == wanted
