"""A class's points of a lesson as an LMS gets them: those of the class report, in the points that the lesson counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.marking.course.course import Course
from grader.marking.course.roster import Roster, roster_of
from grader.marking.course.settings import settings_of
from grader.marking.course.students import Student
from grader.marking.desk.lms.comments import comment_on
from grader.marking.feedback.class_report import Row, class_report


@dataclass(frozen=True)
class Grade:
    """A student's points and what is said beside them; None: the LMS gets none, and keeps what it has."""

    points: float | None = None
    comment: str = ""


@dataclass
class Grades:
    """The points of a class in one lesson.

    Attributes:
        lesson: its name.
        most: the points that it counts.
        students: everybody on the list, or, where there is none, everybody with points.
        given: by student.
        held: why somebody gets no points yet → who.
        nothing: those who have handed in nothing.
    """

    lesson: str
    most: float
    students: dict[str, Student]
    given: dict[str, Grade] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)
    nothing: list[str] = field(default_factory=list)

    def of(self, student: str) -> Grade:
        return self.given.get(student, Grade())


def grades_of(course: Course, lesson: str, *, anyway: bool = False, zero: bool = False) -> Grades:
    """The points of a class.

    Args:
        course: the course.
        lesson: its folder name.
        anyway: give also the points of those whose work is not marked to its end.
        zero: who has handed in nothing has none of the points; otherwise the LMS gets nothing of them.

    Raises:
        GraderError: the lesson was never released or marked.
    """
    report, roster = class_report(course, lesson), roster_of(course)
    own = sum(report.most.values())
    counts = settings_of(course).lesson(lesson).points
    most = own if counts is None else counts
    found = Grades(lesson, most, roster.students | {row.student: _student(roster, row) for row in report.rows})
    for row in report.rows:
        if row.status == "nothing handed in":
            found.nothing.append(row.student)
        elif (why := _why_held(row)) and not (anyway and row.has_marks):
            found.held.setdefault(why, []).append(row.student)
        elif row.has_marks:
            points = round(row.total * most / own, 2) if own else 0.0
            found.given[row.student] = Grade(points, comment_on(row, report, points, most))
    found.nothing += [student for student in found.students if student not in {row.student for row in report.rows}]
    if zero:
        found.given |= {student: Grade(0.0, "Nothing was handed in.") for student in found.nothing}
    return found


def _student(roster: Roster, row: Row) -> Student:
    """The student of a row, as the list has them."""
    return roster.students.get(row.student) or Student(row.student, row.name)


def _why_held(row: Row) -> str:
    """Why the points of a row are not all that they will be, or ""."""
    if not row.has_marks:
        return "nothing is marked yet"
    if row.waiting:
        return f"{', '.join(row.waiting)} waits for a person"
    if row.old:
        return "the marks are of an earlier attempt, as the newest could not be marked"
    return "something could not be marked, or a newer attempt is not marked yet" if row.not_marked else ""
