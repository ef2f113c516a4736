"""Does nothing run by other rules where the course's settings cannot be used?"""

from __future__ import annotations

import subprocess
import sys

import pytest
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config, PyFileConfigLoader

from grader.checks.errors import GraderError
from grader.marking.course.paths import ROOT
from grader.marking.steps.nbgrader_adapter import course_api, course_config
from grader.marking.steps.run_in_sandbox import RunInSandbox


def as_nbgrader() -> Config:
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


@pytest.fixture
def broken(course):
    course.root.mkdir()
    (course.root / "course.toml").write_text("nam = 1\n")
    return course


def test_nbgraders_commands_end_where_it_would_go_on_without_the_sandbox(broken, tmp_path):
    typed = [sys.executable, "-m", "nbgrader", "autograde", "01-srn", f"--CourseDirectory.root={tmp_path}"]
    done = subprocess.run(typed, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "course.toml cannot be used:\n  nam: there is no such key; did you mean name?" in done.stderr
    assert "matched" not in done.stderr  # it did not look for submissions
    assert "Traceback" not in done.stderr


def test_our_commands_name_the_fault(broken):
    with pytest.raises(GraderError, match="did you mean name"):
        course_config(broken)


def test_a_server_that_runs_keeps_what_it_had_and_marks_nothing(broken, caplog):
    (broken.root / "course.toml").write_text('id = "mine"\n')
    course_api(broken)  # puts nbgrader's programs on the path
    before = as_nbgrader()
    (broken.root / "course.toml").write_text("idd = 1\n")
    now = as_nbgrader()
    assert now.Autograde.autograde_preprocessors == before.Autograde.autograde_preprocessors
    assert now.CourseDirectory.course_id == "mine"
    assert "idd: there is no such key; did you mean id?" in caplog.text
    with pytest.raises(GraderError, match="did you mean id"):
        RunInSandbox(config=now).limits_of("01-srn")
    with pytest.raises(GraderError, match="did you mean id"):
        NbGraderAPI(config=now).get_submissions("01-srn")
    (broken.root / "course.toml").write_text('id = "other"\n')
    assert as_nbgrader().CourseDirectory.course_id == "other"
