"""Sample submissions, made from a lesson's student version: right, right in another way, mistaken, untouched, hostile.

The demonstration, the tests and the benchmarks hand these in.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.checks.errors import GraderError
from grader.checks.task import Task, tasks_by_grade_id
from grader.marking.answers.alternatives import Way, alternatives
from grader.marking.answers.misconceptions import Misconception
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.paths import LESSON_FOLDER

HOSTILE = Path(__file__).with_name("hostile_sample.py")
Mistake = tuple[Task, Misconception]
"""A task and an entry of its bank."""


def lesson_notebook(lesson: str, name: str | None = None) -> NotebookNode:
    """A lesson's own notebook, answers included; by default the one that is called like the lesson."""
    nb: NotebookNode = nbformat.read(LESSON_FOLDER / lesson / f"{name or lesson}.ipynb", as_version=4)
    return nb


def tasks_of_notebook(nb: NotebookNode) -> list[Task]:
    """The tasks whose grade cells a notebook has, in its order."""
    known = tasks_by_grade_id()
    names = (cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells)
    return [known[name] for name in names if name in known]


def answer_cell(nb: NotebookNode, task: Task) -> NotebookNode:
    """The cell in which a student writes the answer to a task.

    Raises:
        GraderError: the notebook has none.
    """
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{task.grade_id}-answer":
            found: NotebookNode = cell
            return found
    raise GraderError(f"the notebook has no answer cell for {task.name}")


def solve(nb: NotebookNode, own: NotebookNode) -> NotebookNode:
    """All right: every answer, the written ones too, is the lesson's own."""
    for cell in nb.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution"):
            cell.source = next(
                c.source for c in own.cells if c.metadata.get("nbgrader", {}).get("grade_id") == about["grade_id"]
            )
    return nb


def solve_differently(nb: NotebookNode, own: NotebookNode, which: int = 0) -> NotebookNode:
    """All right and written in another way: for each task the first (or another) of its alternatives."""
    solve(nb, own)
    for task in tasks_of_notebook(nb):
        choices = alternatives(task)
        answer_cell(nb, task).source = alternative_source(task, choices[which % len(choices)])
    return nb


def alternative_source(task: Task, function: Way) -> str:
    """The code of an alternative as a student's cell: imports, what it uses of its module, itself, the task's name."""
    module = importlib.import_module(function.__module__)
    source = inspect.getsource(module)
    nodes = ast.parse(source).body
    needed = used(nodes, function.__name__)
    wanted = (node for node in nodes if _is_import(node) or defined(node) & needed)
    parts = [ast.get_source_segment(source, node) or "" for node in wanted]
    name = task.reference.partition(":")[2]
    return "\n\n\n".join([*parts, f"{name} = {function.__name__}"])


def used(nodes: list[ast.stmt], name: str) -> set[str]:
    """The name, and those of the module's own functions, classes and constants that it needs, directly or not."""
    where = {each: node for node in nodes for each in defined(node)}
    found, new = set(), {name}
    while new:
        found |= new
        inside = (part for each in new for part in ast.walk(where[each]) if isinstance(part, ast.Name))
        new = {part.id for part in inside if part.id in where} - found
    return found


def defined(node: ast.stmt) -> set[str]:
    """The names that a statement of a module defines: a function's, a class's, or those of constants."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    parts = (part for target in targets for part in ast.walk(target))
    return {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _is_import(node: ast.stmt) -> bool:
    """Is it an import that a student's cell can have too?"""
    if isinstance(node, ast.ImportFrom):
        return node.module != "__future__" and not str(node.module).startswith("grader.marking")
    return isinstance(node, ast.Import)


def make_mistakes(nb: NotebookNode, own: NotebookNode, mistakes: Iterable[Mistake]) -> NotebookNode:
    """The lesson's own answers, with those of these misconceptions whose task the notebook has, as one-line edits.

    Raises:
        GraderError: an edit does not fit the lesson's text.
    """
    solve(nb, own)
    names = {task.name for task in tasks_of_notebook(own)}
    for task, entry in mistakes:
        if task.name not in names:
            continue
        cell = answer_cell(nb, task)
        if cell.source.count(entry.edit[0]) != 1:
            raise GraderError(f"{task.name}: {entry.edit[0]!r} does not stand exactly once in the lesson's answer")
        cell.source = cell.source.replace(*entry.edit)
    return nb


def attack(nb: NotebookNode) -> NotebookNode:
    """Nothing solved; the first cells look for answers, gradebook and network, and make the checks say yes."""
    attacks = HOSTILE.read_text(encoding="utf-8").split("# ---\n")[1:]
    nb.cells[1:1] = [new_code_cell(text.strip()) for text in attacks]
    return nb


def hand_in(course: Course, lesson: str, count: int) -> None:
    """Hand in that many submissions: right, right in another way, untouched, right in a third way, and so on."""
    for name in notebooks_of(lesson):
        own, released = lesson_notebook(lesson, name), course.release / lesson / f"{name}.ipynb"
        untouched = [nbformat.read(released, as_version=4) for _ in range(4)]
        made = [
            solve(untouched[0], own),
            solve_differently(untouched[1], own),
            untouched[2],
            solve_differently(untouched[3], own, 1),
        ]
        texts = [nbformat.writes(nb) for nb in made]
        for number, text in enumerate(islice(cycle(texts), count)):
            target = course.submission(f"student-{number:04}", lesson)
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{name}.ipynb").write_text(text, encoding="utf-8")
