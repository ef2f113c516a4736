"""Every reference solution, changed mechanically in one place: does the marking notice?

The changes are mutmut's (constants, operators, comparisons, dropped arguments, lost assignments …) and those of a
course on matrices: a transpose lost, factors or arguments swapped, a statement or a call dropped, an index one lower.
A mutant that loses no points is a hole in the hidden cases, or a right answer: `equivalents` lists those, with the
reason.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper
from mutmut.mutation.mutators import mutation_operators

from grader.checks.task import Task, all_tasks, find_task
from grader.marking.proving.samples import used


@dataclass(frozen=True)
class Mutant:
    """A reference's module with one change.

    Attributes:
        task: name of the task that it answers.
        function: name of the changed function or class.
        before, after: the changed line, stripped; "" where it is gone.
        source: the whole module.
    """

    task: str
    function: str
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.task}: in {self.function}, {self.before!r} → {self.after!r}"


def mutants(task: Task) -> Iterator[Mutant]:
    """All mutants of what a task's reference uses of its own module, but for what answers another task."""
    module, name = task.reference.split(":")
    source = inspect.getsource(importlib.import_module(module))
    theirs = {other.reference for other in all_tasks().values()} - {task.reference}
    own = {found for found in used(ast.parse(source).body, name) if f"{module}:{found}" not in theirs}
    seen = {source}
    for function, text in _changed(source, own):
        if text not in seen:
            seen.add(text)
            yield Mutant(task.name, function, *_difference(source, text), text)


def answer_of(mutant: Mutant) -> Callable[..., Any] | None:
    """The mutant's function or class; None where its module cannot even be imported."""
    module, name = find_task(mutant.task).reference.split(":")
    namespace: dict[str, Any] = {"__name__": f"{module} changed"}
    try:
        exec(compile(mutant.source, f"<{mutant}>", "exec"), namespace)
        answer: Callable[..., Any] = namespace[name]
        return answer
    except Exception:
        return None


def _changed(source: str, functions: set[str]) -> Iterator[tuple[str, str]]:
    """Name of a changed function and the whole module, for every change of one of these functions."""
    module = MetadataWrapper(cst.parse_module(source)).module
    codes = [module.code_for_node(statement) for statement in module.body]
    begin = source.index("".join(codes))
    end = begin + sum(map(len, codes))
    for k, function in enumerate(module.body):
        if isinstance(function, cst.FunctionDef | cst.ClassDef) and function.name.value in functions:
            before, after = source[:begin] + "".join(codes[:k]), "".join(codes[k + 1 :]) + source[end:]
            for node in _inside(function):
                for new in _changes(node):
                    yield function.name.value, before + module.code_for_node(function.deep_replace(node, new)) + after


def _inside(function: cst.FunctionDef | cst.ClassDef) -> Iterator[cst.CSTNode]:
    """Every node of a function's body, the docstring left out; of a class the bodies of its methods."""
    if isinstance(function, cst.ClassDef):
        for part in function.body.body:
            if isinstance(part, cst.FunctionDef):
                yield from _inside(part)
        return
    for statement in function.body.body:
        if not _is_docstring(statement):
            yield from _walk(statement)


def _walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and all below it, but for what `UNMARKED` keywords hold."""
    if isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value in UNMARKED:
        return
    yield node
    for child in node.children:
        yield from _walk(child)


def _is_docstring(statement: cst.CSTNode) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, cst.SimpleString)
    )


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    every: tuple[tuple[Any, Callable[[Any], Iterable[cst.CSTNode]]], ...] = (*mutation_operators, *OPERATORS)
    for kind, operator in every:
        if isinstance(node, kind):
            yield from (new for new in operator(node) if not _harmless(node, new))


def _harmless(node: cst.CSTNode, new: cst.CSTNode) -> bool:
    """Is it one of the changes that never change what the task asks for, whatever the function?

    - einsum's letters in capitals: the same letters everywhere
    - one of the `UNMARKED` keywords, lost
    - a dtype taken from an input, lost: NumPy then computes in float64, and a wider float is as right
    """
    if isinstance(node, cst.SimpleString):
        return "->" in node.value and isinstance(new, cst.SimpleString) and new.value.lower() == node.value
    if not (isinstance(node, cst.Call) and isinstance(new, cst.Call)):
        return False
    left = [argument for argument in node.args if not any(argument.deep_equals(other) for other in new.args)]
    return len(left) == 1 and _changes_no_number(left[0])


def _changes_no_number(argument: cst.Arg) -> bool:
    """Is it an argument that changes no number?"""
    if argument.keyword is not None and argument.keyword.value in UNMARKED:
        return True
    return isinstance(argument.value, cst.Attribute) and argument.value.attr.value == "dtype"


def _one_lower(node: cst.Integer) -> Iterator[cst.CSTNode]:
    if node.evaluated_value > 0:
        yield node.with_changes(value=str(node.evaluated_value - 1))


def _factors_swapped(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    swaps = cst.MatrixMultiply | cst.Subtract | cst.Divide | cst.Power
    if isinstance(node.operator, swaps) and not node.left.deep_equals(node.right):
        left, right = _in_brackets(node.right), _in_brackets(node.left)
        yield node.with_changes(left=left, right=right)


def _not_transposed(node: cst.Attribute) -> Iterator[cst.CSTNode]:
    if node.attr.value in ("T", "mT"):
        yield node.value


def _einsum_transposed(node: cst.SimpleString) -> Iterator[cst.CSTNode]:
    """``"tbh,tbd->hd"`` → ``"tbh,tbd->dh"``: each two neighbours of the result's axes swapped."""
    inputs, arrow, result = node.value[1:-1].partition("->")
    for k in range(len(result) - 1) if arrow else ():
        swapped = result[:k] + result[k + 1] + result[k] + result[k + 2 :]
        yield node.with_changes(value=f'"{inputs}->{swapped}"')


def _arguments_swapped(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Two neighbours swapped, except in calls of `SYMMETRIC` functions."""
    if _called(node) in SYMMETRIC:
        return
    plain = [k for k, argument in enumerate(node.args) if argument.keyword is None and not argument.star]
    for i, j in pairwise(plain):
        arguments = list(node.args)
        arguments[i] = node.args[i].with_changes(value=node.args[j].value)
        arguments[j] = node.args[j].with_changes(value=node.args[i].value)
        yield node.with_changes(args=arguments)


def _call_dropped(node: cst.Call) -> Iterator[cst.CSTNode]:
    """``reversed(x)`` → ``x``, ``np.tanh(x)`` → ``x``: a function of one argument forgotten."""
    if _called(node) in CONVERSIONS:
        return
    if len(node.args) == 1 and node.args[0].keyword is None and not node.args[0].star:
        yield _in_brackets(node.args[0].value)


def _called(node: cst.Call) -> str:
    """The last name of what is called: "stack" of ``np.stack(…)``."""
    names = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    return names.value if isinstance(names, cst.Name) else ""


def _statement_dropped(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    if not isinstance(node.body[0], cst.Return | cst.Pass | cst.Import | cst.ImportFrom):
        yield node.with_changes(body=[cst.Pass()])


def _in_brackets(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.with_changes(lpar=[cst.LeftParen(), *node.lpar], rpar=[*node.rpar, cst.RightParen()])


UNMARKED = ("strict", "device")
"""Keywords that change no number: ``strict`` of zip, and where PyTorch puts a tensor (the check brings it back)."""
SYMMETRIC = ("max", "min", "maximum", "minimum", "logaddexp")
"""Functions whose arguments may stand in any order."""
CONVERSIONS = ("float", "bool", "int", "array", "stack", "list", "tuple")
"""Functions that change how an answer is wrapped, not its numbers: the check takes any of these."""

OPERATORS = (
    (cst.Integer, _one_lower),
    (cst.SimpleString, _einsum_transposed),
    (cst.BinaryOperation, _factors_swapped),
    (cst.Attribute, _not_transposed),
    (cst.Call, _arguments_swapped),
    (cst.Call, _call_dropped),
    (cst.SimpleStatementLine, _statement_dropped),
)
"""Kind of node → what it may become."""


def _difference(source: str, text: str) -> tuple[str, str]:
    """The first line that differs, as it was and as it is."""
    before, after = source.splitlines(), text.splitlines()
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            return " ".join(map(str.strip, before[i:j])), " ".join(map(str.strip, after[k:m]))
    return "", ""
