"""Fetch from the exchange what students handed in."""

from __future__ import annotations

from dataclasses import dataclass

from grader.checks.errors import GraderError
from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.rights import protect
from grader.marking.course.roster import NOT_ON_LIST, roster_of
from grader.marking.course.submissions import misplaced, not_collected, submitters
from grader.marking.steps.nbgrader_adapter import collect_attempts


@dataclass(frozen=True)
class Collected:
    """What came of collecting.

    Attributes:
        students: names of the students who have handed the lesson in so far.
        refused: each attempt that was not collected, with the reason; what was collected before is still there.
        notes: what was left out of those that were collected, what lies in a wrong place, and who is not on the list.
        new: those of whom something was collected now.
    """

    students: list[str]
    refused: list[str]
    notes: list[str]
    new: list[str]


def collect(course: Course, lesson: str, *, any_owner: bool = False) -> Collected:
    """Copy the newest submission of every student from the exchange into the course folder.

    Args:
        course: the course.
        lesson: the lesson, as `lesson_id` takes it.
        any_owner: take also what belongs to another account than the one called as the student is: where students have
            other names than their accounts. Then any account can hand in in any student's name.

    Raises:
        GraderError: no such lesson, it was never released, or nbgrader failed.
    """
    lesson = lesson_id(lesson)
    if not (course.exchange / course.id).is_dir():
        raise GraderError(f"nothing is in the exchange yet: run `grader release {lesson}` first")
    try:
        done = collect_attempts(course, lesson, any_owner)
    except OSError as failure:
        raise GraderError(f"the submissions of {lesson} could not be collected: {failure}") from None
    protect(course)
    students = submitters(course, lesson)
    notes = [f"{printable(who)}: {line}" for who in students for line in not_collected(course, lesson, who)]
    refused = [f"{name}: {why}" for name, why in done.refused.items()]
    notes += [one.what for one in misplaced(course, lesson)] + _unlisted(course, students)
    return Collected(students, refused, notes, done.collected)


def _unlisted(course: Course, students: list[str]) -> list[str]:
    roster = roster_of(course)
    return [f"{printable(one)}: handed in, and is {NOT_ON_LIST}" for one in students if roster and one not in roster]
