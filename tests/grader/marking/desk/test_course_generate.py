"""Does no release overwrite the answers that somebody wrote into one, whichever road it takes?"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from grader.checks import GraderError
from grader.marking.course.paths import ROOT
from grader.marking.desk.release import release
from grader.marking.steps.nbgrader_adapter import course_api
from grader.student import notebook

LESSON = "01-srn"


@pytest.fixture
def written(released):
    """The released notebook, into which somebody wrote an answer."""
    path = released.release / LESSON / f"{LESSON}.ipynb"
    read = notebook.read(path)
    [cell] = [cell for cell in read["cells"] if notebook.grade_id(cell) == "srn-step-answer"]
    cell["source"] = "my_answer = 1"
    notebook.write(read, path)
    return path


def test_the_command_names_the_file_the_answer_and_the_way_out(released, written):
    with pytest.raises(GraderError) as refused:
        release(released, LESSON, to_exchange=False)
    for said in (str(written), "1 answer that somebody wrote (srn-step-answer)", "grader start", "--overwrite"):
        assert said in str(refused.value)
    assert "my_answer" in written.read_text()


def test_it_is_overwritten_where_that_is_asked_for(released, written):
    release(released, LESSON, to_exchange=False, overwrite=True)
    assert "my_answer" not in written.read_text()


def test_formgraders_button_refuses_too(released, written):
    """It calls nbgrader's API, and shows its log."""
    done = course_api(released).generate_assignment(LESSON)
    assert not done["success"]
    assert "1 answer that somebody wrote (srn-step-answer)" in str(done)
    assert "my_answer" in written.read_text()


def test_nbgraders_own_command_refuses_too(released, written):
    line = [sys.executable, "-m", "nbgrader", "generate_assignment", LESSON, "--force"]
    own = {**os.environ, **released.environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=170)
    assert done.returncode == 1
    assert "1 answer that somebody wrote" in done.stderr
    assert "Traceback" not in done.stderr
    assert "my_answer" in written.read_text()


def test_a_release_in_which_nobody_wrote_is_made_anew(released):
    path = released.release / LESSON / f"{LESSON}.ipynb"
    read = notebook.read(path)
    read["cells"][0]["source"] = "# An older title"
    notebook.write(read, path)
    release(released, LESSON, to_exchange=False)
    assert "An older title" not in path.read_text()


def test_a_damaged_notebook_holds_no_work(released):
    path = released.release / LESSON / f"{LESSON}.ipynb"
    path.write_text("{")
    release(released, LESSON, to_exchange=False)
    assert path.read_text() != "{"
