"""An exception of the student's code, in one line that a student can act on, and that line read back.

    ValueError: shapes do not fit, in line 3 of the cell that defines step: return x @ W
    ZeroDivisionError: division by zero, in line 1 of its cell: answer = lambda x: x / 0

`str` of a `Failure` is the line, as it is shown and sent; `read` makes the `Failure` of a line. What is in it comes
from the student's side: show it, don't trust it.
"""

from __future__ import annotations

import linecache
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, TracebackType

MISMATCH = re.compile(r"Input operand \d has a mismatch in its core dimension \d, with gufunc signature [^()]*\S+ \(")
"""What NumPy says where shapes do not fit in a product: the sizes follow."""
MAX_TEXT = 400
"""Longest message that is kept, in characters."""

_PLACE = re.compile(
    r"(?P<said>.*), in line (?P<line>[1-9][0-9]{0,8}) of (?:the cell that defines (?P<function>[^:]+)|its cell)"
    r"(?:: (?P<source>.+))?"
)
_SAID = re.compile(r"(?P<type>[^:]+):(?: (?P<message>.+))?")
_CHECKS = str(Path(__file__).parent)
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
_GENERATED = ("<frozen ", "<__array_function__ ", "<lambdifygenerated")
"""How the file names begin that Python, NumPy and SymPy give to code of their own."""


@dataclass(frozen=True)
class Place:
    """Where in a notebook's cell something happened.

    Attributes:
        line: number of the line in its cell.
        function: the function that the line belongs to, as "step" or "SRN.forward"; "" for a line outside of one.
        source: the line itself, or "" where it is not known.
    """

    line: int
    function: str
    source: str = ""

    def __str__(self) -> str:
        cell = f"the cell that defines {self.function}" if self.function else "its cell"
        return f"in line {self.line} of {cell}" + (self.source and f": {self.source}")


@dataclass(frozen=True)
class Failure:
    """An exception of the student's code.

    Attributes:
        type: name of its class, or "" where that cannot be known.
        message: what it says, on one line.
        place: the innermost line of a notebook's cell that led to it, or None.
    """

    type: str
    message: str
    place: Place | None = None

    @property
    def said(self) -> str:
        """Type and message, without the place."""
        return f"{self.type}: {self.message}".rstrip() if self.type else self.message

    def __str__(self) -> str:
        return self.said + (f", {self.place}" if self.place else "")


def failure_of(exception: BaseException) -> Failure:
    """The facts of an exception. Never raises an `Exception`."""
    place = _place(exception.__traceback__)
    try:
        name = printable(type(exception).__name__, MAX_TEXT // 2)
        message = MISMATCH.sub("the sizes do not fit (", str(exception))
        return Failure(name, printable(message, MAX_TEXT - len(name) - 2), place)
    except Exception:  # a __str__ of the student's
        return Failure("", "an exception whose message cannot be read", place)


def read(line: str) -> Failure:
    """The failure whose `str` is this line: ``str(read(line)) == line`` for every `printable` line."""
    said, place = line, None
    if found := _PLACE.fullmatch(line):
        said, place = found["said"], Place(int(found["line"]), found["function"] or "", found["source"] or "")
    if found := _SAID.fullmatch(said):
        return Failure(found["type"], found["message"] or "", place)
    return Failure("", said, place)


def printable(text: str, most: int) -> str:
    """The text on one line, without what cannot be sent as UTF-8, cut after ``most`` characters."""
    line = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    return line if len(line) <= most else line[: most - 1] + "…"


def without_numbers(text: str) -> str:
    """The text without its digits: what a message says of inputs of every size."""
    return re.sub(r"\d+", "", text)


def is_students(exception: BaseException) -> bool:
    """Did the student's code raise it, and not the check with what that code returned?

    It did where a line of theirs led to it, and where the student's object is none of Python's and failed when called.
    """
    codes = [(trace.tb_frame.f_code, trace.tb_frame.f_globals) for trace in entries(exception.__traceback__)]
    if any(is_students_code(code) for code, _ in codes):
        return True
    asked = [n for n, (code, names) in enumerate(codes) if code.co_name == "ask" and _is_checks(names)]
    return bool(asked) and not any(_is_checks(names) for _, names in codes[asked[-1] + 1 :])


def is_students_code(code: CodeType) -> bool:
    """Is it code of neither the grader nor a library?"""
    name = code.co_filename
    return not name.startswith((_CHECKS, *_LIBRARIES, *_GENERATED))


def _is_checks(names: dict[str, object]) -> bool:
    return str(names.get("__name__")).startswith("grader.checks.")


def unwritten(exception: NotImplementedError) -> str:
    """Name of the function, in a cell, that is not written yet; "" where it is in none."""
    trace = _in_cell(exception.__traceback__)
    return "" if trace is None else trace.tb_frame.f_code.co_name


def _place(trace: TracebackType | None) -> Place | None:
    trace = _in_cell(trace)
    if trace is None:
        return None
    return place_of(trace.tb_frame.f_code, trace.tb_lineno)


def place_of(code: CodeType, line: int) -> Place:
    """A line of the cell that has this code."""
    return Place(line, _function(code), printable(linecache.getline(code.co_filename, line), 80))


def _function(code: CodeType) -> str:
    """The outermost function, or the method, whose code it is: that which a student has given a name."""
    outermost = code.co_qualname.partition(".<locals>")[0]
    return "" if "<" in outermost else outermost


def entries(trace: TracebackType | None) -> Iterator[TracebackType]:
    """The entries of a traceback, the outermost first."""
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _in_cell(trace: TracebackType | None) -> TracebackType | None:
    """The innermost entry that lies in a cell of a notebook."""
    found = None
    for entry in entries(trace):
        if in_a_cell(entry.tb_frame.f_code):
            found = entry
    return found


def in_a_cell(code: CodeType) -> bool:
    """Is it code of a notebook's cell?"""
    return "ipykernel_" in code.co_filename or code.co_filename.startswith("<ipython")
