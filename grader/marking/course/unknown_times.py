"""Submissions of which nobody knows when they were handed in: an LMS told when it packed them, and that is their time.

Their time serves to tell newer work from older; nobody is late by it, wherever the due date is moved. Whoever writes
another time into timestamp.txt says when it was, and by that one is late.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from grader.marking.course.course import Course

FILE = "unknown-times.json"
Times = dict[str, dict[str, str]]
"""Lesson → student → the time in timestamp.txt, in UTC without a zone, as ISO 8601; "" where it is known by now."""


def is_unknown(course: Course, lesson: str, student: str, when: datetime | None) -> bool:
    """Is that time, in UTC with or without its zone, merely the one at which the student's submission was packed?"""
    return when is not None and unknown_times(course, lesson).get(student) == _text(when)


def unknown_times(course: Course, lesson: str) -> Mapping[str, str]:
    """Student → the time that is no time of handing in, or "" of one who had such; nothing where there is no file."""
    path = course.settings_folder / FILE
    return _read(path, _state(path)).get(lesson, {})


def note_times(course: Course, lesson: str, unknown: Mapping[str, datetime], known: set[str]) -> None:
    """Keep whose time is unknown, beside those that were so before, and of whom it is known now.

    Raises:
        OSError: it could not be written.
    """
    path = course.settings_folder / FILE
    before = _read(path, _state(path))
    kept = {student: "" if student in known else when for student, when in before.get(lesson, {}).items()}
    now = before | {lesson: kept | {student: _text(when) for student, when in unknown.items()}}
    if now == before | {lesson: before.get(lesson, {})}:
        return
    draft = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(now, indent=1, sort_keys=True) + "\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _text(when: datetime) -> str:
    return when.replace(tzinfo=None, microsecond=0).isoformat()


def _state(path: Path) -> object:
    """What changes with the file."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


@lru_cache(maxsize=64)
def _read(path: Path, _: object) -> Times:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {lesson: {str(one): str(when) for one, when in of.items()} for lesson, of in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}
