"""A lesson's submissions in the course folder: who handed in, and which notebooks."""

from __future__ import annotations

from collections.abc import Iterable

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of


def submitters(course: Course, lesson: str) -> list[str]:
    """Names of the students who handed the lesson in, sorted."""
    return sorted(path.parent.name for path in course.submitted.glob(f"*/{lesson}") if path.is_dir())


def chosen(course: Course, lesson: str, students: Iterable[str] | None) -> list[str]:
    """Names of the students to mark: those given, or all who handed in.

    Raises:
        GraderError: one of those given has not handed in, or nobody has.
    """
    there = submitters(course, lesson)
    students = there if students is None else list(dict.fromkeys(students))
    for student in students:
        if student not in there:
            raise GraderError(f"{student} has not handed in {lesson}; who has: {', '.join(there) or 'nobody'}")
    if not students:
        raise GraderError(f"nobody has handed in {lesson}: nothing lies in {course.submitted}; did you collect?")
    return students


def handed_in(course: Course, lesson: str, student: str) -> list[str]:
    """The names of the lesson's notebooks that a student handed in."""
    there = {path.stem for path in course.submission(student, lesson).glob("*.ipynb")}
    return [name for name in notebooks_of(lesson) if name in there]
