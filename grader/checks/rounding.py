"""Does an answer look as if a part of it were rounded to TF32?"""

from __future__ import annotations

from collections.abc import Sequence

from grader.checks.compare import Finding
from grader.checks.task import Task

MOST = 16 * 2.0**-11
"""A number rounded to TF32's 10 bits of mantissa is off by up to 2⁻¹¹ of itself; sums of products of a few such numbers
by a few times that (emulated for every task: up to 3 times)."""

TF32_MAY_BE_ON = (
    "Right in float64, and in float32 to about 3 digits only, as where numbers are rounded to 10 bits: TF32 may be on, "
    "or half precision in use, somewhere in your code. The check itself switches TF32 off."
)


def rounded_coarsely(task: Task, findings: Sequence[Finding]) -> str:
    """`TF32_MAY_BE_ON`, where PyTorch computed and the findings fit it; else "".

    They fit where every float64 case is right, and there is one; and float32 is wrong by its values alone, each by no
    more than `MOST`.
    """
    double = [finding for finding in findings if task.case(finding.case).dtype == "float64"]
    wrong = [finding for finding in findings if not finding.right]
    if not (task.torch and wrong and double and all(finding.right for finding in double)):
        return ""
    return TF32_MAY_BE_ON if all(finding.kind == "value" and finding.error <= MOST for finding in wrong) else ""
