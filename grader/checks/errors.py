"""What can go wrong, as one family of exceptions.

GraderError
├── UnknownTask      check("no.such", …)
├── BadCall          check called with something other than a task's name and the student's function or class
├── MissingExpected  no expected outputs were recorded for a public case
├── BadAnswers       a bundle of answers that is not what `check` writes
├── WrongForm        a student's function takes or returns something of another form than is wanted (a TypeError too)
└── CheckFailed      a public check that did not pass (an AssertionError too, so that nbgrader's Validate sees it)
"""

import os
from typing import Literal

EXECUTION = "NBGRADER_EXECUTION"
"""Environment variable that nbgrader sets where it runs a notebook."""
STOPS_HERE = "{} has not passed yet. Run All stops here; the cells below can still be run by themselves."
"""Below the report of a failing check, with the task's name."""


class GraderError(Exception):
    """The grader's own errors: the message says what is wrong and what to do. Notebooks show it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class UnknownTask(GraderError):
    """A task's name that no lesson declares."""


class BadCall(GraderError):
    """`check` was called with something other than a task's name and the student's function or class."""


class MissingExpected(GraderError):
    """No expected outputs were recorded for a public case."""


class BadAnswers(GraderError):
    """An answer bundle that breaks the format."""


class CheckFailed(GraderError, AssertionError):
    """A public check that did not pass.

    A notebook, which shows the report above, says in one line what the exception does there; nbgrader, which shows
    nothing else of the cell, gets the message.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self) if by_nbgrader() else STOPS_HERE.format(str(self).partition(":")[0])]


def by_nbgrader() -> bool:
    """Does nbgrader run the notebook, as Validate does?"""
    return EXECUTION in os.environ


class WrongForm(GraderError, TypeError):
    """A student's function cannot be called as the exercise says, or returned something of another form.

    Attributes:
        kind: one of `grader.checks.answers.PROBLEMS`.
    """

    def __init__(
        self,
        says: str,
        kind: Literal["form", "count", "none", "unwritten", "array", "arguments", "uncompared"] = "form",
    ) -> None:
        super().__init__(says)
        self.kind = kind
