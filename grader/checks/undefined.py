"""Why the function is not there that a check is given: a sentence in place of Python's NameError, in a notebook.

``check("srn.step", step)`` fails before `check` is called where `step` is not defined. Jupyter tells which cells were
run, so that the reason can be said: the cell that defines it is not Python, or was not run.
"""

from __future__ import annotations

import ast
import difflib
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

from grader.checks import run_file
from grader.checks.task import all_tasks

CHECKED = r"\bcheck\([^,()]+,\s*{name}\s*\)"
"""A call of `check` with that name."""
LIKE = 0.8
"""From which ratio of `difflib` on one name may be another, misspelt: 1 for the same letters."""


def explain_name_errors() -> None:
    """Say why, from now on, where a check fails so. Outside of a notebook this does nothing."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is not None and not shell.custom_exceptions:  # what somebody else shows is theirs
        shell.set_custom_exc((NameError,), _show)


def why_undefined(name: str, cells: Sequence[str], python: Any = str, there: Iterable[str] = ()) -> str:
    """Why a name is not defined, in a sentence.

    Args:
        name: of a function or class.
        cells: the sources of the cells that were run, in order.
        python: makes Python of a cell with magics.
        there: names that are defined: the hint where one of them may be it, misspelt.
    """
    own = [cell for cell in cells if re.search(rf"^\s*(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b", cell, re.M)]
    if not own:
        if hint := misspelt(name, there):
            return f"No cell that defines `{name}` has been run. {hint}"
        return f"No cell that defines `{name}` has been run: run the cells above this one first."
    try:
        _compile(python(own[-1]))
    except SyntaxError as wrong:
        where = f"line {wrong.lineno}: {wrong.msg}"
        return f"The cell that defines `{name}` is not Python ({where}). Mend it, run it, and run this check again."
    except (ValueError, RecursionError, MemoryError):
        pass
    return f"The cell that defines `{name}` did not run to its end: run it again, and see what it says."


def misspelt(name: str, there: Iterable[str]) -> str:
    """The question whether one of these names is meant to be that of an answer, or "" where none is like it.

    A name that another exercise asks for is no misspelt one.
    """
    others = {task.function for task in all_tasks().values()}
    near = {each.lower(): each for each in there if each not in others}
    found = difflib.get_close_matches(name.lower(), near, n=1, cutoff=LIKE)
    return f"`{near[found[0]]}` is defined: is `{name}` meant?" if found else ""


def _compile(source: str) -> None:
    """Raise the error with which Python refuses to run a cell: also of what can be parsed, as a stray `return`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def _defined(names: Mapping[str, object]) -> Iterator[str]:
    """The functions and classes that a notebook's own cells define; what they import is of another module."""
    for name, value in list(names.items()):
        if isinstance(value, FunctionType | type) and value.__module__ == "__main__":
            yield name


def _show(shell: Any, kind: type[NameError], error: NameError, *_: Any, **__: Any) -> None:
    """Show the sentence as the error; where no check has failed so, what is shown otherwise."""
    *before, source = shell.user_ns.get("In") or [""]
    if run_file.asked() is None and error.name and re.search(CHECKED.format(name=re.escape(error.name)), source):
        why = why_undefined(error.name, before, shell.transform_cell, _defined(shell.user_ns))
        shell._showtraceback(kind, error, [why])
    else:
        shell.showtraceback(running_compiled_code=True)
