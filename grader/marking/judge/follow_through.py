"""Follow-through marks: a right answer that uses a wrong earlier one gets its points, as from a good human marker.

Where a task and one that it builds on both lost points, it is marked a second time, in a fresh kernel. While its check
runs there, the earlier answers that lost points have stand-ins, which ask the trusted side for the reference's results.

    points = max(first pass, second pass)

A second pass counts only where the answer asked for an earlier result and got one. An answer is never given the result
of its own task, nor of one whose check comes after it, so nothing that it learns can be used for a mark to come.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.checks.task import Task, earlier_of, find_task
from grader.marking.answers.references.live import reference
from grader.marking.judge.referee import Verdict


def second_tries(verdicts: Sequence[Verdict]) -> dict[str, tuple[str, ...]]:
    """The tasks to be marked a second time, each with the earlier ones whose results it may ask for.

    Args:
        verdicts: of the first pass, in the order of the notebook's checks.
    """
    failed: list[Task] = []
    found = {}
    for verdict in verdicts:
        if verdict.points is None or verdict.points >= verdict.task.points:
            continue
        earlier = tuple(task for task in earlier_of(verdict.task) if task in failed and has_stand_in(task))
        if earlier and not _is_unwritten(verdict, earlier):
            found[verdict.task.name] = tuple(task.name for task in earlier)
        failed.append(verdict.task)
    return found


def has_stand_in(task: Task) -> bool:
    """Can a task's answer have a stand-in? A function of plain values: no class, and nothing that is differentiated."""
    return not task.torch and inspect.isfunction(reference(task))


def _is_unwritten(verdict: Verdict, earlier: Sequence[Task]) -> bool:
    """Was nothing written? That another function is not written, which it calls, is no reason."""
    others = {task.function for task in earlier}
    unwritten = [finding for finding in verdict.findings if finding.kind == "unwritten"]
    return bool(unwritten) and not any(finding.detail in others for finding in unwritten)


def followed(first: Verdict, second: Verdict, asked: Sequence[str]) -> Verdict:
    """The verdict after both passes: the second one's where it gives more points, otherwise the first one's.

    In the second one only the answer's own mistakes are left: where one of them is known, it is the one to be told.

    Args:
        first, second: of the two passes.
        asked: names of the earlier tasks whose results the answer got, or those `at_fault` among them.
    """
    if not asked or first.points is None or second.points is None:
        return first
    if second.points > first.points:
        says = _says_right(second, asked)
        return replace(second, remarks=(says, *second.remarks), first=first, earlier=tuple(asked))
    if not second.findings:
        return first
    if not second.misconceptions or second.points < first.points:
        return replace(first, remarks=(*first.remarks, _says_no_more(asked)))
    remarks = (_says_no_more(asked), *second.remarks)
    return replace(first, remarks=remarks, misconceptions=second.misconceptions, reason=second.reason)


def at_fault(asked: Iterable[str], verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """Of the earlier tasks whose results an answer got, those that are wrong by themselves.

    One that is right but for others, as follow-through has shown, stands for these.

    Args:
        asked: names of tasks.
        verdicts: name of a task → what was decided after both passes.
    """
    found: list[str] = []
    for name in asked:
        verdict = verdicts[name]
        right = verdict.points == verdict.task.points
        found += verdict.earlier if right else [name]
    return tuple(dict.fromkeys(found))


def _says_right(second: Verdict, asked: Sequence[str]) -> str:
    where, plural = in_words(asked), len(asked) > 1
    if second.points == second.task.points:
        return f"Right, if your {where} were right: see there. You get the points."
    return f"Marked as if your {where} were right: see there. What is said here is wrong also with {_right(plural)}."


def _says_no_more(asked: Sequence[str]) -> str:
    where, plural = in_words(asked), len(asked) > 1
    verb = "are" if plural else "is"
    return f"Your {where} {verb} not right either, but {_right(plural)} would not help: look here, too."


def _right(plural: bool) -> str:
    return "right ones" if plural else "a right one"


def in_words(tasks: Sequence[str]) -> str:
    """Exercises as a student knows them: “`gates` (“The gates”) and `step` (“One step”)”."""
    named = [f"`{task.function}` (“{task.title}”)" for task in map(find_task, tasks)]
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def names_of(tries: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What the functions that get stand-ins are called in the notebook, by task."""
    return {name: find_task(name).function for earlier in tries.values() for name in earlier}
