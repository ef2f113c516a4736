"""Says where an answer's own cell defines its function by a name that is like the one asked for. No mark changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nbformat import NotebookNode

from grader.checks.undefined import misspelt
from grader.marking.judge.referee import UNDEFINED, Verdict
from grader.marking.steps.cells_to_run import grade_id

DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)
"""The functions and classes that a cell defines."""


def with_its_own_name(verdict: Verdict, cells: Sequence[NotebookNode]) -> Verdict:
    """The verdict, which names the function that is there where that may be the one asked for, misspelt.

    Args:
        verdict: of a grade cell; another reason than `UNDEFINED` is left as it is.
        cells: of the notebook, with the student's text.
    """
    task = verdict.task
    lacking = UNDEFINED.format(task.function)
    if lacking not in verdict.reason:
        return verdict
    own = [cell.source for cell in cells if grade_id(cell) == f"{task.grade_id}-answer"]
    hint = misspelt(task.function, [name for source in own for name in DEFINED.findall(source)])
    if not hint:
        return verdict
    told = f"{lacking}; {hint}"
    remarks = tuple(remark.replace(f"{lacking}.", told) for remark in verdict.remarks)
    return replace(verdict, remarks=remarks, reason=verdict.reason.replace(lacking, told))
