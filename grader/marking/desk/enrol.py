"""Take a class's list into the course: ``roster.csv``, and names in nbgrader's gradebook, which Formgrader shows."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.api import Student as GradebookStudent

from grader.checks.task import lessons
from grader.marking.course.course import Course
from grader.marking.course.own_files import check_gradebook
from grader.marking.course.rights import protect
from grader.marking.course.roster import Roster, roster_of, roster_with, write_roster
from grader.marking.course.student_table import Students, read_students
from grader.marking.course.students import Student
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook


@dataclass
class Enrolled:
    """What came of taking a list.

    Attributes:
        roster: the list as it is now.
        new, changed: ids of those who were not on it, or of whom something is another.
        gone: ids of those who are not on the new list and stay, with the reason.
        removed: ids of those who were taken off.
        unlisted: ids of those who have work and are on no list.
        remarks: what to look at.
    """

    roster: Roster
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def enrol(course: Course, file: Path, *, remove: bool = False) -> Enrolled:
    """Take a class's list, beside or in place of the one that is there.

    Args:
        course: the course.
        file: the list, as `read_students` takes it; a column that it lacks leaves what is known as it is.
        remove: take off those who are no longer on it, if they have no work.

    Raises:
        GraderError: the list has a fault, or the gradebook is damaged; then nothing is changed.
    """
    told, before = read_students(file), roster_of(course)
    check_gradebook(course)
    now = {one.id: _kept(one, before.students.get(one.id), told) for one in told.students}
    done = Enrolled(Roster(), remarks=list(told.remarks))
    with course_gradebook(course_api(course)) as gradebook:
        known = {row.id: row for row in gradebook.db.query(GradebookStudent)}
        busy = _with_work(course, known.values())
        for one in before.students.values():
            if one.id not in now:
                _leave(one, now, done, busy, remove)
        done.roster = roster_with(now.values())
        done.new = [one for one in done.roster.students if one not in before]
        both = [one for one in done.roster.students if one in before]
        done.changed = [one for one in both if _facts(now[one]) != _facts(before.students[one])]
        done.unlisted = sorted(busy - now.keys())
        write_roster(course, done.roster)
        _put_into(gradebook, known, done)
    protect(course)
    return done


def _facts(one: Student) -> tuple[str, ...]:
    """What is known of a student, as the list keeps it, be the last name told or taken from the name."""
    return one.first_name, one.last_name, one.email, one.lms_id


def _kept(one: Student, before: Student | None, told: Students) -> Student:
    """A student with what an earlier list told of the columns that this one lacks."""
    if before is None:
        return one
    named = {"name", "first", "last"} & told.fields
    return replace(
        one,
        name=one.name if named else before.name,
        last=one.last if named else before.last,
        email=one.email if "email" in told.fields else before.email,
        lms_id=one.lms_id if "lms_id" in told.fields else before.lms_id,
    )


def _leave(one: Student, now: dict[str, Student], done: Enrolled, busy: set[str], remove: bool) -> None:
    """Take a student off who is not on the new list, or keep them and say why."""
    if remove and one.id not in busy:
        done.removed.append(one.id)
        return
    now[one.id] = one
    done.gone[one.id] = "has work in the course" if one.id in busy else "has no work: `--remove` takes them off"


def _with_work(course: Course, known: Iterable[GradebookStudent]) -> set[str]:
    """Ids of those with a submission, a marked one, or a row of points."""
    found = {row.id for row in known if row.submissions}
    for folder in (course.submitted, course.autograded):
        if folder.is_dir():
            with os.scandir(folder) as entries:
                found |= {entry.name for entry in entries if _holds_a_lesson(entry)}
    return found


def _holds_a_lesson(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and any((Path(entry) / lesson).is_dir() for lesson in lessons())


def _put_into(gradebook: Gradebook, known: dict[str, GradebookStudent], done: Enrolled) -> None:
    """Put names into the gradebook in one step; those who were taken off and have no row of points are removed."""
    for one in done.roster.students.values():
        row = known.get(one.id)
        if row is None:
            row = GradebookStudent(id=one.id)
            gradebook.db.add(row)
        row.first_name, row.last_name = (one.first_name, one.last_name) if one.name else (None, None)
        row.email, row.lms_user_id = one.email or None, one.lms_id or None
    for name in done.removed:
        if name in known:
            gradebook.db.delete(known[name])
    gradebook.db.commit()
