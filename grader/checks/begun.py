"""Is there more in an answer than its stub? Then None comes of a forgotten `return`; in a stub nothing is wrong yet."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any


def is_begun(answer: Any) -> bool:
    """Does a function, or a method of a class but `__init__`, have code of its own? True where nobody can read it.

    No code of its own are a docstring, `pass`, `...`, ``raise NotImplementedError`` and ``return None``.
    """
    return any(_has_code(function) for function in _functions_of(answer))


def _functions_of(answer: Any) -> Iterator[Any]:
    if isinstance(answer, type):
        methods = vars(answer).items()
        yield from (each for name, each in methods if isinstance(each, FunctionType) and name != "__init__")
    else:
        yield answer


def _has_code(function: Any) -> bool:
    try:
        (found,) = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body
    except (OSError, TypeError, ValueError, SyntaxError):  # no source, or a line with a lambda that is cut out of it
        return True
    if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
        return True
    return not all(map(_is_of_a_stub, found.body))


def _is_of_a_stub(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(ast.Constant()) | ast.Return(None | ast.Constant(None)):
            return True
        case ast.Raise(ast.Name("NotImplementedError") | ast.Call(ast.Name("NotImplementedError"))):
            return True
    return False
