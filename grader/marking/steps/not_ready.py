"""Whose feedback is not ready: work that waits for a person, is not marked, or has marks of an earlier attempt."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.steps.audit_records import AuditRecords, CutRecord

MOST_NAMES = 3
"""Grade ids that are named in a line."""


def not_ready(
    course: Course, gradebook: Gradebook, lesson: str, students: Collection[str] | None = None
) -> dict[str, str]:
    """Student → why feedback on what they have handed in says less than it will; who is ready is not among them.

    Args:
        course, gradebook: the course, and its gradebook.
        lesson: which lesson.
        students: only these; all in the gradebook, if None.
    """
    waiting = _waiting(gradebook, lesson, students)
    known = _known(gradebook, lesson, students)
    found = {student: _why(AuditRecords(course, lesson), student, waiting.get(student, [])) for student in known}
    return {student: why for student, why in found.items() if why}


def _known(gradebook: Gradebook, lesson: str, students: Collection[str] | None) -> list[str]:
    rows = gradebook.db.query(SubmittedAssignment.student_id).join(Assignment).filter(Assignment.name == lesson)
    rows = _of_one(rows, students)
    return sorted(name for (name,) in rows if students is None or name in students)


def _waiting(gradebook: Gradebook, lesson: str, students: Collection[str] | None) -> dict[str, list[str]]:
    """Student → the grade ids that wait for a person."""
    rows = (
        gradebook.db.query(Grade, SubmittedAssignment.student_id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == lesson, Grade.needs_manual_grade)
    )
    found: dict[str, list[str]] = {}
    for grade, student in _of_one(rows, students):
        if grade.cell.max_score:
            found.setdefault(student, []).append(grade.name)
    return found


def _of_one(rows: Any, students: Collection[str] | None) -> Any:
    """The rows of that student where only one is asked for."""
    if students is not None and len(students) == 1:
        return rows.filter(SubmittedAssignment.student_id == next(iter(students)))
    return rows


def _why(records: AuditRecords, student: str, waiting: Collection[str]) -> str:
    reasons = []
    unmarked, old = False, False
    for name in notebooks_of(records.lesson):
        try:
            record = records.read(student, name) or {}
        except CutRecord:
            record = {"not_marked": {name: ""}}
        unmarked, old = unmarked or bool(record.get("not_marked")), old or bool(record.get("old"))
    if old:
        reasons.append("the marks are of an earlier attempt, as the newest could not be marked")
    elif unmarked:
        reasons.append("something could not be marked")
    if waiting:
        more = f" and {len(waiting) - MOST_NAMES} more" if len(waiting) > MOST_NAMES else ""
        names = ", ".join(sorted(waiting)[:MOST_NAMES])
        reasons.append(f"{names}{more} wait{'s' if len(waiting) == 1 else ''} for a person")
    return "; ".join(reasons)
