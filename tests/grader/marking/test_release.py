"""Does anything of the answers reach a student?"""

import ast
import runpy
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import nbformat
import numpy as np
import pytest

from grader.checks.answers import collect
from grader.checks.compare import compare
from grader.checks.task import find_task as task_by_name
from grader.checks.task import tasks_of
from grader.marking.course import LESSON_FOLDER, SOLUTIONS
from grader.marking.references import load, reference_outputs

LESSON = "01-srn"


def body_lines(path):
    """The lines of code of all functions in a file, without docstrings, comments and lines too short to tell."""
    source = path.read_text()
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            code = node.body[1:] if ast.get_docstring(node) else node.body
            found |= {line.strip() for part in code for line in ast.get_source_segment(source, part).splitlines()}
    return {line for line in found if len(line) > 18 and not line.startswith("#")}


@pytest.fixture
def released_files(released):
    return [path for path in (released / "release" / LESSON).rglob("*") if path.is_file()]


def test_the_student_version_has_the_notebook_the_data_and_the_toolbox(released):
    folder = released / "release" / LESSON
    assert (folder / "01-srn.ipynb").exists()
    assert {path.name for path in (folder / "data").iterdir()} == {
        path.name for path in (LESSON_FOLDER / LESSON / "data").iterdir()
    }
    assert {path.name for path in (folder / "solutions").iterdir()} == {"__init__.py", "toolbox"}


def test_no_line_of_a_solution_is_released(released_files):
    lines = body_lines(SOLUTIONS / "srn.py")
    assert len(lines) > 20
    for path in released_files:
        text = path.read_bytes().decode(errors="replace")
        shown = text if path.suffix != ".ipynb" else "\n".join(cell.source for cell in nbformat.reads(text, 4).cells)
        assert [line for line in lines if line in shown.replace("self.", "") or line in text] == [], path


def functions_and_classes(released):
    """Every function and class that a released file of Python defines itself."""
    for path in sorted((released / "release" / LESSON).rglob("*.py")):
        tree = ast.parse(path.read_text())
        names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        defined = runpy.run_path(str(path), run_name="released")
        yield from ((f"{path.name}: {name}", defined[name]) for name in names if name in defined)


def test_no_released_function_answers_a_task(released):
    found = dict(functions_and_classes(released))
    assert len(found) > 30
    answers = [
        (name, task.name)
        for name, function in found.items()
        for task in tasks_of("srn").values()
        if task.name != "srn.module" or isinstance(function, type)
        if passes(task, function)
    ]
    assert answers == []


def passes(task, answer):
    """Is the first case answered right? Inputs go by position, so that other names of parameters hide nothing."""
    task = replace(task, call=lambda function, given: function(*given.values())) if not task.torch else task
    case = task.cases[0]
    expected = reference_outputs(task_by_name(task.name), case, 1)
    with np.errstate(all="ignore"), redirect_stdout(StringIO()):
        return all(finding.right for finding in compare(task, case, collect(task, answer, case, 1), expected, {}))


def test_no_hidden_seed_and_no_expected_output_is_released(released_files):
    recorded = load("srn", "cpu")
    seeds = {str(seed) for cases in recorded.seeds.values() for seed in cases.values()}
    assert len(seeds) == sum(len(task.cases) for task in tasks_of("srn").values())
    for path in released_files:
        text = path.read_bytes().decode(errors="replace")
        assert [seed for seed in seeds if seed in text] == [], path
        assert path.suffix != ".npz" or "expected" not in path.name


def test_no_output_and_no_marking_scheme_is_released(released):
    notebook = nbformat.read(released / "release" / LESSON / "01-srn.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    assert not any("MARK SCHEME" in cell.source or "BEGIN SOLUTION" in cell.source for cell in notebook.cells)
