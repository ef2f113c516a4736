"""What was imported of a lesson: by student what the LMS calls it, and when the LMS packed it."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from grader.marking.course.course import Course

FORMAT = 1
FILE = "imported.json"


@dataclass(frozen=True)
class Placed:
    """What was imported of a student.

    Attributes:
        system: whose way of naming it was.
        upload: what it was called: Canvas's beginning of the files' names, Moodle's of the folder's.
        paths: where its files lay in the download.
        made: when the LMS packed it, in UTC without a zone, as ISO 8601; "" where that is not known.
    """

    system: str
    upload: str
    paths: list[str]
    made: str = ""

    @property
    def packed(self) -> datetime | None:
        return datetime.fromisoformat(self.made) if self.made else None


def folder_of(course: Course, lesson: str) -> Path:
    """Where downloads of a lesson are looked for."""
    return course.downloaded / lesson


def read_placed(course: Course, lesson: str) -> dict[str, Placed]:
    """By student what was imported; nothing where the file is missing or is not what `write_placed` wrote."""
    try:
        found = json.loads((folder_of(course, lesson) / FILE).read_text(encoding="utf-8"))
        placed = {str(student): Placed(**facts) for student, facts in found["students"].items()}
        for one in placed.values():
            assert one.packed is None or one.packed.tzinfo is None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, AssertionError):
        return {}
    return placed


def write_placed(course: Course, lesson: str, placed: dict[str, Placed]) -> None:
    """Keep what was imported.

    Raises:
        OSError: it could not be written.
    """
    folder = folder_of(course, lesson)
    folder.mkdir(parents=True, exist_ok=True)
    course.downloaded.chmod(0o700)
    about = {"format": FORMAT, "students": {student: asdict(one) for student, one in sorted(placed.items())}}
    draft = folder / f".{FILE}.{secrets.token_hex(4)}"
    try:
        draft.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", errors="replace")
        os.replace(draft, folder / FILE)
    finally:
        draft.unlink(missing_ok=True)
