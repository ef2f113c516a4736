"""Is nothing lost, doubled or half written, whatever is killed or locked while submissions are marked?"""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from threading import Timer

import psutil
import pytest
from nbgrader.api import Gradebook

from grader.checks.errors import GraderError
from grader.marking.autograde.marker import Marker
from grader.marking.course.paths import ROOT
from grader.marking.proving import samples
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.sandbox.runner import Runner
from grader.marking.steps import course_autograde, shared_gradebook
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.shared_gradebook import SharedGradebook

LESSON = "01-srn"
FULL = 24.0
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.fixture
def some(hand_in, own):
    """Six submissions: three all right, three untouched."""
    for number in range(3):
        hand_in(f"right-{number}", lambda nb: samples.solve(nb, own))
        hand_in(f"untouched-{number}")
    return {f"right-{i}": FULL for i in range(3)} | {f"untouched-{i}": 0.0 for i in range(3)}


@pytest.fixture
def marks(course):
    """marks(): student → points given by number, of all grades together; every grade once."""

    def read():
        found = {}
        with Gradebook(course.db_url) as book:
            for submission in book.assignment_submissions(LESSON):
                grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
                assert len({grade.name for grade in grades}) == len(grades)
                found[submission.student.id] = sum(grade.auto_score or 0.0 for grade in grades)
        return found

    return read


def statuses(summary):
    return {outcome.student: outcome.status for outcome in summary.outcomes}


def test_what_is_marked_and_has_not_changed_is_not_marked_again(some, hand_in, own, course, mark, marks):
    assert set(statuses(mark(LESSON)).values()) == {"marked"}
    assert set(statuses(mark(LESSON)).values()) == {"unchanged"}
    right, untouched = (course.submission(name, LESSON) / f"{LESSON}.ipynb" for name in ("right-1", "untouched-1"))
    untouched.write_bytes(right.read_bytes())
    again = statuses(mark(LESSON))
    assert again.pop("untouched-1") == "marked"
    assert set(again.values()) == {"unchanged"}
    assert marks() == some | {"untouched-1": FULL}


def test_another_version_of_the_grader_marks_all_again(some, monkeypatch, mark):
    mark(LESSON)
    monkeypatch.setattr("grader.marking.steps.fingerprint.grader_version", lambda: "another")
    assert set(statuses(mark(LESSON)).values()) == {"marked"}


def test_a_marked_notebook_that_was_changed_is_made_again(some, course, mark):
    mark(LESSON)
    path = course.autograded / "right-0" / LESSON / f"{LESSON}.ipynb"
    path.chmod(0o600)
    path.write_text("half of it")
    again = statuses(mark(LESSON))
    assert again.pop("right-0") == "marked"
    assert set(again.values()) == {"unchanged"}


def test_a_killed_fork_server_costs_nothing(some, course, mark, marks):
    """It dies in the middle: the notebooks that it had are run again."""

    def kill(outcome):
        if len(killed) < 2:
            killed.append(runner.server(LESSON).process.pid)
            os.kill(killed[-1], signal.SIGKILL)

    killed = []
    with Runner(course) as runner:
        summary = mark(LESSON, pool=lambda lesson: LocalPool(course, lesson, 2, runner=runner), on_progress=kill)
    assert len(killed) == 2
    assert set(statuses(summary).values()) == {"marked"}
    assert marks() == some


def test_a_killed_coordinator_goes_on_where_it_stopped(some, course, marks):
    """kill -9 after two submissions: its workers end with it; a second run marks the rest, and nothing twice."""
    line = [sys.executable, "-m", "grader.cli", "autograde", LESSON, "--workers", "1"]
    first = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(list(course.audit_records.glob(f"{LESSON}/*/*.json"))) >= 2)
    below = psutil.Process(first.pid).children(recursive=True)
    first.kill()
    first.wait()
    wait_for(lambda: not any(process.is_running() and process.status() != "zombie" for process in below))
    second = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    assert "0 not marked" in second.stdout
    assert "0 unchanged" not in second.stdout
    assert marks() == some


def wait_for(fact, seconds=60):
    end = time.monotonic() + seconds
    while not _true(fact):
        assert time.monotonic() < end
        time.sleep(0.02)


def _true(fact):
    with suppress(psutil.Error):
        return fact()
    return True


def test_killed_between_gradebook_and_audit_record_nothing_is_doubled(some, monkeypatch, mark, marks):
    """The marks are saved, the audit record is not: the submission is marked again, to the same marks."""

    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(AuditRecords, "write", kill)
        with pytest.raises(Killed):
            mark(LESSON, ["right-0"])
    assert marks() == {"right-0": FULL}
    assert statuses(mark(LESSON))["right-0"] == "marked"
    assert marks() == some


def test_killed_before_the_gradebook_is_saved_nothing_is_half_written(some, monkeypatch, mark, marks):
    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(SharedGradebook, "save", kill)
        with pytest.raises(Killed):
            mark(LESSON, ["right-0"])
    assert marks() == {}
    assert statuses(mark(LESSON))["right-0"] == "marked"
    assert marks() == some


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_locked_gradebook_is_waited_for_then_named(some, monkeypatch, lock, course, mark, marks):
    """Another program holds the database and does not let go: nobody is marked, everybody told; later all is well."""
    monkeypatch.setattr(shared_gradebook, "WAIT_SECONDS", 0.2)
    with closing(sqlite3.connect(course.gradebook, isolation_level=None)) as other:
        other.execute(lock)
        if "EXCLUSIVE" in lock:
            with pytest.raises(GraderError, match="cannot be used: database is locked"):
                mark(LESSON)
        else:
            summary = mark(LESSON)
            assert set(statuses(summary).values()) == {"not marked"}
            assert "database is locked" in summary.outcomes[0].reasons[0]
            assert "run it again" in summary.outcomes[0].reasons[0]
        other.execute("ROLLBACK")
    assert set(statuses(mark(LESSON)).values()) == {"marked"}
    assert marks() == some


def test_a_gradebook_locked_for_a_moment_costs_nothing(some, course, mark, marks):
    other = sqlite3.connect(course.gradebook, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(4, lambda: other.execute("ROLLBACK"))
    timer.start()
    try:
        assert set(statuses(mark(LESSON)).values()) == {"marked"}
    finally:
        timer.join()
        other.close()
    assert marks() == some


def test_force_keeps_marks_given_by_hand(some, course, mark):
    mark(LESSON)
    with Gradebook(course.db_url) as book:
        grade = book.find_grade("srn-written", LESSON, LESSON, "right-0")
        grade.manual_score, grade.needs_manual_grade = 3.5, False
        book.db.commit()
    assert set(statuses(mark(LESSON, force=True)).values()) == {"marked"}
    with Gradebook(course.db_url) as book:
        assert book.find_grade("srn-written", LESSON, LESSON, "right-0").manual_score == 3.5
        assert book.find_submission(LESSON, "right-0").score == FULL + 3.5


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("step", ["judge", "mark"])
def test_marking_that_breaks_off_is_named_and_harms_nobody(step, workers, some, monkeypatch, course, mark, marks):
    """Judging or saving fails for one student."""
    whole = getattr(Marker, step)

    def fails(self, *given):
        done = whole(self, *given)
        if "right-1" in str([part if isinstance(part, str) else part.resources for part in given[:1]]):
            raise RuntimeError("the grader is broken")
        return done

    with monkeypatch.context() as patch:
        patch.setattr(Marker, step, fails)
        summary = mark(LESSON, workers=workers)
    assert [outcome.student for outcome in summary.not_marked] == ["right-1"]
    assert "the grader is broken" in summary.not_marked[0].reasons[0]
    assert marks() == some | {"right-1": 0.0}
    with Gradebook(course.db_url) as book:
        assert all(
            grade.auto_score is None and grade.needs_manual_grade
            for grade in book.find_submission_notebook(LESSON, LESSON, "right-1").grades
            if grade.max_score
        )
    assert statuses(mark(LESSON)) == dict.fromkeys(some, "unchanged") | {"right-1": "marked"}
    assert marks() == some


def test_a_file_called_like_a_folder_of_the_lessons_is_named(some, course, mark, marks):
    """The others are marked; this one can be, once the file is gone."""
    clash = course.submission("right-0", LESSON) / "data"
    clash.write_text("mine")
    summary = mark(LESSON)
    assert [outcome.student for outcome in summary.not_marked] == ["right-0"]
    assert summary.not_marked[0].reasons == ("data is a file, and a folder of the lesson's; rename it or remove it",)
    clash.unlink()
    assert statuses(mark(LESSON)) == dict.fromkeys(some, "unchanged") | {"right-0": "marked"}
    assert marks() == some


def test_a_folder_called_like_a_file_of_the_lessons_is_named(some, course, mark):
    (course.submission("right-0", LESSON) / "data" / "train.txt").mkdir(parents=True)
    summary = mark(LESSON)
    assert [outcome.reasons for outcome in summary.not_marked] == [
        ("data/train.txt is a folder, and a file of the lesson's; rename it or remove it",)
    ]


def test_a_link_called_like_a_folder_of_the_lessons_is_left_out(some, course, mark, marks):
    """As where a student keeps one copy of the data for all lessons."""
    (course.submission("right-0", LESSON) / "data").symlink_to("/srv/shared/data")
    summary = mark(LESSON)
    assert (summary.not_marked, marks()) == ([], some)
    noted = next(outcome.notes for outcome in summary.outcomes if outcome.student == "right-0")
    assert noted == ("data.set-aside: Here was a link to /srv/shared/data. It was not followed.",)


def test_a_second_run_in_the_same_course_waits_for_its_turn(some, course, mark):
    """Two at once told of right submissions that they could not be read, and of students who were there already."""
    with course.run_log.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(GraderError, match=r"another `grader autograde`, .* is marking in this course"):
            mark(LESSON)
    assert not mark(LESSON).not_marked


def test_nbgraders_road_waits_for_its_turn_too_then_says_so(some, course, mark, marks, monkeypatch):
    """And holds its turn to the end of the conversion; a program that it started holds it no longer."""
    monkeypatch.setattr(course_autograde, "WAIT_SECONDS", 0.3)
    api = course_api(course)
    with course.run_log.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = api.autograde(LESSON, "right-0")
        assert not done["success"]
        assert "is marking in this course: wait until it has ended" in done["log"]
        assert not course.autograded.exists()
        Timer(0.5, fcntl.flock, [other, fcntl.LOCK_UN]).start()
        monkeypatch.setattr(course_autograde, "WAIT_SECONDS", 20)
        assert api.autograde(LESSON, "right-0")["success"]
    refused = []

    def asked_meanwhile(**_):
        with pytest.raises(GraderError, match="another"):
            mark(LESSON)
        refused.append(True)

    api.config.Autograde.pre_convert_hook = asked_meanwhile
    assert api.autograde(LESSON, "right-0")["success"]
    assert refused
    assert not mark(LESSON).not_marked
    assert marks() == some


def test_every_submission_has_its_line_in_the_log(some, course, mark):
    mark(LESSON)
    lines = course.run_log.read_text().splitlines()
    assert [line.split("\t")[1:4] for line in sorted(lines, key=lambda line: line.split("\t")[2])] == [
        [LESSON, student, "marked"] for student in sorted(some)
    ]
    assert all("queued" in line and "ran" in line and "peak" in line for line in lines)


# --- the processes that judge ---


def judges():
    """The processes that this one has forked."""
    own = psutil.Process()
    return [child for child in own.children() if child.cmdline() == own.cmdline()]


def test_marks_are_the_same_whoever_judges(some, course, mark, marks):
    """By two processes beside the coordinator, and by the coordinator alone."""
    by = {}
    for workers in (2, 1):
        mark(LESSON, force=True, workers=workers)
        assert marks() == some
        by[workers] = {
            path.parent.parent.name: path.read_text() for path in course.autograded.glob(f"*/{LESSON}/{LESSON}.ipynb")
        }
    assert by[1] == by[2]
    assert len(by[1]) == len(some)


def test_killed_judges_cost_nothing(some, mark, marks):
    """What they had is judged by the coordinator."""
    killed = []

    def kill(outcome):
        if not killed:
            killed.extend(child.pid for child in judges())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    summary = mark(LESSON, workers=2, on_progress=kill)
    assert len(killed) == 2
    assert set(statuses(summary).values()) == {"marked"}
    assert marks() == some


def test_no_judge_is_left_behind(some, mark):
    mark(LESSON, workers=2)
    assert not judges()
