"""A lesson's submissions as plain rows: those of a whole class in a few queries.

nbgrader's own objects ask the database anew for every student, notebook, grade and sum: 1,000 students take a minute.
These have the same attributes with the same values, as far as they are used here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Integer, Select, cast, func, select

CELL, GRADE_CELL, TASK_CELL = BaseCell.__table__, GradeCell.__table__, TaskCell.__table__
"""A cell's class spreads over two tables; asked for by its class, the second is asked once a cell."""
GRADE = Grade.__table__
SCORES = GRADE.c.auto_score, GRADE.c.manual_score, GRADE.c.extra_credit, GRADE.c.needs_manual_grade


@dataclass(slots=True)
class StudentRow:
    """A student of the gradebook."""

    id: str
    first_name: str | None
    last_name: str | None

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(slots=True)
class CellRow:
    """A cell that has points, or may have: its key, its grade id, its notebook, and of how many points."""

    id: str
    name: str
    notebook: str
    max_score: float


@dataclass(slots=True)
class AssignmentRow:
    """A released lesson."""

    name: str
    duedate: datetime | None
    cells: list[CellRow]


@dataclass(slots=True)
class GradeRow:
    """What a cell of a submission has; ``score`` is nbgrader's."""

    name: str
    max_score: float
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    needs_manual_grade: bool

    @property
    def score(self) -> float:
        given = self.auto_score if self.manual_score is None else self.manual_score
        return 0.0 if given is None else given + (self.extra_credit or 0.0)

    @property
    def waits(self) -> bool:
        """Has nobody given it points yet?"""
        return self.auto_score is None and self.manual_score is None


@dataclass(slots=True)
class CommentRow:
    """What is said of a cell; ``comment`` is nbgrader's."""

    name: str
    auto_comment: str | None
    manual_comment: str | None

    @property
    def comment(self) -> str | None:
        return self.auto_comment if self.manual_comment is None else self.manual_comment


@dataclass(slots=True)
class NotebookRow:
    """A notebook of a submission."""

    name: str
    assignment: SubmissionRow
    grades: list[GradeRow] = field(default_factory=list)
    comments: list[CommentRow] = field(default_factory=list)

    @property
    def student(self) -> StudentRow:
        return self.assignment.student

    @property
    def score(self) -> float:
        return sum(grade.score for grade in self.grades)

    @property
    def max_score(self) -> float:
        return sum(cell.max_score for cell in self.assignment.assignment.cells if cell.notebook == self.name)


@dataclass(slots=True)
class SumRow:
    """A notebook of a submission, with its grades summed up.

    Attributes:
        name: of the notebook.
        points: of all grades.
        given, waiting: how many grades have points; how many a person must give points to.
    """

    name: str
    points: float
    given: int
    waiting: int


@dataclass(slots=True)
class SubmissionRow:
    """A submission, with its notebooks."""

    student: StudentRow
    assignment: AssignmentRow
    timestamp: datetime | None
    extension: timedelta | None
    notebooks: list[NotebookRow] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.assignment.name

    @property
    def duedate(self) -> datetime | None:
        due = self.assignment.duedate
        return due + (self.extension or timedelta()) if due is not None else None

    @property
    def total_seconds_late(self) -> float:
        due = self.duedate
        return 0.0 if self.timestamp is None or due is None else max(0.0, (self.timestamp - due).total_seconds())


def students_of(gradebook: Gradebook) -> dict[str, StudentRow]:
    """All students of the gradebook, by id."""
    asked = select(Student.id, Student.first_name, Student.last_name)
    return {row[0]: StudentRow(*row) for row in _ask(gradebook, asked)}


def assignment_row(gradebook: Gradebook, lesson: str) -> AssignmentRow | None:
    """A lesson with its cells in the order of their names; None where it was never released."""
    found = list(_ask(gradebook, select(Assignment.duedate).where(Assignment.name == lesson)))
    if not found:
        return None
    most = func.coalesce(GRADE_CELL.c.max_score, TASK_CELL.c.max_score)
    asked = (
        select(CELL.c.id, CELL.c.name, Notebook.name, most)
        .join(Notebook, Notebook.id == CELL.c.notebook_id)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .outerjoin(GRADE_CELL, GRADE_CELL.c.id == CELL.c.id)
        .outerjoin(TASK_CELL, TASK_CELL.c.id == CELL.c.id)
        .where(Assignment.name == lesson, most.is_not(None))
        .order_by(Notebook.name, CELL.c.name)
    )
    cells = [CellRow(key, name, notebook, float(points)) for key, name, notebook, points in _ask(gradebook, asked)]
    return AssignmentRow(lesson, found[0][0], cells)


def submission_rows(
    gradebook: Gradebook, assignment: AssignmentRow, students: Mapping[str, StudentRow], *, comments: bool = False
) -> list[SubmissionRow]:
    """The submissions of a lesson in the order of the students' ids, with notebooks and grades; comments if asked."""
    found = _submissions(gradebook, assignment, students)
    notebooks = {}
    asked = _of_lesson(select(SubmittedNotebook.id, Notebook.name, SubmittedAssignment.id), assignment.name)
    asked = asked.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id).order_by(Notebook.name)
    for key, name, submission in _ask(gradebook, asked):
        notebooks[key] = NotebookRow(name, found[submission])
        found[submission].notebooks.append(notebooks[key])
    _add_grades(gradebook, assignment, notebooks)
    if comments:
        _add_comments(gradebook, assignment.name, notebooks)
    return list(found.values())


def submission_sums(
    gradebook: Gradebook, assignment: AssignmentRow, students: Mapping[str, StudentRow]
) -> list[tuple[SubmissionRow, list[SumRow]]]:
    """The submissions of a lesson, without notebooks and grades; these summed up by the database, which is faster."""
    found: dict[str, tuple[SubmissionRow, list[SumRow]]] = {
        key: (submission, []) for key, submission in _submissions(gradebook, assignment, students).items()
    }
    asked = (
        select(SubmittedNotebook.assignment_id, Notebook.name, *_sums(assignment))
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(GRADE, GRADE.c.notebook_id == SubmittedNotebook.id)
        .where(GRADE.c.cell_id.in_([cell.id for cell in assignment.cells]))
        .group_by(SubmittedNotebook.id, SubmittedNotebook.assignment_id, Notebook.name)
    )
    for key, *given in _ask(gradebook, asked):
        if key in found:
            found[key][1].append(SumRow(*given))
    return list(found.values())


def _sums(assignment: AssignmentRow) -> list[Any]:
    """What `SumRow` has of a notebook's grades, but for its name, as SQL."""
    auto, manual, extra, needed = SCORES
    score = func.coalesce(manual, auto) + func.coalesce(extra, 0.0)
    worth = GRADE.c.cell_id.in_([cell.id for cell in assignment.cells if cell.max_score])
    given = score.is_not(None) & (worth | (score != 0))
    waits = worth & (needed | score.is_(None))
    return [func.coalesce(func.sum(score), 0.0), func.sum(cast(given, Integer)), func.sum(cast(waits, Integer))]


def _submissions(
    gradebook: Gradebook, assignment: AssignmentRow, students: Mapping[str, StudentRow]
) -> dict[str, SubmissionRow]:
    """The submissions by their keys, still without notebooks."""
    one = SubmittedAssignment
    asked = (
        select(one.id, one.student_id, one.timestamp, one.extension)
        .join(Assignment, Assignment.id == one.assignment_id)
        .where(Assignment.name == assignment.name)
        .order_by(one.student_id)
    )
    return {
        key: SubmissionRow(students[student], assignment, timestamp, extension)
        for key, student, timestamp, extension in _ask(gradebook, asked)
    }


def _add_grades(gradebook: Gradebook, assignment: AssignmentRow, notebooks: Mapping[str, NotebookRow]) -> None:
    cells = {cell.id: cell for cell in assignment.cells}
    asked = select(GRADE.c.cell_id, GRADE.c.notebook_id, *SCORES).where(GRADE.c.cell_id.in_(cells))
    for key, notebook, *given in _ask(gradebook, asked):
        if notebook in notebooks:
            notebooks[notebook].grades.append(GradeRow(cells[key].name, cells[key].max_score, *given))


def _add_comments(gradebook: Gradebook, lesson: str, notebooks: Mapping[str, NotebookRow]) -> None:
    said = Comment.auto_comment.is_not(None) | Comment.manual_comment.is_not(None)
    asked = select(Comment.notebook_id, CELL.c.name, Comment.auto_comment, Comment.manual_comment).where(said)
    asked = asked.join(CELL, CELL.c.id == Comment.cell_id)
    asked = asked.join(SubmittedNotebook, SubmittedNotebook.id == Comment.notebook_id)
    for notebook, *given in _ask(gradebook, _of_lesson(asked, lesson)):
        notebooks[notebook].comments.append(CommentRow(*given))


def _of_lesson(asked: Select[Any], lesson: str) -> Select[Any]:
    """Of what is asked of submitted notebooks, that of a lesson."""
    joined = asked.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    joined = joined.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    return joined.where(Assignment.name == lesson)


def _ask(gradebook: Gradebook, asked: Select[Any]) -> list[Any]:
    """The rows as tuples: nbgrader's session would make objects of them."""
    with gradebook.engine.connect() as connection:
        return list(connection.execute(asked))
