"""Write the reference solutions into the lessons: ``grader sync``.

A lesson's solution cells hold, between ``### BEGIN SOLUTION`` and ``### END SOLUTION``, the same text as the function
of that name in `solutions`. Statements that stand above the region (a docstring, ``super().__init__()``) are not
repeated in it. A grade cell is worth what its task is worth. A stored picture says which figure it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.errors import GraderError
from grader.checks.task import module_of, tasks_of
from grader.marking.authoring.stored_pictures import sync_pictures
from grader.marking.course.lessons import lesson_id
from grader.marking.course.paths import LESSON_FOLDER, SOLUTIONS

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
Definition = ast.FunctionDef | ast.AsyncFunctionDef


class OutOfStep(GraderError):
    """A lesson that cannot be brought in step with its solutions: a region without its function, or a broken one."""


def sync(lesson: str, check: bool = False, lessons: Path = LESSON_FOLDER, solutions: Path = SOLUTIONS) -> list[str]:
    """Bring a lesson's notebooks in step with the reference solutions and the tasks' points.

    Args:
        lesson: the lesson, as "01-srn" or "srn".
        check: write nothing.
        lessons, solutions: the folders of lessons and of reference solutions.

    Returns:
        what differed, a line for each region, grade cell and stored picture; [] where all was in step.

    Raises:
        OutOfStep: a region cannot be filled; nothing is written to its notebook.
    """
    folder = lesson_id(lesson)
    differed = []
    for path in sorted((lessons / folder).glob("*.ipynb")):
        module = module_of(folder, path.stem)
        source = (solutions / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        points = {task.grade_id: task.points for task in tasks_of(module).values()}
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        lines = [line for cell in notebook.cells for line in _sync_cell(cell, source, points)]
        found = [f"{path.name}: {line}" for line in (*lines, *sync_pictures(notebook))]
        if found and not check:
            nbformat.write(notebook, path)
        differed += found
    return differed


def _sync_cell(cell: NotebookNode, source: str, points: dict[str, int]) -> Iterator[str]:
    marked = cell.metadata.get("nbgrader", {})
    name = marked.get("grade_id", "a cell without a grade id")
    if cell.cell_type == "code" and BEGIN in cell.source:
        filled = fill(cell.source, source, name)
        if filled != cell.source:
            cell.source = filled
            yield f"{name}: the solution differs"
    if marked.get("grade") and name in points and marked.get("points") != points[name]:
        yield f"{name}: {marked.get('points')} points instead of {points[name]}"
        marked["points"] = points[name]


def fill(cell: str, solutions: str, name: str) -> str:
    """A cell's source with every solution region filled from the source of the solutions.

    Args:
        cell: source of the cell.
        solutions: source of the module with the reference solutions.
        name: what errors call the cell.

    Raises:
        OutOfStep: a region cannot be filled.
    """
    lines = cell.split("\n")
    for begin, end in reversed(_regions(lines, name)):
        indent = lines[begin][: len(lines[begin]) - len(lines[begin].lstrip())]
        qualified, above = _surroundings(lines, begin, name)
        lines[begin + 1 : end] = [indent + line if line else "" for line in _body(solutions, qualified, above, name)]
    return "\n".join(lines)


def _regions(lines: list[str], name: str) -> list[tuple[int, int]]:
    """The lines of each BEGIN and its END."""
    marks = [(i, line.strip()) for i, line in enumerate(lines) if line.strip() in (BEGIN, END)]
    if [text for _, text in marks] != [BEGIN, END] * (len(marks) // 2) or not marks:
        raise OutOfStep(f"{name}: every {BEGIN!r} needs its {END!r} after it, each on a line of its own")
    return [(marks[i][0], marks[i + 1][0]) for i in range(0, len(marks), 2)]


def _surroundings(lines: list[str], begin: int, name: str) -> tuple[str, list[str]]:
    """The qualified name of the function around a region, and the statements that stand above the region in it."""
    tree = _parsed("\n".join(_emptied(lines)), name)
    line = begin + 1
    around = [(path, node) for path, node in _definitions(tree) if node.lineno <= line <= (node.end_lineno or 0)]
    if not around:
        raise OutOfStep(f"{name}: its solution region is not inside a function")
    qualified, function = around[-1]
    statements = _after_docstring(function)
    above = [statement for statement in statements if statement.lineno < line]
    if len(statements) != len(above) + 1:
        raise OutOfStep(f"{name}: statements of {qualified} follow its solution region; move them into it")
    return qualified, [ast.dump(statement) for statement in above]


def _emptied(lines: list[str]) -> Iterator[str]:
    """The lines with ``pass`` for each region: what stands in it may not even be Python yet."""
    inside = False
    for line in lines:
        begins = line.strip() == BEGIN
        inside = begins or (inside and line.strip() != END)
        yield line.replace(BEGIN, "pass") if begins else "" if inside else line


def _body(solutions: str, qualified: str, above: list[str], name: str) -> list[str]:
    """The lines of a function in the solutions, without docstring, the statements above, and indentation."""
    found = dict(_definitions(_parsed(solutions, "solutions")))
    if qualified not in found:
        raise OutOfStep(f"{name}: there is no {qualified} in the solutions; they have: {', '.join(found)}")
    statements = _after_docstring(found[qualified])
    if [ast.dump(statement) for statement in statements[: len(above)]] != above or len(statements) == len(above):
        raise OutOfStep(f"{name}: {qualified} in the solutions does not begin with what stands above the region")
    return _text(solutions.split("\n"), found[qualified], statements[len(above)])


def _text(lines: list[str], function: Definition, first: ast.stmt) -> list[str]:
    """The lines from a statement, and the comments right above it, to the function's end."""
    if first.lineno == function.lineno:  # def f(x): return x
        return [lines[first.lineno - 1][first.col_offset :]]
    start = min([first.lineno, *(node.lineno for node in getattr(first, "decorator_list", []))]) - 1
    while lines[start - 1].strip().startswith("#"):
        start -= 1
    indent = " " * first.col_offset
    return [line.removeprefix(indent) for line in lines[start : function.end_lineno]]


def _definitions(tree: ast.AST, path: str = "") -> Iterator[tuple[str, Definition]]:
    """Every function and method with its qualified name, such as "SRN.forward"; outer ones first."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition):
            yield path + node.name, node
        inner = f"{path}{node.name}." if isinstance(node, Definition | ast.ClassDef) else path
        yield from _definitions(node, inner)


def _after_docstring(function: Definition) -> list[ast.stmt]:
    return function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body


def _parsed(source: str, name: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as wrong:
        raise OutOfStep(f"{name}: line {wrong.lineno} is not Python: {wrong.msg}") from None
