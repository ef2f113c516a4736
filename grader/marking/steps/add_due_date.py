"""Says in a released lesson when it is due, for students to read; and again in what is released when a date moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry

from grader.checks.due import DUE_FILE, Due, read_due
from grader.marking.course.course import Course
from grader.marking.course.settings import settings_of
from grader.marking.steps.due_dates import put_due_dates


def add_due_date(course: Course, *, assignment: str, **_: object) -> None:
    """Write a lesson's due date into its release; nbgrader calls this after it generated an assignment.

    Raises:
        GraderError: the course's settings cannot be used.
    """
    with Gradebook(course.db_url, course.id) as gradebook:
        put_due_dates(gradebook, course)
        gradebook.db.commit()
        with suppress(MissingEntry):
            _tell(course.release / assignment, due_in_words(course, gradebook.find_assignment(assignment)))


def tell_due_dates(course: Course, gradebook: Gradebook) -> None:
    """Bring the dates in all released folders up to date; what cannot be written stays as it is."""
    for assignment in gradebook.db.query(Assignment).all():
        due = due_in_words(course, assignment)
        for folder in released_folders(course, assignment.name):
            with suppress(OSError):
                _tell(folder, due)


def released_folders(course: Course, lesson: str) -> Iterator[Path]:
    """Where a lesson is released: in the course folder, and in the exchange."""
    places = (course.release / lesson, course.exchange / course.id / "outbound" / lesson)
    return (place for place in places if place.is_dir())


def due_in_words(course: Course, assignment: Assignment) -> Due | None:
    """A lesson's due date as students read it: the gradebook's, which is that of the settings where they name one."""
    if assignment.duedate is None:
        return None
    settings = settings_of(course)
    rule = settings.late_rule(assignment.name)
    when = assignment.duedate.replace(tzinfo=UTC).astimezone(settings.zone)
    return Due(when, settings.timezone, str(rule) if rule else "")


def _tell(folder: Path, due: Due | None) -> None:
    if due is None:
        (folder / DUE_FILE).unlink(missing_ok=True)
    elif read_due(folder) != due:
        due.write(folder)
