"""nbgrader's Validate, on a student's machine: by exercise; of the experiments only what they define, as in marking.

A student's ``nbgrader_config.py`` says ``validate_by_exercise(c)``.
"""

from __future__ import annotations

import ast
import textwrap
from typing import Any

from grader.checks.definitions import split

EXPERIMENT = "experiment"
"""The tag of a cell of which only what it defines is run when a notebook is validated or marked."""
TRIED = "try:\n{}\nexcept Exception:\n    pass"


SECONDS = 180
"""How long a cell may take; `check` stops what does not end before that."""


def validate_by_exercise(config: Any) -> None:
    """Configure nbgrader: Validate runs of the long experiments what they define, and says how each exercise stands.

    Folders may have brackets in their names.
    """
    from grader.checks.by_exercise import install
    from grader.checks.odd_paths import take_brackets_literally

    config.Execute.on_cell_start = only_define
    config.Execute.timeout = SECONDS
    install()
    take_brackets_literally()


def only_define(*, cell: Any, **_: object) -> None:
    """Before a cell is run: leave of an experiment what it defines. The notebook on the disk stays as it is."""
    if cell.cell_type == "code" and EXPERIMENT in cell.metadata.get("tags", []):
        cell.source = definitions_of(cell.source)


def definitions_of(source: str) -> str:
    """Code that makes the definitions in this code, one by one; "" for what is not Python."""
    try:
        kept = split(ast.parse(source).body).kept
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return "\n".join(TRIED.format(textwrap.indent(ast.unparse(statement), "    ")) for statement in kept)
