"""nbgrader's Validate with one line for each exercise: its name, its public checks, its points; those that pass, too.

The button of JupyterLab and ``nbgrader validate`` show this where a student's ``nbgrader_config.py`` says
``validate_by_exercise(c)``. Both make a `Validator` of their own, so `install` puts this one into its place there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from nbconvert.filters import strip_ansi
from nbgrader.utils import determine_grade, is_grade, is_solution
from nbgrader.validator import Validator

from grader.checks.as_html import NEITHER, RIGHT, WRONG
from grader.checks.failure import printable
from grader.checks.task import Task, tasks_by_grade_id

MAKERS = ("nbgrader.apps.validateapp", "nbgrader.server_extensions.validate_assignment.handlers")
"""Modules in which nbgrader makes a validator: the command, and the button's server."""
MOST_OF_AN_ERROR = 160
"""Characters that are told of why a check failed."""
FAILED_CHECKS = re.compile(r"(\d+) of (\d+) public checks failed ✗ (.*)", re.DOTALL)
STOPPED = re.compile(r"stopped at public check (\d+) of \d+ ✗ (.*)", re.DOTALL)
HEADING = re.compile(r"^#{2,4} (?:Exercise )?(.+)$", re.MULTILINE)
SIGNS = {"passed": ("✓", RIGHT, "passed"), "failed": ("✗", WRONG, "not passed"), "open": ("○", NEITHER, "open")}
"""How an exercise stands → sign, colour, and word."""

# The dialog has a sentence of its own before each cell that failed, and shows what came as the cell's code and error.
_STYLE = "<style>#validation-message p {display: none}</style>"


@dataclass(frozen=True)
class Exercise:
    """A line.

    Attributes:
        name: as its heading in the notebook says.
        stands: passed, failed, or open: what is not written, or waits for a person.
        points: what it is worth.
        checks: how many public checks passed, of how many, in words; "" for a written answer.
        says: why it has not passed; "" where it has.
    """

    name: str
    stands: Literal["passed", "failed", "open"]
    points: float
    checks: str
    says: str


def install() -> None:
    """Have nbgrader validate by exercise, for the rest of the process."""
    for name in MAKERS:
        if (module := sys.modules.get(name)) is not None:
            module.Validator = ByExercise  # type: ignore[attr-defined]


class ByExercise(Validator):
    """nbgrader's validator, with another text."""

    _executed: Any = None
    _found: Sequence[Exercise] = ()

    def validate(self, filename: str) -> dict[str, Any]:
        """What nbgrader's dialog and command show: one entry for all exercises, whether they pass or not.

        Cells that were changed and must not be, and notebooks of other courses, are reported as nbgrader does.
        """
        self._executed, self._found = None, ()
        results: dict[str, Any] = super().validate(filename)
        if self._executed is None or self.invert or results.keys() - {"failed"}:
            return results
        found = list(exercises(self._executed))
        if not any(each.checks for each in found):
            return results
        self._found = found
        return {"failed": [{"source": headline(found), "error": as_html(found), "raw_error": as_text(found)}]}

    def _preprocess(self, nb: Any) -> Any:
        self._executed = super()._preprocess(nb)
        return self._executed

    def _print_num_failed(self, num_failed: int) -> None:
        if not self._found:
            super()._print_num_failed(num_failed)

    def _print_error(self, source: str, error: str) -> None:
        if self._found:
            self.stream.write(f"{source}\n\n{error}\n")
        else:
            super()._print_error(source, error)


def exercises(nb: Any) -> Iterator[Exercise]:
    """The exercises of a notebook that was run, in its order."""
    tasks, heading = tasks_by_grade_id(), ""
    for cell in nb.cells:
        if cell.cell_type == "markdown" and (found := HEADING.findall(cell.source)):
            heading = found[-1]
        if is_grade(cell):
            task = tasks.get(cell.metadata.nbgrader.grade_id)
            yield _checked(cell, heading, task) if task else _written(cell, heading)


def _checked(cell: Any, heading: str, task: Task) -> Exercise:
    points, total = float(cell.metadata.nbgrader.points), len([case for case in task.cases if case.public])
    error = next((output for output in cell.outputs if output.output_type == "error"), None)
    name = heading or task.title
    if error is None:
        return Exercise(name, "passed", points, f"{total} of {total}", "")
    says = error.evalue.removeprefix(f"{task.name}: ")
    if found := FAILED_CHECKS.fullmatch(says):
        return Exercise(name, "failed", points, f"{total - int(found[1])} of {total}", _short(found[3]))
    if found := STOPPED.fullmatch(says):
        return Exercise(name, "failed", points, f"{int(found[1]) - 1} of {total}", _short(found[2]))
    if error.ename == "CheckFailed":
        return Exercise(name, "open", points, f"0 of {total}", _short(says.partition(":")[0]))
    why = error.traceback[0] if len(error.traceback) == 1 else f"{error.ename}: {says}"
    return Exercise(name, "failed", points, f"0 of {total}", _short(strip_ansi(why)))


def _written(cell: Any, heading: str) -> Exercise:
    """An answer that a person marks. nbgrader grades it itself only where it is empty."""
    empty = is_solution(cell) and determine_grade(cell)[0] is not None
    says = "not answered yet" if empty else "answered: a person will mark it"
    return Exercise(heading or cell.metadata.nbgrader.grade_id, "open", float(cell.metadata.nbgrader.points), "", says)


def _short(why: str) -> str:
    return printable(why.replace("`", ""), MOST_OF_AN_ERROR)


def headline(found: Sequence[Exercise]) -> str:
    """How many exercises pass, and what they are worth."""
    checked = [each for each in found if each.checks]
    passed = [each for each in checked if each.stands == "passed"]
    worth = sum(each.points for each in passed), sum(each.points for each in checked)
    return (
        f"{len(passed)} of {len(checked)} exercises pass their public checks, "
        f"worth {worth[0]:g} of {worth[1]:g} points. Marking uses other inputs."
    )


def as_text(found: Sequence[Exercise]) -> str:
    """A line for each exercise."""
    names = max(len(each.name) for each in found)
    return "\n".join(
        f"{SIGNS[each.stands][0]} {each.name:{names}}  {_worth(each):>8}  {each.checks:6}  {each.says}".rstrip()
        for each in found
    )


def as_html(found: Sequence[Exercise]) -> str:
    """A table with a row for each exercise, for the dialog."""
    head = "".join(f'<th scope="col" style="{_CELL}">{name}</th>' for name in _COLUMNS)
    table = f"<table style='{_TABLE}'><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, found))}</tbody></table>"
    return _STYLE + table


_COLUMNS = ("", "exercise", "points", "checks", "")
_TABLE = "border-collapse:collapse;white-space:normal;font-family:var(--jp-ui-font-family,sans-serif);font-size:13px"
_CELL = "padding:4px 10px 4px 0;text-align:left;vertical-align:top"


def _row(each: Exercise) -> str:
    sign, colour, word = SIGNS[each.stands]
    mark = (
        f'<span role="img" aria-label="{word}" style="display:inline-block;width:18px;line-height:18px;'
        f'border-radius:50%;background:{colour};color:#fff;text-align:center;font-weight:700">{sign}</span>'
    )
    narrow = f"{_CELL};white-space:nowrap"
    styled = ((mark, _CELL), (escape(each.name), _CELL), (f"{each.points:g}", narrow), (escape(each.checks), narrow))
    cells = "".join(f'<td style="{style}">{inside}</td>' for inside, style in (*styled, (escape(each.says), _CELL)))
    return f"<tr>{cells}</tr>"


def _worth(each: Exercise) -> str:
    return f"{each.points:g} point{'' if each.points == 1 else 's'}"
