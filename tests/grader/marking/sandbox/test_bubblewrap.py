"""Is the sandbox closed, and does it hold exactly what a lesson may see?"""

import json
import sys

import pytest

from grader.checks.task import BETWEEN, LESSONS, lessons
from grader.marking.course.paths import ROOT, SOLUTIONS, course_folder
from grader.marking.sandbox.bubblewrap import WORKBOOK, Limits, command, lesson_files, visible_solutions
from grader.marking.sandbox.bubblewrap import bubblewrap as sandbox
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.runner import run_here
from grader.marking.steps.run_in_sandbox import files_beside

LOOK = """
import glob, json, os, socket
def reach():
    try:
        socket.create_connection(("192.0.2.1", 80), 1)
    except OSError as refused:
        return refused.strerror
def write(path):
    try:
        open(path, "w").close()
    except OSError as refused:
        return refused.strerror
print(json.dumps({
    "root": sorted(os.listdir("/")), "solutions": sorted(os.listdir("/opt/workbook/solutions")),
    "grader": sorted(os.listdir("/opt/workbook/grader")), "lesson": sorted(os.listdir("/lesson")),
    "network": reach(), "pids": [int(p) for p in os.listdir("/proc") if p.isdigit()],
    "write": {p: write(p + "/a-new-file")
              for p in ("/", "/usr", "/opt/workbook", "/dev", "/tmp", "/lesson", "/home/student")},
    "environment": sorted(os.environ), "uid": os.getuid(),
    "clone": glob.glob(CLONE + "/*"), "course": glob.glob(COURSE + "/*"),
}))
"""


def look(lesson, files):
    """What a cell in a kernel of that lesson sees."""
    code = f"CLONE, COURSE = {str(ROOT)!r}, {str(course_folder())!r}\n{LOOK}"
    result = run_here(Job(lesson, ((0, code),), {}, files, Limits()))
    return json.loads(result.outputs[0][0]["text"])


@pytest.fixture
def seen(course, tmp_path):
    course.mkdir()
    (course / "gradebook.db").write_text("marks")
    work = tmp_path / "work"
    work.mkdir()
    for name in ("01-srn.ipynb", "notes.txt", "long_run.py"):
        (work / name).write_text("x")
    (work / "link").symlink_to(course / "gradebook.db")
    return look("01-srn", files_beside(work, set(lesson_files("01-srn")), 100))


def test_the_student_side_is_there_and_nothing_else(seen):
    assert seen["grader"] == ["__init__.py", "checks", "inside"]
    assert seen["solutions"] == ["__init__.py", "toolbox"]
    assert seen["lesson"] == ["data", "long_run.py", "notes.txt"]


def test_the_clone_and_the_course_are_not_there(seen):
    assert seen["course"] == []
    assert [path for path in seen["clone"] if not sys.prefix.startswith(path)] == []


def test_there_is_no_network_and_no_other_process(seen):
    assert seen["network"] == "Network is unreachable"
    assert max(seen["pids"]) < 10
    assert seen["uid"] != 0


def test_only_private_places_can_be_written(seen):
    allowed = {path for path, refusal in seen["write"].items() if refusal is None}
    assert allowed == {"/tmp", "/lesson", "/home/student"}


def test_the_environment_is_not_passed_on(seen, monkeypatch):
    named = {"PATH", "HOME", "USER", "LANG", "PWD", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}
    named |= {"MPLBACKEND", "MPLCONFIGDIR", "PYTHONHASHSEED"}
    assert set(seen["environment"]) <= named | {"RNN_WORKBOOK_RUN", "NBGRADER_EXECUTION", *sandbox.ONE_THREAD}


def test_what_an_editor_leaves_in_a_lesson_is_not_in_its_sandbox(monkeypatch, tmp_path):
    """A backup of the notebook holds its answers."""
    for name in (
        "data/ruth.txt",
        "01-srn.ipynb~",
        "#01-srn.ipynb#",
        ".01-srn.ipynb.swp",
        ".ipynb_checkpoints/a.txt",
        "01-srn.ipynb",
    ):
        (tmp_path / "01-srn" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "01-srn" / name).write_text("x")
    monkeypatch.setattr(sandbox, "LESSON_FOLDER", tmp_path)
    assert lesson_files("01-srn") == ["data/ruth.txt"]


@pytest.mark.parametrize("lesson", lessons())
def test_a_lesson_sees_the_toolbox_and_earlier_solutions_only(lesson):
    earlier = [module.partition(".")[0] for module, folder in LESSONS.items() if folder < lesson]
    between = [module for module, first in BETWEEN.items() if first <= lesson]
    assert {path.stem for path in visible_solutions(lesson)} == {"__init__", "toolbox", *earlier, *between}
    assert all(path.parent == SOLUTIONS for path in visible_solutions(lesson))


def test_without_bubblewrap_the_message_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sandbox.SandboxUnavailable, match="apt-get install bubblewrap"):
        command("01-srn", 3)


def test_the_workbook_is_where_python_looks_first():
    assert f"PYTHONPATH {WORKBOOK}" in " ".join(sandbox._environment())
