"""Library calls in the source of an answer that its exercise does without; see `grader.checks.library`.

The student's code is read, never run: what the answer's name stands for, and every definition of the notebook that it
leads to. What belongs to an earlier exercise is that exercise's affair.
"""

from __future__ import annotations

import ast
import dis
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from grader.checks.earlier import names_read
from grader.checks.library import LIBRARY, kinds_of, library_remark
from grader.checks.task import Task, tasks_of
from grader.marking.judge.referee import Verdict

LONGEST = 50_000
"""Characters of a cell: a longer one is not read."""


@dataclass(frozen=True)
class _Statement:
    """What a statement at the top level of a cell says.

    Attributes:
        names: what it gives a meaning in the notebook; what it does so inside a function stays there.
        used: the names of the notebook that it uses: no parameters, and no variables inside a function.
        dotted: the dotted names that it uses, as they are written: "nn.GRU".
        imported: what its imports call what: ("nn", "torch.nn"); ("*", "torch.nn") where all is imported.
    """

    names: frozenset[str]
    used: frozenset[str]
    dotted: frozenset[str]
    imported: tuple[tuple[str, str], ...]


def library_calls(task: Task, sources: Sequence[str]) -> tuple[str, ...]:
    """Dotted names of the library calls that a task's answer leads to, of those that it does without.

    Args:
        task: the task.
        sources: the code cells of the notebook up to the task's grade cell.

    A cell that Python cannot read is left out: nothing of it was defined.
    """
    if not kinds_of(task):
        return ()
    others = frozenset(_answer(other) for other in tasks_of(task.module).values()) - {_answer(task)}
    statements = _all(sources)
    reached = _reached(statements, _answer(task), others)[1]
    imported = [pair for statement in statements for pair in statement.imported]
    dotted = {full for statement in reached for name in statement.dotted for full in _full(name, imported)}
    return tuple(sorted({name for name in dotted if _does_the_work(task, name)}))


def noted(verdict: Verdict, calls: tuple[str, ...], cost_points: bool) -> Verdict:
    """The verdict with these library calls noted, told to the student, and where the course says so without points."""
    costs = cost_points and bool(calls) and bool(verdict.points)
    remarks = (*library_remark(calls), *(("In this course such an answer has no points.",) if costs else ()))
    verdict = replace(verdict, library=calls, remarks=(*remarks, *verdict.remarks))
    return replace(verdict, points=0.0, reason=f"calls {', '.join(calls)}") if costs else verdict


def leads_to(task: Task, sources: Sequence[str]) -> tuple[Task, ...]:
    """The other tasks of the notebook whose answers this task's answer uses, directly or through others."""
    used = _reached(_all(sources), _answer(task), frozenset())[0] - {_answer(task)}
    return tuple(other for other in tasks_of(task.module).values() if _answer(other) in used)


def _answer(task: Task) -> str:
    return task.reference.partition(":")[2]


def _all(sources: Iterable[str]) -> list[_Statement]:
    return [statement for source in sources for statement in _statements(source)]


@lru_cache(maxsize=2000)
def _statements(source: str) -> tuple[_Statement, ...]:
    """Cached, because most cells are the lesson's, the same in every notebook."""
    if len(source) > LONGEST:
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the student's code, such as "is" with a literal
            return tuple(_statement(node) for node in _parsed(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _parsed(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:  # magics, perhaps
        from IPython.core.inputtransformer2 import TransformerManager  # few need it

        return ast.parse(TransformerManager().transform_cell(source)).body


def _statement(statement: ast.stmt) -> _Statement:
    code = compile(ast.Module([statement], []), "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    given = {step.argval for step in dis.get_instructions(code) if step.opname == "STORE_NAME"}
    nodes = list(ast.walk(statement))
    dotted = {name for node in nodes if (name := _dotted(node))}
    imported = tuple(pair for node in nodes for pair in _imports(node))
    return _Statement(frozenset(given), frozenset(names_read(code)), frozenset(dotted), imported)


def _dotted(node: ast.AST) -> str:
    """ "nn.GRU" or "GRU"; of a longer expression what follows it: ".diff"."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.insert(0, node.id)
        return ".".join(parts)
    return f".{parts[-1]}" if parts else ""


def _imports(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (first, first)
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            whole = alias.name == "*"
            yield alias.asname or alias.name, node.module if whole else f"{node.module}.{alias.name}"


def _reached(statements: Sequence[_Statement], answer: str, stop: frozenset[str]) -> tuple[set[str], list[_Statement]]:
    """All names that an answer's definition leads to, and the statements that define them; no further than ``stop``."""
    defined: Mapping[str, _Statement] = {name: statement for statement in statements for name in statement.names}
    seen: set[str] = set()
    reached: dict[int, _Statement] = {}
    waiting = [answer]
    while waiting:
        name = waiting.pop()
        if name in seen or name in stop or name not in defined:
            continue
        seen.add(name)
        if id(defined[name]) not in reached:
            reached[id(defined[name])] = defined[name]
            waiting += defined[name].used
    return seen, list(reached.values())


def _full(name: str, imported: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The full names that a dotted name may stand for: "torch.nn.GRU" for "nn.GRU"; a method's for its last part."""
    first, dot, rest = name.partition(".")
    for short, full in imported:
        if short == "*":
            yield f"{full}.{name}"
        elif short == first:
            yield f"{full}{dot}{rest}"
    if dot:
        yield f".{name.rpartition('.')[2]}"


def _does_the_work(task: Task, name: str) -> bool:
    return _is_of(kinds_of(task), name)


@lru_cache(maxsize=5000)
def _is_of(kinds: tuple[str, ...], name: str) -> bool:
    return any(_begins(name, wanted) for kind in kinds for wanted in LIBRARY[kind].names)


def _begins(name: str, wanted: str) -> bool:
    """ "torch.func.grad" begins with "torch.func", but "torch.functional" does not; it would with "torch.func*"."""
    if wanted.endswith("*"):
        return name.startswith(wanted[:-1])
    return name == wanted or name.startswith(f"{wanted}.")
