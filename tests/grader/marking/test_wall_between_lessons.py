"""Can lesson k import the toolbox and the solutions of the lessons before it, and nothing later? (The second wall.)

Of the toolbox, the applications' room shows how lessons 05 and 07 are used, packed sequences for one: it comes with
lesson 08.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from grader.checks.task import BETWEEN, LESSONS, lessons
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits

TRY = """
import importlib, importlib.util, json
def there(name):
    "Could it be imported? find_spec of a dotted name imports its parent, which may be missing."
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
found = [name for name in WANTED if there(name)]
for name in found if REALLY else []:
    importlib.import_module(name)
print(json.dumps(found))
"""

every_lesson = pytest.mark.parametrize("lesson", lessons())


def wanted():
    """Everything that somebody might like to import."""
    every = [f"solutions.{module}" for module in [*LESSONS, *BETWEEN]]
    return ["solutions.toolbox", "solutions.toolbox.applications", *every, "grader.checks", "grader.marking"]


def allowed(lesson):
    earlier = [module for module, folder in LESSONS.items() if folder < lesson]
    between = [module for module, first in BETWEEN.items() if first <= lesson]
    applications = ["toolbox.applications"] if lesson == LESSONS["applications.speech"] else []
    return [f"solutions.{module}" for module in ["toolbox", *applications, *earlier, *between]]


def code(really):
    return f"WANTED, REALLY = {wanted()!r}, {really}\n{TRY}"


@pytest.fixture
def in_the_sandbox(runner):
    """in_the_sandbox(lesson): what a cell in a kernel of that lesson can import."""

    def imported(lesson, really=False):
        result = runner.run(Job(lesson, ((0, code(really)),), {}, {}, Limits()))
        return json.loads(result.outputs[0][0]["text"])

    return imported


def beside_the_released_notebook(folder, really=False):
    """Where a student has the release and the wheel, and no clone: the lesson's folder comes first."""
    line = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{ALONE}{code(really)}"]
    done = subprocess.run(line, cwd=folder, capture_output=True, check=True)
    return json.loads(done.stdout)


ALONE = "import solutions\nassert len(solutions.__path__) == 1\n"


@every_lesson
def test_its_sandbox_holds_the_earlier_solutions_alone(lesson, in_the_sandbox):
    assert in_the_sandbox(lesson) == [*allowed(lesson), "grader.checks"]


@every_lesson
def test_its_release_holds_the_earlier_solutions_alone(lesson, course_with):
    found = beside_the_released_notebook(course_with(lesson).release / lesson)
    assert [name for name in found if name.startswith("solutions")] == allowed(lesson)


@pytest.mark.slow
@every_lesson
def test_what_it_may_import_can_be_imported(lesson, in_the_sandbox, course_with):
    """In the sandbox and beside the released notebook: no earlier solution needs something that is not there."""
    assert in_the_sandbox(lesson, really=True) == [*allowed(lesson), "grader.checks"]
    found = beside_the_released_notebook(course_with(lesson).release / lesson, really=True)
    assert [name for name in found if name.startswith("solutions")] == allowed(lesson)
