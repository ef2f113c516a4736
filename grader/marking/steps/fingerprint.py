"""What a mark depends on, as one digest: the submission, the lesson as it was released, and the grader itself."""

from __future__ import annotations

import hashlib

from grader.marking.course.contents import contents
from grader.marking.course.course import Course
from grader.marking.course.version import digest_of, grader_version, released


def fingerprint(course: Course, lesson: str, student: str, *rules: object) -> str:
    """SHA-256 of all that a submission's marks depend on: the same fingerprint means the same marks.

    Args:
        course, lesson, student: whose submission.
        rules: what the configuration says of marking, such as its limits; their `repr` counts.

    What cannot be taken (`contents`) counts by its name and the reason: a file of a terabyte is not read.

    Raises:
        OSError: the submission cannot be read.
    """
    digest = hashlib.sha256()
    for part in (grader_version(), released(course, lesson), course.secret().hex(), *map(repr, rules)):
        digest.update(part.encode())
    submitted = course.submission(student, lesson)
    found = contents(submitted)
    digest.update(digest_of(submitted, (submitted / file.name for file in found.files)))
    digest.update(repr(found.left_out).encode())
    return digest.hexdigest()
