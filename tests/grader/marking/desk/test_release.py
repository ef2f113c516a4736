"""Does anything of the answers reach a student? Asked of every lesson's release."""

from __future__ import annotations

import ast
import inspect
import re
import runpy
from contextlib import redirect_stdout
from dataclasses import replace
from functools import cache
from io import StringIO

import nbformat
import numpy as np
import pytest
from nbgrader.utils import find_all_files

from grader.checks.answers import collect
from grader.checks.compare import compare
from grader.checks.task import BETWEEN, LESSONS, find_task, lessons, modules_of, tasks_of
from grader.marking.answers.references import load, reference_outputs
from grader.marking.course.paths import LESSON_FOLDER, SOLUTIONS
from grader.marking.steps.nbgrader_adapter import course_api

MOST = 0.5
"""A function of a later lesson may share single lines with an earlier one, such as a loop's head; not most of them."""


@pytest.fixture(params=lessons())
def lesson(request):
    return request.param


@pytest.fixture
def folder(lesson, course_with):
    """What a student of that lesson gets."""
    return course_with(lesson).release / lesson


@pytest.fixture
def released_files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def earlier(lesson):
    """What it may import: the modules of the lessons before it, and what stands between."""
    before = [module for module, folder in LESSONS.items() if folder < lesson]
    return [*before, *(module for module, first in BETWEEN.items() if first <= lesson)]


def secret(lesson):
    """The modules whose answers it must not show: its own and all later ones."""
    return [module for module, folder in LESSONS.items() if folder >= lesson]


def sources(module):
    """The files of a lesson's solutions: one module, or a folder of them."""
    path = SOLUTIONS / module.replace(".", "/")
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@cache
def functions_of(path):
    """Each function's lines of code, without docstrings, comments and lines too short to tell."""
    source, found = path.read_text(), {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            code = node.body[1:] if ast.get_docstring(node) else node.body
            lines = {line.strip() for part in code for line in ast.get_source_segment(source, part).splitlines()}
            found[node.name] = {line for line in lines if len(line) > 18 and not line.startswith("#")}
    return found


def lines_of(modules):
    return {
        line
        for module in modules
        for path in sources(module)
        for lines in functions_of(path).values()
        for line in lines
    }


def text_of(path):
    """What can be read in a file; of a notebook what its cells say."""
    text = path.read_bytes().decode(errors="replace")
    return text if path.suffix != ".ipynb" else "\n".join(cell.source for cell in nbformat.reads(text, 4).cells)


def test_the_student_version_has_the_notebooks_the_data_and_what_it_may_import(lesson, folder):
    own = LESSON_FOLDER / lesson
    for path in (*own.glob("*.ipynb"), *own.glob("data/**/*.*")):
        assert (folder / path.relative_to(own)).exists()
    given = {path.stem for path in (folder / "solutions").iterdir()}
    assert given == {"__init__", "toolbox", *(module.partition(".")[0] for module in earlier(lesson))}


def test_no_line_of_the_lessons_own_solutions_is_released(lesson, folder, released_files):
    """But for lines that an earlier lesson's solutions show already."""
    lines = lines_of(modules_of(lesson)) - lines_of(earlier(lesson))
    assert len(lines) > 5
    given = [folder / "solutions" / path.relative_to(SOLUTIONS) for m in earlier(lesson) for path in sources(m)]
    for path in released_files:
        if path not in given:
            shown = text_of(path)
            assert [line for line in lines if line in shown or line in shown.replace("self.", "")] == [], path


def test_no_function_of_a_later_lesson_is_released(lesson, released_files):
    """Not most of its lines in any one file, however the rest was changed."""
    shown = {path: text_of(path) for path in released_files if path.suffix in (".py", ".ipynb")}
    for source in (path for module in secret(lesson) for path in sources(module)):
        for name, lines in functions_of(source).items():
            if len(lines) >= 3:
                leaked = [
                    path.name for path, text in shown.items() if sum(x in text for x in lines) > MOST * len(lines)
                ]
                assert leaked == [], f"{source.name}: {name}"


def functions_and_classes(folder):
    """Every function and class that a released file of Python defines itself: the file's text, the name, the object."""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text()
        names = [n.name for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        defined = runpy.run_path(str(path), run_name="released")
        yield from ((text, name, defined[name]) for name in names if name in defined)


def test_no_released_function_answers_a_task(lesson, folder):
    """Neither a task of this lesson nor one of a later lesson, whatever its parameters are called."""
    found = list(functions_and_classes(folder))
    assert len(found) > 30
    answers = []
    for text, name, function in found:
        for task in (task for module in secret(lesson) for task in tasks_of(module).values()):
            if (text, name, task.name) not in TRIED:
                alike = isinstance(function, type) == task.reference.partition(":")[2][0].isupper()
                TRIED[text, name, task.name] = alike and answers_task(task, function)
            if TRIED[text, name, task.name]:
                answers.append((name, task.name))
    assert answers == []


TRIED = {}
"""Whether that function of a file with that text answers a task: most files are released with several lessons."""


def answers_task(task, function):
    """Is the first case answered right, with the inputs as they are, by position, or by those names that it knows?"""
    case = task.cases[0]
    for call in (task.call, by_position, by_name):
        with np.errstate(all="ignore"), redirect_stdout(StringIO()):
            given = collect(replace(task, call=call), function, case, 1)
            findings = compare(task, case, given, expected(task.name), {})
        if all(finding.right for finding in findings):
            return True
    return False


@cache
def expected(name):
    task = find_task(name)
    return reference_outputs(task, task.cases[0], 1)


def by_position(function, given):
    return flat(function(*given.values()))


def by_name(function, given):
    """Only a function that knows at least one input: others may be programs that work for minutes."""
    known = {name: given[name] for name in inspect.signature(function).parameters if name in given}
    if not known:
        raise TypeError("it takes none of the inputs")
    return flat(function(**known))


def flat(returned):
    """A dict of results as a tuple."""
    return tuple(returned.values()) if isinstance(returned, dict) else returned


def test_no_hidden_seed_and_no_expected_output_is_released(lesson, released_files):
    seeds = {
        str(seed)
        for module in secret(lesson)
        for cases in load(module, "cpu").seeds.values()
        for seed in cases.values()
    }
    assert len(seeds) == sum(len(task.cases) for module in secret(lesson) for task in tasks_of(module).values())
    any_seed = re.compile("|".join(seeds))
    for path in released_files:
        assert not any_seed.search(path.read_bytes().decode(errors="replace")), path
        assert path.suffix != ".npz" or "expected" not in path.name


def test_no_output_and_no_marking_scheme_is_released(folder):
    for path in folder.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        assert all(not cell.get("outputs") for cell in notebook.cells)
        assert not any("MARK SCHEME" in cell.source or "BEGIN SOLUTION" in cell.source for cell in notebook.cells)


@pytest.mark.parametrize("name", ["01-srn.ipynb~", ".01-srn.ipynb.swp", "#01-srn.ipynb#"])
def test_what_an_editor_leaves_behind_is_not_released(name, tmp_path, course):
    """A backup of a lesson's notebook holds its answers; nbgrader copies all files that it does not ignore."""
    for file in (name, "data.txt"):
        (tmp_path / file).write_text("x")
    found = find_all_files(str(tmp_path), course_api(course).coursedir.ignore)
    assert found == [str(tmp_path / "data.txt")]
