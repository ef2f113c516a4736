"""Is the wheel the student's side, the whole of it, and nothing else?"""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.checks.task import LESSONS

SHORTEST = 25
"""Shorter lines may stand anywhere by chance."""


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_holds_the_student_side_and_nothing_else(wheel):
    own = ("grader/checks/", "grader/student/")
    others = {name for name in names(wheel) if ".dist-info/" not in name and not name.startswith(own)}
    command = ("__init__", "__main__", "app", "encoding", "student", "terminal")
    jupyters = "nbgrader_config.py", "jupyter_server_config.d/rnn_workbook.json"
    config = {f"rnn_workbook-0.1.0.data/data/etc/jupyter/{name}" for name in jupyters}
    assert others == {"grader/__init__.py", *(f"grader/cli/{name}.py" for name in command), *config}


@pytest.mark.parametrize("room", ["checks", "student"])
def test_holds_all_of_the_student_side(wheel, root, room):
    """Code, expected outputs of the public cases, noise floors: every file that is in the tree."""
    wanted = {name for name in names(root / "grader" / room) if "__pycache__" not in name}
    assert names(wheel / "grader" / room) == wanted
    assert room != "checks" or {Path(name).suffix for name in wanted} >= {".py", ".npz", ".json"}


def test_has_the_students_commands(wheel):
    [entry] = [name for name in names(wheel) if name.endswith("entry_points.txt")]
    assert "grader = grader.cli:app" in (wheel / entry).read_text()
    show = "print(*(each.callback.__name__ for each in app.registered_commands))"
    code = f"import sys; sys.path.insert(0, {str(wheel)!r}); from grader.cli import app; {show}"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["start", "submit", "progress"], done.stderr


def answer_lines(root: Path) -> set[str]:
    """Every line of the functions' bodies in the solutions, but for docstrings and the toolbox."""
    found: set[str] = set()
    for path in (root / "solutions").rglob("*.py"):
        if root / "solutions" / "toolbox" not in path.parents:
            source = path.read_text("utf-8")
            found |= {line for function in functions(source) for line in body(source, function)}
    return {line for line in found if len(line) >= SHORTEST}


def functions(source: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


def body(source: str, function: ast.FunctionDef) -> list[str]:
    statements = function.body[1:] if ast.get_docstring(function) else function.body
    if not statements:
        return []
    return [line.strip() for line in source.splitlines()[statements[0].lineno - 1 : function.end_lineno]]


def test_holds_no_line_of_an_answer(wheel, root):
    answers = answer_lines(root)
    assert "return np.tanh(x_t @ W.T + h @ U.T + b)" in answers
    held = "\n".join((wheel / name).read_bytes().decode("utf-8", "replace") for name in names(wheel))
    assert [line for line in answers if line in held] == []


def edits() -> set[str]:
    """Both texts of every edit of the bank of misconceptions."""
    from grader.checks.task import all_tasks
    from grader.marking.answers.misconceptions import bank

    found = {text.strip() for task in all_tasks().values() for entry in bank(task) for text in entry.edit}
    return {text for text in found if len(text) >= SHORTEST}


def test_holds_nothing_of_the_code_of_known_mistakes(wheel):
    """Of what was edited, and of what it was edited into; in the modules, and in what is known of mistakes."""
    code = edits()
    assert "i, f, g, o = np.split(x_t @ W.T + h @ U.T + b, 4, axis=-1)" in code
    held = "\n".join((wheel / name).read_bytes().decode("utf-8", "replace") for name in names(wheel))
    assert [text for text in code if text in held] == []


def test_knows_mistakes_in_less_than_500_kb(wheel):
    [built] = wheel.parent.glob("*.whl")
    with zipfile.ZipFile(built) as packed:
        sizes = [each.compress_size for each in packed.infolist() if each.filename.endswith(".mistakes.json")]
    assert len(sizes) == len(LESSONS)
    assert sum(sizes) < 500_000


def test_works_alone(wheel):
    """With the wheel first on the path, `check` comes from it, and there is no marking beside it."""
    code = f"""
import importlib.util, sys
sys.path.insert(0, {str(wheel)!r})
from grader.checks import check
import grader
assert grader.__file__.startswith({str(wheel)!r}), grader.__file__
assert importlib.util.find_spec("grader.marking") is None
try:
    check("srn.step", lambda *a, **k: None)
except AssertionError:
    print("a wrong answer is refused")
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("a wrong answer is refused")
