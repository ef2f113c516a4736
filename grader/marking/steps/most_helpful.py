"""The one sentence of a verdict that helps most, for a line in a table."""

from __future__ import annotations

from collections.abc import Iterator

from grader.checks.report import Report, rows
from grader.checks.task import earlier_of
from grader.checks.wording import ADVICE, IN_SHORT, sentence
from grader.marking.answers.misconceptions import bank
from grader.marking.judge.coarsely import coarsely
from grader.marking.judge.referee import NOT_LOOKED_FOR, Verdict, on_one_draw

IN_NUMBERS = ("value", "shape", "nonfinite")
"""Kinds of findings of which a remark, where there is one, says more than the finding itself."""


def most_helpful(verdict: Verdict) -> str:
    """What a known mistake says; else what came out, or what failed first; "" where all is right and nothing is to say.

    Of a right answer it says what the points rest on: another exercise's right result, or a library's call.
    """
    if verdict.points == verdict.task.points and not (verdict.first or verdict.library):
        return ""
    return next(_sentences(verdict), "")


def _sentences(verdict: Verdict) -> Iterator[str]:
    """Most helpful first."""
    known = {entry.name: entry.says for entry in bank(verdict.task)}
    yield from (known[name] for name in verdict.misconceptions if name in known)
    failed = next((finding for finding in verdict.findings if not finding.right), None)
    others = {task.function for task in earlier_of(verdict.task)}
    if failed is not None and failed.kind == "unwritten" and failed.detail not in others:
        yield f"{IN_SHORT[failed.kind].capitalize()}."
    elif failed is not None and failed.kind not in IN_NUMBERS:
        yield from _first_row(verdict)
    costs_nothing = {on_one_draw(verdict.task, finding) for finding in verdict.findings if finding.spared}
    yield from (remark for remark in verdict.remarks if remark not in costs_nothing | {NOT_LOOKED_FOR})
    yield from _first_row(verdict)


def _first_row(verdict: Verdict) -> Iterator[str]:
    """What the report's table says first of what is wrong; of numbers also where, or with which pattern."""
    report = Report(verdict.task, tuple(map(coarsely, verdict.findings)), True, verdict.points)
    for row in rows(report):
        if not row.right:
            where = [line for line in row.lines[:1] if line not in ADVICE.values()]
            yield " ".join([sentence(f"{row.says[:1].upper()}{row.says[1:]}"), *where])
