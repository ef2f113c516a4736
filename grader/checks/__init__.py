"""The student's side of the grader: ``from grader.checks import check``, then ``check("srn.step", step)``."""

from grader.checks.check import check
from grader.checks.earned import earned
from grader.checks.errors import CheckFailed, GraderError
from grader.checks.undefined import explain_name_errors

__all__ = ["CheckFailed", "GraderError", "check", "earned"]

explain_name_errors()
