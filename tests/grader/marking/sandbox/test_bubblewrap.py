"""Is the sandbox closed, and does it hold exactly what a lesson may see?"""

import json
import sys

import pytest

from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_files
from grader.marking.course.paths import ROOT
from grader.marking.sandbox import bubblewrap
from grader.marking.sandbox.bubblewrap import WORKBOOK, command
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits, SandboxUnavailable
from grader.marking.sandbox.runner import Runner
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
    "recognisers": os.listdir("/opt/workbook/grader/checks/recognise"),
    "network": reach(), "pids": [int(p) for p in os.listdir("/proc") if p.isdigit()],
    "write": {p: write(p + "/a-new-file")
              for p in ("/", "/usr", "/opt/workbook", "/opt/workbook/grader/checks/recognise", "/dev",
                        "/tmp", "/lesson", "/home/student")},
    "environment": sorted(os.environ), "uid": os.getuid(),
    "clone": glob.glob(CLONE + "/*"), "course": glob.glob(COURSE + "/*"),
}))
"""


def look(course, lesson, files):
    """What a cell in a kernel of that lesson sees."""
    code = f"CLONE, COURSE = {str(ROOT)!r}, {str(course.root)!r}\n{LOOK}"
    with Runner(course) as runner:
        result = runner.run(Job(lesson, ((0, code),), {}, files, Limits()))
    return json.loads(result.outputs[0][0]["text"])


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    course, work = Course(tmp_path_factory.mktemp("course")), tmp_path_factory.mktemp("look") / "work"
    course.gradebook.write_text("marks")
    work.mkdir()
    for name in ("01-srn.ipynb", "notes.txt", "long_run.py"):
        (work / name).write_text("x")
    (work / "link").symlink_to(course.gradebook)
    return look(course, "01-srn", files_beside(work, set(lesson_files("01-srn")), 100))


def test_the_student_side_is_there_and_nothing_else(seen):
    assert seen["grader"] == ["__init__.py", "checks", "inside"]
    assert seen["solutions"] == ["__init__.py", "toolbox"]
    assert seen["lesson"] == ["data", "long_run.py", "notes.txt", "scoreboard.py"]
    assert seen["recognisers"] == []


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


def test_the_environment_is_not_passed_on(seen):
    named = {"PATH", "HOME", "USER", "LANG", "PWD", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}
    named |= {"MPLBACKEND", "MPLCONFIGDIR", "PYTHONHASHSEED", "PIP_RETRIES"}
    assert set(seen["environment"]) <= named | {"RNN_WORKBOOK_RUN", "NBGRADER_EXECUTION", *bubblewrap.ONE_THREAD}


def test_without_bubblewrap_the_message_says_what_to_install(course, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        command(course, "01-srn", 3)


def test_the_workbook_is_where_python_looks_first():
    assert f"PYTHONPATH {WORKBOOK}" in " ".join(bubblewrap._environment())
