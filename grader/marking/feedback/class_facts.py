"""What the gradebook knows of a class in a lesson, read in a few queries: all that its rows are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from nbgrader.api import Gradebook

from grader.checks.task import all_tasks
from grader.marking.course.course import Course
from grader.marking.course.own_files import check_gradebook
from grader.marking.course.roster import roster_of
from grader.marking.steps.late_penalty import LatePenalties
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook
from grader.marking.steps.submitted_rows import (
    AssignmentRow,
    StudentRow,
    SubmissionRow,
    SumRow,
    assignment_row,
    students_of,
    submission_rows,
    submission_sums,
)


@dataclass(frozen=True)
class ClassFacts:
    """All that the rows of a lesson are made of.

    Attributes:
        names: of all students of the course, by id; "" where nobody said.
        submissions: those of the gradebook, by student.
        most: points by grade id: the tasks in their order, then what is marked by hand.
        notebooks: grade id → the notebook that it is in.
        penalties: what is taken off for handing in late.
        due: when the lesson is due, with its zone; extensions apart.
    """

    course: Course
    lesson: str
    names: dict[str, str]
    submissions: dict[str, SubmissionRow]
    most: dict[str, float]
    notebooks: dict[str, str]
    penalties: LatePenalties
    due: datetime | None

    def due_of(self, student: str) -> datetime | None:
        """When it is due for a student, the extension included."""
        submission = self.submissions.get(student)
        return _due_of(self.course, self.lesson, student, submission, self.due)


@dataclass(frozen=True)
class ClassSums:
    """What a line of the overview is made of: `ClassFacts` with sums in place of grades."""

    course: Course
    lesson: str
    names: dict[str, str]
    submissions: dict[str, tuple[SubmissionRow, list[SumRow]]]
    most: float
    penalties: LatePenalties
    due: datetime | None

    def due_of(self, student: str) -> datetime | None:
        """When it is due for a student, the extension included."""
        found = self.submissions.get(student)
        return _due_of(self.course, self.lesson, student, found[0] if found else None, self.due)


def class_facts(course: Course, lesson: str) -> ClassFacts | None:
    """The facts of a lesson; None where it was never released.

    Raises:
        GraderError: the gradebook is damaged.
    """
    with _opened(course) as (gradebook, penalties):
        students = students_of(gradebook)
        if (assignment := assignment_row(gradebook, lesson)) is None:
            return None
        rows = submission_rows(gradebook, assignment, students, comments=True)
    submissions = {row.student.id: row for row in rows}
    due = zoned(assignment.duedate)
    return ClassFacts(course, lesson, _names(course, students), submissions, *_worth(assignment, rows), penalties, due)


def class_sums(course: Course, lessons: Iterable[str]) -> dict[str, ClassSums]:
    """The sums of those of the lessons that were released once.

    Raises:
        GraderError: the gradebook is damaged.
    """
    found = {}
    with _opened(course) as (gradebook, penalties):
        students = students_of(gradebook)
        names = _names(course, students)
        for lesson in lessons:
            if (assignment := assignment_row(gradebook, lesson)) is not None:
                rows = {row.student.id: (row, sums) for row, sums in submission_sums(gradebook, assignment, students)}
                most, due = sum(cell.max_score for cell in assignment.cells), zoned(assignment.duedate)
                found[lesson] = ClassSums(course, lesson, names, rows, most, penalties, due)
    return found


@contextmanager
def _opened(course: Course) -> Iterator[tuple[Gradebook, LatePenalties]]:
    check_gradebook(course)
    api = course_api(course)
    with course_gradebook(api) as gradebook:
        yield gradebook, LatePenalties(api.config)


def _names(course: Course, students: Mapping[str, StudentRow]) -> dict[str, str]:
    """What everybody is called who is on the course's list, or in the gradebook."""
    listed = {student.id: student.name for student in roster_of(course).students.values()}
    known = {student.id: student.name for student in students.values()}
    return {one: listed.get(one) or known.get(one, "") for one in {**listed, **known}}


def _due_of(
    course: Course, lesson: str, student: str, submission: SubmissionRow | None, due: datetime | None
) -> datetime | None:
    """When it is due for a student: by the gradebook, where only who is marked has an extension, else by settings."""
    if submission is not None:
        return zoned(submission.duedate)
    settings = course.settings
    until = settings.lesson(lesson).extensions.get(student) if settings is not None else None
    return max(due, until) if due and until else until or due


def _worth(assignment: AssignmentRow, rows: Iterable[SubmissionRow]) -> tuple[dict[str, float], dict[str, str]]:
    """The cells that have points, or for which somebody got some: of how many, and in which notebook."""
    got = {grade.name for row in rows for notebook in row.notebooks for grade in notebook.grades if grade.score}
    order = [task.grade_id for task in all_tasks().values() if task.lesson == assignment.name]
    places = {name: place for place, name in enumerate(order)}
    cells = [cell for cell in assignment.cells if cell.max_score or cell.name in got]
    cells.sort(key=lambda cell: (places.get(cell.name, len(places)), cell.name))
    return {cell.name: cell.max_score for cell in cells}, {cell.name: cell.notebook for cell in cells}


def zoned(moment: datetime | None) -> datetime | None:
    """The gradebook's times are in UTC, and do not say so."""
    return moment.replace(tzinfo=UTC) if moment is not None else None
