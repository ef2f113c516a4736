"""The points of one answer, handed in under many names: each in a course of its own, so that all draws differ."""

from __future__ import annotations

from collections.abc import Sequence

from grader.checks.answers import Answer, collect
from grader.checks.compare import Finding
from grader.checks.score import points, shares
from grader.checks.task import Case, Task
from grader.marking.judge.plan import DRAWS, make_plan, submission_key
from grader.marking.judge.referee import findings_of

NAMES = 20
"""How many names an answer is handed in under."""


def points_under_names(task: Task, function: object, names: int = NAMES) -> set[float]:
    """All numbers of points that the referee gives to one answer under so many names; it should be one.

    Cases in which the recorded inputs decide alone are not drawn.
    """
    plans = [_by_case(task, f"name {name}".encode()) for name in range(names)]
    known = [collect(task, function, case, plans[0][case.label][0]) for case in task.cases]
    findings = findings_of(task, known)
    undecided = [case for case in task.cases if _may_lose(task, case, findings)]
    sure = points(task, findings)
    if not undecided:
        return {sure}
    return {_points(task, function, known, undecided, plan, sure) for plan in plans}


def _by_case(task: Task, secret: bytes) -> dict[str, list[int]]:
    """The seeds of each case in a course with that secret: the recorded one, then those drawn."""
    seeds: dict[str, list[int]] = {}
    for label, seed in make_plan(secret, submission_key(task.lesson, [task.name]), [task])[task.name]:
        seeds.setdefault(label, []).append(seed)
    return seeds


def _may_lose(task: Task, case: Case, findings: Sequence[Finding]) -> bool:
    """Is an output right on the recorded inputs of that case, and may its points still fall?"""
    earned, least = shares(task, findings), task.edge_share if case.edge else 0.0
    return any(each.right and earned[each.output] > least for each in findings if each.case == case.label)


def _points(
    task: Task, function: object, known: list[Answer], cases: Sequence[Case], seeds: dict[str, list[int]], sure: float
) -> float:
    """The points under one name. Where the first draw takes none, further ones cannot: they are not made."""
    answers, earned = known, sure
    for number in range(1, DRAWS + 1):
        answers = [*answers, *(collect(task, function, case, seeds[case.label][number]) for case in cases)]
        earned = points(task, findings_of(task, answers))
        if earned == sure:
            break
    return earned
