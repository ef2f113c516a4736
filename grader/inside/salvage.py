"""What is left of a cell that is not run, or that failed: what it defines, and a note of the names that it lacks.

The lesson's experiments are not run while a notebook is marked, but what they define is there: `Salvage.only_define`.
Where another cell fails, what follows the failing line is not lost with it: `Salvage.after_failure`.

A note is a display bundle of the MIME type `NOTE`; the trusted side makes sentences of it.
"""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, TypedDict

from grader.checks.definitions import bound, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

NOTE = "application/vnd.rnn-workbook.note+json"
ONLY_DEFINE = "%%only_define\n"
"""The first line of what a kernel is sent where only the definitions are to be run."""
WRAPPERS = re.compile(r"\s*%%(?:time|timeit|capture|prun)\b.*\n")
"""Cell magics whose cell is Python."""
CELLS = ("<ipython-input-", "<timed exec>")
"""How the file names begin that IPython gives to a cell."""
MOST_NAMES = 200
IMPORTS = (ast.Import, ast.ImportFrom)
NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What parsing raises."""


class Note(TypedDict):
    """What a cell lacks.

    Attributes:
        line, source, error: where it failed and how; 0, "" and "" where it was not to be run.
        missing: name → number and text of the line that would have bound it.
    """

    line: int
    source: str
    error: str
    missing: Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Definitions:
    """What a cell defines, ready to be run.

    Attributes:
        text: the cell as Python, without magics.
        parts: its definitions in order: the names that each binds, and its code; None where Python refuses it.
        lines: name that one of them binds → number of its line.
        computed: name that the cell computes → number of its line.
    """

    text: str
    parts: tuple[tuple[frozenset[str], CodeType | None], ...]
    lines: Mapping[str, int]
    computed: Mapping[str, int]


_prepared: dict[str, Definitions] = {}
"""Cells of the lesson's own whose definitions were found before the kernel was forked."""


class Salvage:
    """Makes definitions in a shell, and remembers which names are its own.

    What `only_define` finds never replaces what the student's cells have bound. A value of its own is taken back when a
    later cell would compute another: better a name that is missing than one with a value that is not the notebook's.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._own: dict[str, object] = {}

    def only_define(self, source: str) -> Note | None:
        """Run what a cell defines; the note of what it computes, if anything. What is not Python defines nothing."""
        source = _unwrapped(source)
        try:
            found = _prepared.get(source) or self._definitions(source)
        except NOT_PYTHON:
            return None
        self._shell.compile.cache(found.text)
        for names, code in found.parts:
            self._define(names, code)
        for name in found.computed:
            self._take_back(name)
        missing = self._missing(found.lines) | dict(found.computed)
        return _note(missing, source) if missing else None

    def prepare(self, source: str) -> None:
        """Find what a cell defines, for all kernels that are forked from now on."""
        source = _unwrapped(source)
        with suppress(*NOT_PYTHON):
            _prepared[source] = self._definitions(source)

    def _definitions(self, source: str) -> Definitions:
        text, statements = self._parsed(source)
        found, file = split(statements), self._shell.compile.cache(text)
        parts = tuple((frozenset(bound(each)), _compiled(each, file)) for each in found.kept)
        return Definitions(text, parts, _lines(found.kept), found.computed)

    def after_failure(self, source: str, result: ExecutionResult) -> Note | None:
        """Run what follows the line in which a cell failed; the note. None where it did not fail.

        Where an import or a magic failed, which may have worked on the student's machine, all that follows is run;
        otherwise only what it defines.
        """
        error = result.error_before_exec or result.error_in_exec
        if not isinstance(error, Exception):
            return None
        source = _unwrapped(source)
        above = len(source) - len(source.lstrip("\n"))  # IPython counts the lines after these
        try:
            text, statements = self._parsed(source[above:])
        except NOT_PYTHON as wrong:  # IPython's own error may say no more than "incomplete input"
            line = getattr(wrong, "lineno", None) or 1
            return _note(_seemingly_bound(source), source, above + line, wrong)
        line = self._line_of(error)
        named = _refused_at(error) or line if result.error_before_exec else line
        rest = [statement for statement in statements if (statement.end_lineno or 0) >= line]
        file = self._shell.compile.cache(text)
        for statement in _elsewhere_right(rest) or split(rest).kept:
            self._run(_compiled(statement, file))
        missing = {name: above + number for name, number in self._missing(_lines(rest)).items()}
        return _note(missing, source, above + named, error)

    def _parsed(self, source: str) -> tuple[str, list[ast.stmt]]:
        """The text as Python, without magics, and its statements."""
        try:
            return source, ast.parse(source).body
        except SyntaxError:
            text = self._shell.transform_cell(source)
            return text, ast.parse(text).body

    def _define(self, names: frozenset[str], code: CodeType | None) -> None:
        here = self._shell.user_ns
        theirs = {name: here[name] for name in names if name in here and not self._is_own(name)}
        self._run(code)
        here.update(theirs)
        self._own |= {name: here[name] for name in names - set(theirs) if name in here}

    def _run(self, code: CodeType | None) -> None:
        if code is not None:
            with suppress(Exception, SystemExit):  # a missing module, or a name that was not computed: the note says so
                exec(code, self._shell.user_global_ns, self._shell.user_ns)

    def _is_own(self, name: str) -> bool:
        return name in self._own and self._own[name] is self._shell.user_ns.get(name)

    def _take_back(self, name: str) -> None:
        value = self._shell.user_ns.get(name)
        if self._is_own(name) and not callable(value) and not isinstance(value, ModuleType):
            del self._shell.user_ns[name]

    def _missing(self, lines: Mapping[str, int]) -> dict[str, int]:
        """Of the names that some lines should have bound those that they did not."""
        return {name: line for name, line in lines.items() if name not in self._shell.user_ns}

    def _line_of(self, error: BaseException) -> int:
        """The line of the cell, not of a function in it, that led to an exception."""
        line, trace = 1, error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_name == "<module>" and code.co_filename.startswith(CELLS):
                line = trace.tb_lineno
            trace = trace.tb_next
        return line


def _compiled(statement: ast.stmt, file: str) -> CodeType | None:
    """The code of a statement; None where Python refuses it."""
    with suppress(Exception):
        return compile(ast.Module([statement], []), file, "exec")
    return None


def _lines(statements: Iterable[ast.stmt]) -> dict[str, int]:
    """The names that statements bind, with the line of each."""
    return {name: each.lineno for each in statements for name in bound(each)}


def _refused_at(error: BaseException) -> int | None:
    """The line for which Python refuses to run a cell that it can parse, as for a stray `return`; None if unknown."""
    return error.lineno if isinstance(error, SyntaxError) else None


def _unwrapped(source: str) -> str:
    """The source with empty lines in place of a magic around it."""
    wrapper = WRAPPERS.match(source)
    return "\n" * wrapper[0].count("\n") + source[wrapper.end() :] if wrapper else source


def _elsewhere_right(rest: list[ast.stmt]) -> list[ast.stmt]:
    """All statements from a failing one on, each import by itself, where it is an import or a magic; else none."""
    if not rest or not (isinstance(rest[0], IMPORTS) or ast.unparse(rest[0]).startswith("get_ipython().")):
        return []
    return [part for each in rest for part in (split([each]).kept if isinstance(each, IMPORTS) else [each])]


def _note(missing: Mapping[str, int], text: str, line: int = 0, error: BaseException | None = None) -> Note:
    lines = text.splitlines()

    def shown(number: int) -> str:
        return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""

    some = list(missing.items())[:MOST_NAMES]
    return {
        "line": line,
        "source": shown(line),
        "error": "" if error is None else f"{type(error).__name__}: {_message(error)}",
        "missing": {name: (number, shown(number)) for name, number in some},
    }


def _message(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)[:400]
    except Exception:  # a __str__ of the student's
        return ""


def _seemingly_bound(source: str) -> dict[str, int]:
    """The names that the lines of a text that cannot be parsed seem to define."""
    found = {}
    for number, line in enumerate(source.splitlines(), 1):
        if each := re.match(r"(?:async )?(?:def|class) +(\w+)|(\w+) *=(?!=)", line):
            found[each[1] or each[2]] = number
    return found
