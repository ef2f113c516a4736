"""Where a function did not come to an end: the loop that it was in, in words. The same loop, whenever it is stopped."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from types import TracebackType

from grader.checks.failure import Place, entries, in_a_cell, place_of

Loop = ast.While | ast.For


def loop_in(exception: BaseException) -> Place | None:
    """The first line of the loop, of the outermost cell that has one; None where no line of a cell is in a loop."""
    for entry in entries(exception.__traceback__):
        code = entry.tb_frame.f_code
        if in_a_cell(code) and (loop := _loop_around(entry)):
            return place_of(code, loop.lineno)
    return None


def _loop_around(entry: TracebackType) -> Loop | None:
    """The innermost ``while`` around the line; where there is none, the outermost ``for``: one within may end."""
    code = entry.tb_frame.f_code
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    around = [loop for loop in _loops(tree, code.co_firstlineno) if _within(loop, entry.tb_lineno)]
    return next((loop for loop in reversed(around) if isinstance(loop, ast.While)), around[0] if around else None)


def _loops(tree: ast.AST, first: int) -> Iterator[Loop]:
    """All loops that begin on that line or later, outer ones first."""
    return (each for each in ast.walk(tree) if isinstance(each, Loop) and each.lineno >= first)


def _within(loop: Loop, line: int) -> bool:
    return loop.lineno <= line <= (loop.end_lineno or loop.lineno)
