"""Right answers that use names of their lesson: what the experiments above an exercise define.

Each notebook is run once in a real kernel, as a student's would be; there every function of an answer first looks all
these names up. An answer that does not find one of them gets nothing.
"""

from __future__ import annotations

import ast
import builtins
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from grader.checks.definitions import bound, reads, split
from grader.checks.task import Task
from grader.checks.validate import EXPERIMENT
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.judge.plan import make_plan
from grader.marking.judge.referee import Verdict, judge
from grader.marking.proving import samples
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.runner import Runner
from grader.marking.steps.cells_to_run import cells_to_run, grade_id, sorted_cells


def with_lesson_names(task: Task) -> tuple[list[str], Verdict]:
    """The names that the experiments above a task define, and the verdict on an answer that uses them all."""
    for name in notebooks_of(task.lesson):
        if task.name in (known := _verdicts(task.lesson, name)):
            return known[task.name]
    raise LookupError(f"no notebook of {task.lesson} has {task.name}")


@cache
def _verdicts(lesson: str, name: str) -> dict[str, tuple[list[str], Verdict]]:
    """Of all tasks of a notebook, by the task's name."""
    own, nb = samples.lesson_notebook(lesson, name), samples.lesson_notebook(lesson, name)
    tasks, names = samples.tasks_of_notebook(nb), names_above(own)
    for task in tasks:
        cell = samples.answer_cell(nb, task)
        cell.source = looking_up(cell.source, names[task.grade_id])
    plan = make_plan(b"", f"{lesson}/{name}", tasks)
    with tempfile.TemporaryDirectory() as folder, Runner(Course(Path(folder))) as runner:
        result = runner.run(Job(lesson, cells_to_run(nb, sorted_cells(own)), plan, {}, Limits()))
    place = {grade_id(cell): index for index, cell in enumerate(nb.cells)}
    shown = {task.name: result.outputs.get(place[task.grade_id], []) for task in tasks}
    return {
        task.name: (names[task.grade_id], judge(task, shown[task.name], plan[task.name], result.ended))
        for task in tasks
    }


def looking_up(source: str, names: Sequence[str]) -> str:
    """The code, each of whose functions begins by looking up these names, but for those of its own variables."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            own = {name for statement in node.body for name in bound(statement)}
            line = f"({', '.join(['None', *(name for name in names if name not in own)])})"
            after = 1 if ast.get_docstring(node, clean=False) is not None else 0
            node.body[after:after] = ast.parse(line).body
    return ast.unparse(tree)


def names_above(nb: NotebookNode) -> dict[str, list[str]]:
    """Grade id → the names that the experiments above that cell define, but for those that one further on computes.

    In the notebook these have another value by then, and marking takes theirs back.
    """
    known, found, at = set(vars(builtins)), dict[str, ast.stmt](), dict[str, list[str]]()
    for cell in nb.cells:
        if name := grade_id(cell):
            at[name] = sorted(found)
        if cell.cell_type == "code":
            statements = ast.parse(cell.source).body
            if EXPERIMENT in cell.metadata.get("tags", ()):
                _define(found, known, statements)
            else:
                known |= {name for each in statements for name in bound(each)}
    return {each: [name for name in names if name in found] for each, names in at.items()}


def _define(found: dict[str, ast.stmt], known: set[str], statements: list[ast.stmt]) -> None:
    """Enter what an experiment defines, and strike out the values that it computes."""
    parts = split(statements)
    for each in parts.kept:
        if set(reads(each)) <= known | found.keys():
            found |= dict.fromkeys(bound(each), each)
    for name in parts.computed:
        if name in found and _is_value(found[name]):
            del found[name]


def _is_value(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AnnAssign | ast.If)
