"""Puts a course's due dates and extensions into nbgrader's gradebook, so that nbgrader and Formgrader have the same.

A date that ``course.toml`` names is the gradebook's, too; where it names none, the gradebook's own stays, which may be
entered in Formgrader. Extensions are those of the settings, as soon as these say anything about a lesson's dates.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from sqlalchemy import or_

from grader.marking.course.course import Course
from grader.marking.course.extensions import EXTENSIONS
from grader.marking.course.settings import LessonSettings
from grader.marking.course.unknown_times import is_unknown, unknown_times


def put_due_dates(gradebook: Gradebook, course: Course) -> None:
    """Put the dates of all lessons and the extensions of all submissions into the rows; whoever calls saves them."""
    settings = course.settings
    for assignment in gradebook.db.query(Assignment).all():
        own = settings.lesson(assignment.name) if settings is not None else LessonSettings()
        if own.due is not None and assignment.duedate != in_utc(own.due):
            assignment.duedate = in_utc(own.due)
        unknown = unknown_times(course, assignment.name)
        says = _says_extensions(course, own)
        if says or unknown:
            has_one = SubmittedAssignment.student_id.in_([*own.extensions, *unknown])
            if says:
                has_one = or_(SubmittedAssignment.extension.isnot(None), has_one)
            query = gradebook.db.query(SubmittedAssignment)
            for submission in query.filter(SubmittedAssignment.assignment_id == assignment.id, has_one).all():
                _put_extension(submission, own, course)


def put_extension(submission: SubmittedAssignment, course: Course) -> None:
    """Put a student's extension into the row of a submission; whoever calls saves it."""
    settings, lesson = course.settings, submission.assignment.name
    own = settings.lesson(lesson) if settings is not None else LessonSettings()
    if _says_extensions(course, own) or submission.student.id in unknown_times(course, lesson):
        _put_extension(submission, own, course)


def _says_extensions(course: Course, own: LessonSettings) -> bool:
    return own.due is not None or bool(own.extensions) or (course.settings_folder / EXTENSIONS).exists()


def _put_extension(submission: SubmittedAssignment, own: LessonSettings, course: Course) -> None:
    """Put it there; who handed in nobody knows when has as much as it takes not to be late."""
    due, student, when = submission.assignment.duedate, submission.student.id, submission.timestamp
    extension = extension_until(due, own.extensions.get(student))
    if due is not None and is_unknown(course, submission.assignment.name, student, when):
        extension = max(extension or timedelta(), when - due) or None
    if submission.extension != extension:
        submission.extension = extension


def extension_until(due: datetime | None, until: datetime | None) -> timedelta | None:
    """From a due date in the gradebook's UTC to a later moment; None where it is not later, or there is no due date."""
    if due is None or until is None or in_utc(until) <= due:
        return None
    return in_utc(until) - due


def in_utc(when: datetime) -> datetime:
    """A moment as nbgrader's gradebook has it: in UTC, without a zone."""
    return when.astimezone(UTC).replace(tzinfo=None)
