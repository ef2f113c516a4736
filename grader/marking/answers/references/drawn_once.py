"""Inputs that are drawn once: marking needs those of a case again and again, and for every submission.

drawn_once(task)           the same task, which draws each case's inputs once
unchanged(task, answer)    did a function leave its inputs as they were drawn?
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields, replace
from functools import cache, lru_cache

from grader.checks.answers import Answer
from grader.checks.changes import changed_inputs
from grader.checks.task import Case, Inputs, Task, find_task

KEPT = 1000
"""Inputs are kept of so many cases and seeds; a submission has at most 640, a third of them recorded."""


class DrawnOnce(Task):
    """A declared task that draws the inputs of each case and seed once, and hands out copies."""

    def draw(self, case: Case, seed: int) -> Inputs:
        """The inputs of a case, as the task draws them."""
        if self.case(case.label) is not case:
            return super().draw(case, seed)
        return deepcopy(_drawn(self.name, case.label, seed))


def drawn_once(task: Task) -> Task:
    """The same task, which draws each case's inputs once; one that is not declared as it is."""
    declared, once = _both(task.name)
    return once if declared is task else task


@cache
def _both(name: str) -> tuple[Task, Task]:
    task = find_task(name)
    return task, DrawnOnce(**{field.name: getattr(task, field.name) for field in fields(task)})


def seen_unchanged(task: Task, answer: Answer) -> Answer:
    """The answer; of one whose function left its inputs as they were drawn, without the sums that show it."""
    if answer.sums is None or not isinstance(drawn_once(task), DrawnOnce):
        return answer
    changed = _changed(task.name, answer.case, answer.seed, tuple(answer.sums.items()))
    return answer if changed else replace(answer, sums=None)


@lru_cache(maxsize=10 * KEPT)
def _changed(task: str, label: str, seed: int, sums: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    return changed_inputs(_drawn(task, label, seed), dict(sums))


@lru_cache(maxsize=KEPT)
def _drawn(task: str, label: str, seed: int) -> Inputs:
    found = find_task(task)
    return found.draw(found.case(label), seed)
