"""How hard each task of a lesson was, and how well it tells students apart.

Counted are the students who handed in and have marks: what they left unanswered counts with its 0 points; what waits
for a person, or could not be marked, does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from grader.checks.task import tasks_by_grade_id
from grader.marking.feedback.class_mistakes import Mistake, class_mistakes
from grader.marking.feedback.class_rows import Row
from grader.marking.feedback.pages.lesson_text import lesson_text

if TYPE_CHECKING:
    from grader.marking.feedback.class_report import ClassReport

FEWEST = 10
"""Students from whom on a correlation is told: of fewer it is chance."""
STILL_WAIT = "most answers wait for a person"
TOO_FEW = f"fewer than {FEWEST} students have marks here"
ALL_EQUAL = "all have the same points here"
REST_EQUAL = "all have the same points in the other exercises"
NO_REST = "there is no other exercise"


@dataclass(frozen=True)
class TaskFigures:
    """One task, or written question.

    Attributes:
        grade_id, notebook: which, and where.
        title: as students read it: "Exercise 1.1 · One step".
        most: its points.
        marked, waiting, unanswered: how many students have points there, wait for a person, or left it unanswered.
        mean: of their points; None where nobody has any, and while most answers wait: those left unanswered, which are
            marked at once, would be most of what counts.
        difficulty: mean share of the points that they got, from 0 (nobody any) to 1 (everybody all): testing's "p".
            None where there is no mean.
        discrimination: corrected item-total correlation: Pearson's r of the share of its points with the share of the
            points of all other tasks, from -1 to 1; None where it says nothing, and `why_none` why.
        mistakes: what went wrong there, most frequent first.
    """

    grade_id: str
    notebook: str
    title: str
    most: float
    marked: int
    waiting: int
    unanswered: int
    mean: float | None
    difficulty: float | None
    discrimination: float | None
    why_none: str
    mistakes: tuple[Mistake, ...]


def task_figures(report: ClassReport) -> tuple[TaskFigures, ...]:
    """The figures of each task of a lesson, in the lesson's order."""
    known, text, rows = tasks_by_grade_id(), lesson_text(report.lesson), report.with_marks
    found = []
    for name, most in report.most.items():
        task = known[name].name if name in known else name
        notebook = report.notebooks.get(name, "")
        points = [(row, value) for row in rows if (value := row.points.get(name)) is not None]
        waiting = sum(name in row.waiting for row in report.rows)
        mean = sum(value for _, value in points) / len(points) if points and waiting <= len(points) else None
        says = mean is not None and most > 0
        r, why = discrimination(rows, report.most, name) if says else (None, STILL_WAIT if waiting else TOO_FEW)
        found.append(
            TaskFigures(
                name,
                notebook,
                text.exercises.get(notebook, {}).get(name) or name,
                most,
                len(points),
                waiting,
                sum(row.losses[task].unanswered for row, _ in points if task in row.losses),
                mean,
                mean / most if mean is not None and says else None,
                r,
                why,
                class_mistakes(rows, task),
            )
        )
    return tuple(found)


def discrimination(rows: Iterable[Row], most: Mapping[str, float], name: str) -> tuple[float | None, str]:
    """The corrected item-total correlation of a task, or None and why there is none.

    Where written answers wait for a person, a student's share is that of the other tasks that have marks.
    """
    pairs = [(row.points[name], rest) for row in rows if (rest := _share_of_rest(row, most, name)) is not None]
    shares = [(points, rest) for points, rest in pairs if points is not None]
    if len(most) < 2:
        return None, NO_REST
    if len(shares) < FEWEST:
        return None, TOO_FEW
    own, others = [points for points, _ in shares], [rest for _, rest in shares]
    if min(own) == max(own):
        return None, ALL_EQUAL
    if min(others) == max(others):
        return None, REST_EQUAL
    return correlation(own, others), ""


def _share_of_rest(row: Row, most: Mapping[str, float], name: str) -> float | None:
    """The share of the points that a student has in all marked tasks but one; None where there is none."""
    rest = {other: points for other, points in row.points.items() if other != name and points is not None}
    of = sum(most[other] for other in rest)
    return sum(rest.values()) / of if of else None


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's r = Σ(x - x̄)(y - ȳ) / √(Σ(x - x̄)² Σ(y - ȳ)²); neither may be constant."""
    mean_x, mean_y = sum(one) / len(one), sum(other) / len(other)
    x, y = [value - mean_x for value in one], [value - mean_y for value in other]
    both = sum(a * b for a, b in zip(x, y, strict=True))
    return max(-1.0, min(1.0, both / sqrt(sum(a * a for a in x) * sum(b * b for b in y))))
