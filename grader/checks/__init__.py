"""The student's side of the grader: ``from grader.checks import check``, then ``check("srn.step", step)``."""

from grader.checks.check import check
from grader.checks.errors import CheckFailed, GraderError

__all__ = ["CheckFailed", "GraderError", "check"]
