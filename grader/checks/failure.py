"""An exception of the student's code, in one line that a student can act on."""

from __future__ import annotations

import linecache
from types import TracebackType

MAX_TEXT = 400
"""Longest message that is kept, in characters."""


def describe(failure: BaseException) -> str:
    """Type, message, and the innermost line of a notebook's cell that led to it. Never raises an `Exception`."""
    try:
        said = f"{type(failure).__name__}: {failure}"
    except Exception:  # a __str__ of the student's
        said = "an exception whose message cannot be read"
    return printable(said, MAX_TEXT) + _line(failure.__traceback__)


def printable(text: str, most: int) -> str:
    """The text on one line, without what cannot be sent as UTF-8, cut after ``most`` characters."""
    line = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    return line if len(line) <= most else line[: most - 1] + "…"


def unwritten(failure: NotImplementedError) -> str:
    """Name of the function, in a cell, that is not written yet; "" where it is in none."""
    trace = _in_cell(failure.__traceback__)
    return "" if trace is None else trace.tb_frame.f_code.co_name


def _line(trace: TracebackType | None) -> str:
    trace = _in_cell(trace)
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    source = printable(linecache.getline(code.co_filename, trace.tb_lineno), 80)
    return f", in line {trace.tb_lineno} of the cell that defines {code.co_name}" + (source and f": {source}")


def _in_cell(trace: TracebackType | None) -> TracebackType | None:
    """The innermost entry that lies in a cell of a notebook."""
    found = None
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "ipykernel_" in name or name.startswith("<ipython"):
            found = trace
        trace = trace.tb_next
    return found
