"""The list of a class: each student's id, name, e-mail and number in the LMS, as ``roster.csv`` in the course folder.

The id is the name of the student's folder, in the exchange and in the course. A student may be found by any of the
others too, as an LMS has its own way of naming them.
"""

from __future__ import annotations

import csv
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from pathlib import Path

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.csv_table import guarded
from grader.marking.course.same_name import same_name
from grader.marking.course.student_table import read_students
from grader.marking.course.students import Student

NOT_ON_LIST = "not on the list of the class (`grader roster`): is the name spelt so?"
COLUMNS = ("id", "first_name", "last_name", "email", "lms_id")


@dataclass(frozen=True)
class Roster:
    """A class; ``in`` and ``len`` mean its students."""

    students: dict[str, Student] = field(default_factory=dict)
    """By id, in the order of the ids."""

    def __contains__(self, student: object) -> bool:
        return student in self.students

    def __len__(self) -> int:
        return len(self.students)

    def name_of(self, student: str) -> str:
        """What a student is called; "" where the id is not on the list."""
        found = self.students.get(student)
        return found.name if found is not None else ""

    def by_lms_id(self, lms_id: str) -> str:
        """The id of the student with that number in the LMS, or ""."""
        return self._lms_ids.get(lms_id, "")

    def by_email(self, email: str) -> str:
        """The id of the student with that address, or ""."""
        return self._emails.get(email.strip().casefold(), "")

    def by_id(self, student: str) -> str:
        """The id as the list has it, whatever its capitals; "" where it is not on the list."""
        return student if student in self.students else self._ids.get(student.casefold(), "")

    def by_name(self, name: str) -> list[str]:
        """The ids of those who are called so, in whatever order and with umlauts in any spelling."""
        return [student.id for student in self.students.values() if student.name and same_name(student.name, name)]

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {one.casefold(): one for one in self.students}

    @cached_property
    def _lms_ids(self) -> dict[str, str]:
        return {one.lms_id: one.id for one in self.students.values() if one.lms_id}

    @cached_property
    def _emails(self) -> dict[str, str]:
        return {one.email.casefold(): one.id for one in self.students.values() if one.email}


def roster_of(course: Course) -> Roster:
    """The course's list; an empty one where none was imported.

    Raises:
        GraderError: ``roster.csv`` cannot be read or has a fault; the message names its lines.
    """
    return roster_with(read_students(course.roster).students) if course.roster.exists() else Roster()


def roster_with(students: Iterable[Student]) -> Roster:
    """A list of these students."""
    return Roster({one.id: one for one in sorted(students, key=lambda one: one.id)})


def write_roster(course: Course, roster: Roster) -> Path:
    """Write the list whole, for its owner alone; the one before stays until then.

    Raises:
        GraderError: it could not be written.
    """
    path = course.roster
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in roster.students.values():
        writer.writerow(map(guarded, (one.id, one.first_name, one.last_name, one.email, one.lms_id)))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        course.root.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write("\ufeff" + out.getvalue())  # by the mark Excel knows that it is UTF-8
        draft.replace(path)
    except OSError as failure:
        raise GraderError(f"{path} could not be written ({failure.strerror})") from None
    finally:
        draft.unlink(missing_ok=True)
    return path
