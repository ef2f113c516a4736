"""The report on a class: students × tasks, with the most frequent mistakes. All that shows a class takes it from here.

`class_rows` makes a student's row, `class_mistakes` counts what went wrong, `task_figures` says how hard a task was and
how well it tells students apart, `class_overview` has a line for each lesson, `class_csv` and `class_page` write it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.submissions import misplaced
from grader.marking.feedback.class_csv import class_csv
from grader.marking.feedback.class_facts import class_facts
from grader.marking.feedback.class_mistakes import Mistake as Mistake
from grader.marking.feedback.class_mistakes import class_mistakes
from grader.marking.feedback.class_overview import LessonFigures as LessonFigures
from grader.marking.feedback.class_overview import class_overview as class_overview
from grader.marking.feedback.class_overview import figures_of
from grader.marking.feedback.class_rows import Loss as Loss
from grader.marking.feedback.class_rows import Row as Row
from grader.marking.feedback.class_rows import Status as Status
from grader.marking.feedback.class_rows import class_rows
from grader.marking.feedback.task_figures import TaskFigures as TaskFigures
from grader.marking.feedback.task_figures import task_figures as task_figures


@dataclass(frozen=True)
class ClassReport:
    """The class: grade ids with their points, one row a student, and how often each mistake occurred."""

    lesson: str
    most: dict[str, float]
    rows: tuple[Row, ...]
    mistakes: tuple[Mistake, ...]
    """Most frequent first; what was not written, or not answered, last."""
    not_listed: tuple[str, ...] = ()
    """Lines about what lies where no command looks for a submission."""
    notebooks: dict[str, str] = field(default_factory=dict)
    """Grade id → the notebook that it is in."""
    due: datetime | None = None
    """When it was to be handed in, with its zone; extensions apart."""
    grace: float = 0.0
    """Seconds after that within which late costs nothing."""

    @property
    def with_marks(self) -> tuple[Row, ...]:
        """The rows that count in every figure: of those who handed in and have marks, be it that some still wait."""
        return tuple(row for row in self.rows if row.has_marks)

    @property
    def in_grace(self) -> int:
        """How many are late, and within the grace."""
        return sum(0 < row.late_seconds <= self.grace for row in self.rows)

    @property
    def figures(self) -> LessonFigures:
        """The lesson's line, as `class_overview` has it."""
        return figures_of(self.lesson, sum(self.most.values()), self.rows, self.due)

    def mean(self, grade_id: str) -> float | None:
        """Mean of the points of those who have a mark there."""
        marked = [points for row in self.rows if (points := row.points.get(grade_id)) is not None]
        return sum(marked) / len(marked) if marked else None

    def by_notebook(self) -> dict[str, list[str]]:
        """The grade ids of each notebook: those that begin alike, such as "speech-dtw" and "speech-written"."""
        found: dict[str, list[str]] = {}
        for name in self.most:
            found.setdefault(name.partition("-")[0], []).append(name)
        return found

    def as_csv(self) -> str:
        """The table as CSV: see `class_csv`."""
        return class_csv(self.rows, self.most)


def class_report(course: Course, lesson: str) -> ClassReport:
    """The report of a lesson, from the gradebook and the audit records.

    Raises:
        GraderError: no such lesson, or it was never released or marked; or the gradebook is damaged.
    """
    lesson = lesson_id(lesson)
    facts = class_facts(course, lesson)
    if facts is None:
        raise GraderError(f"{lesson} is not in the gradebook: run `grader release {lesson}` first")
    rows = class_rows(facts)
    not_listed = tuple(one.what for one in misplaced(course, lesson))
    rule = course.settings.late_rule(lesson) if course.settings is not None else None
    grace = 60.0 * rule.grace_minutes if rule is not None else 0.0
    return ClassReport(lesson, facts.most, rows, class_mistakes(rows), not_listed, facts.notebooks, facts.due, grace)
