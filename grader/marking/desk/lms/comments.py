"""What is said to a student beside the points: the sentences that help, in a few lines."""

from __future__ import annotations

from grader.checks.task import tasks_by_grade_id
from grader.checks.visible import visible
from grader.marking.feedback.class_report import ClassReport, Row

MOST = 3
"""Sentences that are said; the feedback page has all."""
LONGEST = 240
"""Characters of a sentence."""


def comment_on(row: Row, report: ClassReport, points: float, most: float) -> str:
    """The points in words, what is taken off, and what went wrong; without a line break.

    Args:
        row: the student's row.
        report: the report that it is of.
        points, most: the points that the LMS gets, and out of how many.
    """
    parts = [f"{number(points)} of {number(most)} points."]
    if row.late:
        own = sum(report.most.values())
        off = number(row.late * most / own if own else row.late)
        parts.append(f"{off} {'is' if off == '1' else 'are'} taken off for handing in late.")
    wrong = sorted(_by_sentence(row).items(), key=lambda one: (one[0][1], -len(one[1])))
    parts += [f"{', '.join(tasks)}: {_sentence(what)}" for (what, _), tasks in wrong[:MOST]]
    if len(wrong) > MOST:
        parts.append(f"{len(wrong) - MOST} more on the feedback page.")
    if row.waiting:
        parts.append("Something of it is still to be marked by hand.")
    return " ".join(" ".join(map(visible, parts)).split())


def _by_sentence(row: Row) -> dict[tuple[str, bool], list[str]]:
    """What went wrong, and whether that is only that nothing was answered → in which exercises."""
    found: dict[tuple[str, bool], list[str]] = {}
    for name, loss in row.losses.items():
        found.setdefault((loss.says or loss.what, loss.unanswered), []).append(_title(name))
    return found


def _title(name: str) -> str:
    task = tasks_by_grade_id().get(name.replace(".", "-"))
    return task.title.partition(":")[0] if task is not None else name


def _sentence(text: str) -> str:
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def number(value: float) -> str:
    """Points with at most two decimals, which is what an LMS keeps."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
