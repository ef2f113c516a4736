"""Finds an answer in code that stands where its check does not see it: below the check, above the stub, in a text cell.

In JupyterLab the check may have passed, as cells can be run in any order; in marking they are run from top to bottom.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from grader.checks.task import Task
from grader.marking.judge.referee import UNDEFINED, Verdict
from grader.marking.steps.cells_to_run import grade_id
from grader.marking.steps.notes import FROM_GRADER, where_in
from grader.marking.steps.pick_copy import words


def code_elsewhere(nb: NotebookNode, verdict: Verdict, own: Collection[str]) -> str:
    """Where a student's own cells define what a check found nothing of, in a sentence; "" where none does.

    Args:
        nb: the notebook, as it was run.
        verdict: of one of its tasks.
        own: the `words` of the lesson's own cells and stubs.
    """
    name = answer_name(verdict.task)
    if verdict.reason != "not written" and UNDEFINED.format(name) not in verdict.reason:
        return ""
    places = dict.fromkeys(where_in(nb.cells, index) for index in _definitions(nb, verdict.task, own))
    some = ", ".join(places)
    return f"`{name}` is not there when it is checked, and may stand elsewhere: in a cell {some}" if places else ""


def answer_name(task: Task) -> str:
    """The name of the function or class that an exercise asks for."""
    return task.reference.partition(":")[2]


def defines(source: str, name: str) -> bool:
    """Is there a line that looks like a definition of the name, be it a comment or a quotation?"""
    definition = rf"^[\s#>]*(?:(?:async\s+)?def\s+{name}\b|class\s+{name}\b|{name}\s*=[^=])"
    return re.search(definition, source, re.MULTILINE) is not None


def _definitions(nb: NotebookNode, task: Task, own: Collection[str]) -> Iterator[int]:
    """The places of the cells that define the answer, but for its own cell where that stands above the check."""
    checked = False
    for index, cell in enumerate(nb.cells):
        checked = checked or grade_id(cell) == task.grade_id
        in_place = grade_id(cell) == f"{task.grade_id}-answer" and not checked
        if not in_place and _is_students(cell, own) and defines(cell.source, answer_name(task)):
            yield index


def _is_students(cell: NotebookNode, own: Collection[str]) -> bool:
    written = is_solution(cell) or not grade_id(cell)
    return written and FROM_GRADER not in cell.metadata and words(cell.source) not in own
