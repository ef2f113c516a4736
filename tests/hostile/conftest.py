"""One released course, into which every selected test's submission is handed in; all are marked once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook, MissingEntry

from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.paths import ROOT
from grader.marking.desk.release import release
from grader.marking.sandbox.limits import Limits
from grader.marking.steps.audit_records import AuditRecords
from tests.hostile.handing_in import LESSON, PATIENT, TASKS, Submission

HONEST = ("a-honest", "z-honest")
"""Handed in beside every attack: marked before all others, and after."""
SECRET = "known-to-the-instructor-only"
"""In the environment of the marking process."""
LONGEST = 1200
"""Seconds after which a marking run counts as one that does not end by itself."""


@dataclass(frozen=True)
class Run:
    """One marking run: its course, who handed in what, and each student's `Outcome`."""

    course: Course
    submissions: dict[str, Submission]
    outcomes: dict[str, dict]


@dataclass(frozen=True)
class Marked:
    """What became of one submission, read from where the instructor reads it.

    Attributes:
        student: who handed it in.
        status, reasons: of its `Outcome`.
        points: task's name → automatic score in the gradebook, None where there is none.
        waits: task's name → does it wait for a person?
        record: the audit record beside the gradebook; {} where there is none.
        course: the course.
    """

    student: str
    status: str
    reasons: tuple[str, ...]
    points: dict[str, float | None]
    waits: dict[str, bool]
    record: dict
    course: Course

    @property
    def ended(self) -> str:
        """Why its run ended early, or ""."""
        return self.record["ended"]

    @property
    def elsewhere(self) -> set[str]:
        """Names of the tasks whose answers may lie in another cell: a person looks."""
        return {name for name, task in TASKS.items() if task.grade_id in self.record.get("elsewhere", {})}

    def path(self, kind: str) -> Path:
        """Its folder below "submitted", "autograded" or "feedback"."""
        return self.course.root / kind / self.student / LESSON

    @property
    def notebook(self) -> nbformat.NotebookNode:
        """The autograded notebook."""
        return nbformat.read(self.path("autograded") / f"{LESSON}.ipynb", as_version=4)

    @property
    def printed(self) -> str:
        """All that its cells printed."""
        outputs = (output for cell in self.notebook.cells for output in cell.get("outputs", []))
        return "".join(output.text for output in outputs if output.output_type == "stream")

    @property
    def report(self) -> dict:
        """What the attack says it could do: the last line that it printed as "REPORT {…}"."""
        lines = [line for line in self.printed.splitlines() if line.startswith("REPORT ")]
        return json.loads(lines[-1].removeprefix("REPORT "))


def pytest_configure(config):
    config.addinivalue_line("markers", "hands_in(submission): the submission that this test is about")


def pytest_itemcollected(item):
    """Warnings of nbgrader's and Jupyter's own are not what these tests are about."""
    item.add_marker(pytest.mark.filterwarnings("default"))


def student_of(item) -> str:
    """The student's name of a test, from its marker or its own name."""
    return item.get_closest_marker("hands_in").args[1] or item.name.removeprefix("test_")


@pytest.fixture(scope="session")
def groups(request) -> list[tuple[Limits, dict[str, Submission]]]:
    """Submissions of the selected tests by student, in groups that are marked side by side, honest ones in each."""
    found: dict[tuple, dict] = {}
    for number, item in enumerate(request.session.items):
        marker = item.get_closest_marker("hands_in")
        if marker is not None:
            submission = marker.args[0]
            half = number % 2 if submission.limits == PATIENT else 0
            found.setdefault((submission.limits, half), {})[student_of(item)] = submission
    return [(limits, some | {name: Submission(solved=None) for name in HONEST}) for (limits, _), some in found.items()]


@pytest.fixture(scope="session")
def runs(groups, tmp_path_factory) -> list[Run]:
    """A course and a marking run for each group."""
    folder = tmp_path_factory.mktemp("hostile")
    released = Course(folder / "released")
    release(released, LESSON, to_exchange=False)
    courses = [Course(folder / f"course-{number}") for number in range(len(groups))]
    for course, (_, some) in zip(courses, groups, strict=True):
        shutil.copytree(released.root, course.root)
        for student, submission in some.items():
            submission.hand_in(student, course)
    with ThreadPoolExecutor() as pool:
        outcomes = pool.map(_mark, courses, [limits for limits, _ in groups])
        return [Run(course, some, found) for course, (_, some), found in zip(courses, groups, outcomes, strict=True)]


def _mark(course: Course, limits: Limits) -> dict[str, dict]:
    command = [sys.executable, str(Path(__file__).with_name("marking_run.py")), json.dumps(asdict(limits))]
    own = course.environment | {"PYTHONPATH": str(ROOT), "TOKEN_OF_THE_INSTRUCTOR": SECRET}
    done = subprocess.run(
        command, env=os.environ | own, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {outcome["student"]: outcome for outcome in json.loads(done.stdout.splitlines()[-1])}


@pytest.fixture
def mark(request, runs) -> Marked:
    """What became of this test's submission."""
    student = student_of(request.node)
    run = next(run for run in runs if student in run.submissions)
    return read(run, student)


def read(run: Run, student: str) -> Marked:
    """What became of one submission of a run."""
    course, outcome = run.course, run.outcomes[student]
    points, waits = dict.fromkeys(TASKS), dict.fromkeys(TASKS)
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        try:
            grades = gradebook.find_submission_notebook(LESSON, LESSON, student).grades
        except MissingEntry:
            grades = []
        by_id = {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in grades}
    for name, task in TASKS.items():
        points[name], waits[name] = by_id.get(task.grade_id, (None, None))
    record = AuditRecords(course, LESSON).read(student, LESSON) or {}
    return Marked(student, outcome["status"], tuple(outcome["reasons"]), points, waits, record, course)
