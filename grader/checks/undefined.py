"""Why the function is not there that a check is given: a sentence in place of Python's NameError, in a notebook.

``check("srn.step", step)`` fails before `check` is called where `step` is not defined. Jupyter tells which cells were
run, so that the reason can be said: the cell that defines it is not Python, or was not run.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from typing import Any

from grader.checks import run_file

CHECKED = r"\bcheck\([^,()]+,\s*{name}\s*\)"
"""A call of `check` with that name."""


def explain_name_errors() -> None:
    """Say why, from now on, where a check fails so. Outside of a notebook this does nothing."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is not None and not shell.custom_exceptions:  # what somebody else shows is theirs
        shell.set_custom_exc((NameError,), _show)


def why_undefined(name: str, cells: Sequence[str], python: Any = str) -> str:
    """Why a name is not defined, in a sentence.

    Args:
        name: of a function or class.
        cells: the sources of the cells that were run, in order.
        python: makes Python of a cell with magics.
    """
    own = [cell for cell in cells if re.search(rf"^\s*(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b", cell, re.M)]
    if not own:
        return f"No cell that defines `{name}` has been run: run the cells above this one first."
    try:
        ast.parse(python(own[-1]))
    except SyntaxError as wrong:
        where = f"line {wrong.lineno}: {wrong.msg}"
        return f"The cell that defines `{name}` is not Python ({where}). Mend it, run it, and run this check again."
    except (ValueError, RecursionError, MemoryError):
        pass
    return f"The cell that defines `{name}` did not run to its end: run it again, and see what it says."


def _show(shell: Any, kind: type[NameError], error: NameError, *_: Any, **__: Any) -> None:
    """Show the sentence as the error; where no check has failed so, what is shown otherwise."""
    *before, source = shell.user_ns.get("In") or [""]
    if run_file.asked() is None and error.name and re.search(CHECKED.format(name=re.escape(error.name)), source):
        shell._showtraceback(kind, error, [why_undefined(error.name, before, shell.transform_cell)])
    else:
        shell.showtraceback(running_compiled_code=True)
