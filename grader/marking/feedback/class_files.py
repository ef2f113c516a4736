"""What lies in the folders that a class handed in: when it was handed in, what else is there, and how many attempts.

A folder that has not changed is looked into once in a process: 1,000 of them take half a second.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path

from grader.marking.course.attempts import Attempt, attempts
from grader.marking.course.contents import MOST_ENTRIES, printable, walk
from grader.marking.course.course import Course
from grader.marking.course.submissions import NOTE
from grader.marking.course.times import time_in
from grader.marking.steps.other_files import other_files
from grader.marking.steps.take_copies import notes_of_copies

TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True)
class FilesOfOne:
    """One submission's folder: lines about what else lies there, and when it was handed in, if that is known."""

    lines: tuple[str, ...]
    handed_in: datetime | None


def files_of_class(course: Course, lesson: str, students: Iterable[str]) -> dict[str, FilesOfOne]:
    """Student → what lies in the folder that was handed in; also of one that is gone, or cannot be read."""
    copies = _facts(notes_of_copies(course))
    return {
        student: _files(course, lesson, student, (copies, _state(course.submission(student, lesson))))
        for student in students
    }


def _state(folder: Path) -> int | None:
    """A number that changes with whatever lies in a folder, or in the note of collecting beside it."""
    try:
        found = [
            (name, _of(entry.stat(follow_symlinks=False))) for entry, name, _ in islice(walk(folder), MOST_ENTRIES)
        ]
    except OSError:
        return None
    return hash((tuple(found), _facts(folder.with_name(folder.name + NOTE))))


def _facts(path: Path | str) -> tuple[int, ...]:
    """What changes with a file; () where there is none."""
    try:
        return _of(os.stat(path))
    except OSError:
        return ()


def _of(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino


@lru_cache(maxsize=20_000)
def _files(course: Course, lesson: str, student: str, _: object) -> FilesOfOne:
    return FilesOfOne(_lines(course, lesson, student), handed_in(course, lesson, student))


def handed_in(course: Course, lesson: str, student: str) -> datetime | None:
    """When it was handed in, with its zone; None where timestamp.txt does not say."""
    path = f"{course.submitted}/{student}/{lesson}/{TIMESTAMP}"
    facts = _facts(path)
    return _moment(path, facts) if facts else None


@lru_cache(maxsize=50_000)
def _moment(path: str, _: object) -> datetime | None:
    try:
        return time_in(Path(path)).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return None


def _lines(course: Course, lesson: str, student: str) -> tuple[str, ...]:
    try:
        return tuple(other_files(course, lesson, student).lines)
    except FileNotFoundError:
        again = f"put it back, or take the student out: `nbgrader db student remove {printable(student)} --force`"
        return (f"in the gradebook, and what was handed in is gone: {again}",)
    except OSError as failure:
        return (f"what was handed in cannot be read ({failure.strerror})",)


def count_attempts(course: Course, lesson: str) -> Counter[str]:
    """Student → how often the lesson lies in the folder that students hand in to."""
    try:
        found = attempts(course.exchange / course.id / "inbound", lesson)
        return Counter(attempt.student for _, attempt in found if isinstance(attempt, Attempt))
    except OSError:
        return Counter()
