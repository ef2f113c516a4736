"""From findings to points: right in every case earns an output's share; wrong in edge cases only, or right from a
function that changes its inputs in place, a part of it."""

from __future__ import annotations

from collections.abc import Iterable

from grader.checks.compare import Finding
from grader.checks.task import Task


def shares(task: Task, findings: Iterable[Finding]) -> dict[str, float]:
    """What each output earned, between 0 and 1.

    1 when right in every case. ``task.edge_share``, once, when what is wrong is wrong in edge cases only, and when the
    values are right but inputs were changed in place, in whatever case. 0 otherwise, also without findings.
    """
    findings = list(findings)
    return {output.name: _share(task, [f for f in findings if f.output == output.name]) for output in task.outputs}


def _share(task: Task, findings: list[Finding]) -> float:
    wrong = [finding for finding in findings if not finding.right]
    if not findings or any(finding.kind != "changed" and not task.case(finding.case).edge for finding in wrong):
        return 0.0
    return task.edge_share if wrong else 1.0


def points(task: Task, findings: Iterable[Finding]) -> float:
    """The task's points × the weighted mean of its outputs' `shares`, to two decimals."""
    earned = shares(task, findings)
    total = sum(output.weight for output in task.outputs)
    return round(task.points * sum(output.weight * earned[output.name] for output in task.outputs) / total, 2)
