"""What a mark depends on: the submission, the lesson as it was released, and the grader itself; and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from grader.marking.course.contents import contents
from grader.marking.course.course import Course
from grader.marking.course.version import SHOWN, digest_of, grader_version, released, versions


def fingerprint(course: Course, lesson: str, student: str, *rules: object) -> str:
    """SHA-256 of all that a submission's marks depend on: the same fingerprint means the same marks.

    Args:
        course, lesson, student: whose submission.
        rules: what the configuration says of marking, such as its limits; their `repr` counts.

    Raises:
        OSError: the submission cannot be read.
    """
    return digest(made_from(course, lesson, student, *rules))


def digest(parts: Mapping[str, str]) -> str:
    """SHA-256 of what `made_from` found, and of the grader's version."""
    return hashlib.sha256(json.dumps([grader_version(), sorted(parts.items())]).encode()).hexdigest()


def made_from(course: Course, lesson: str, student: str, *rules: object) -> dict[str, str]:
    """What a submission's marks depend on, each by a digest or version: see `course.journal.MADE_FROM`.

    What cannot be taken (`contents`) counts by its name and the reason: a file of a terabyte is not read.

    Raises:
        OSError: the submission cannot be read.
    """
    return {
        "submission": work_of(course, lesson, student),
        "lesson": _hex(released(course, lesson)),
        **versions(),
        "limits": _hex(repr(rules)),
        "secret": _hex(course.secret().hex())[:SHOWN],
    }


def work_of(course: Course, lesson: str, student: str) -> str:
    """SHA-256 of what was handed in, as `made_from` has it.

    Raises:
        OSError: the submission cannot be read.
    """
    submitted = course.submission(student, lesson)
    found = contents(submitted)
    work = digest_of(submitted, (submitted / file.name for file in found.files)) + repr(found.left_out).encode()
    return hashlib.sha256(work).hexdigest()


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
