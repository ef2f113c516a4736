"""Puts a student's copy into the place of the notebook that was meant, and keeps a note of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of

UNTOUCHED = ".untouched"
"""Added to the name of a notebook in whose place a copy was put."""


def put_copy_in_place(course: Course, lesson: str, student: str, notebook: str, copy: str) -> None:
    """Put a copy of the file ``copy`` into the notebook's place.

    An untouched notebook is kept under `UNTOUCHED`, the copy stays where it is, and ``taken-copies.json`` in the course
    folder says what was done.
    """
    folder = course.submission(student, lesson)
    place = folder / f"{notebook}.ipynb"
    draft = place.with_name(f"{place.name}.tmp")
    shutil.copyfile(folder / copy, draft)
    if place.exists():
        os.replace(place, place.with_name(place.name + UNTOUCHED))
    os.replace(draft, place)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    _write(course, _read(course) | {f"{lesson}/{student}/{place.name}": {"taken from": copy, "at": when}})


def taken_copies(course: Course, lesson: str, student: str) -> Iterator[str]:
    """Lines about the copies that were taken, as long as they are still in place."""
    folder, notes = course.submission(student, lesson), _read(course)
    for name in (f"{notebook}.ipynb" for notebook in notebooks_of(lesson)):
        note = notes.get(f"{lesson}/{student}/{name}")
        if note and _same(folder / name, folder / note["taken from"]):
            yield f"{name} is {printable(note['taken from'])}, taken by --take-copies at {note['at']}"


def notes_of_copies(course: Course) -> Path:
    """The file that says which copies were taken."""
    return course.root / "taken-copies.json"


def _read(course: Course) -> dict[str, Any]:
    try:
        found = json.loads(notes_of_copies(course).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(course: Course, notes: dict[str, Any]) -> None:
    draft = notes_of_copies(course).with_suffix(".tmp")
    draft.write_text(json.dumps(notes, indent=1), encoding="utf-8")
    draft.chmod(0o600)
    os.replace(draft, notes_of_copies(course))


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()
