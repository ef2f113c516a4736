"""Whose feedback is not ready: work that waits for a person, is not marked, or has marks of an earlier attempt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.times import time_in
from grader.marking.steps.audit_records import AuditRecords, CutRecord, Record
from grader.marking.steps.fingerprint import work_of

NEWER = "a newer attempt is not marked yet"
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
    records = AuditRecords(course, lesson)
    found = {student: _why(course, records, student, when, waiting.get(student, [])) for student, when in known.items()}
    return {student: why for student, why in found.items() if why}


def _known(gradebook: Gradebook, lesson: str, students: Collection[str] | None) -> dict[str, datetime | None]:
    """Student → when what is in the gradebook was handed in."""
    row = SubmittedAssignment
    rows = gradebook.db.query(row.student_id, row.timestamp).join(Assignment).filter(Assignment.name == lesson)
    rows = _of_one(rows, students)
    return dict(sorted((name, when) for name, when in rows if students is None or name in students))


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


def _why(course: Course, records: AuditRecords, student: str, marked: datetime | None, waiting: Collection[str]) -> str:
    reasons = []
    unmarked, old, newer = False, False, _came_later(course, records.lesson, student, marked)
    for name in notebooks_of(records.lesson):
        try:
            record = records.read(student, name) or {}
        except CutRecord:
            record = {"not_marked": {name: ""}}
        unmarked, old = unmarked or bool(record.get("not_marked")), old or bool(record.get("old"))
        newer = newer or (not record.get("old") and _is_other_work(course, records.lesson, student, record))
    if old:
        reasons.append("the marks are of an earlier attempt, as the newest could not be marked")
    elif newer:
        reasons.append(NEWER)
    elif unmarked:
        reasons.append("something could not be marked")
    if waiting:
        more = f" and {len(waiting) - MOST_NAMES} more" if len(waiting) > MOST_NAMES else ""
        names = ", ".join(sorted(waiting)[:MOST_NAMES])
        reasons.append(f"{names}{more} wait{'s' if len(waiting) == 1 else ''} for a person")
    return "; ".join(reasons)


def _came_later(course: Course, lesson: str, student: str, marked: datetime | None) -> bool:
    """Does what lies in the course folder say that it was handed in after what is marked?"""
    try:
        return marked is not None and time_in(course.submission(student, lesson) / "timestamp.txt") > marked
    except (OSError, ValueError):
        return False


def _is_other_work(course: Course, lesson: str, student: str, record: Record) -> bool:
    """Is it another work than that of which the record is? Not all that is handed in has a time."""
    marked = record.get("made_from", {}).get("submission")
    try:
        return bool(marked) and work_of(course, lesson, student) != marked
    except OSError:
        return False
