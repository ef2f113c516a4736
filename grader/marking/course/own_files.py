"""Are the course's own files sound? Asked before anything is marked, so that what is cut is named."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from grader.checks.errors import GraderError
from grader.marking.course.course import Course

WRITTEN = (
    "submitted",
    "autograded",
    "verdicts",
    "feedback",
    "gradebook.db",
    "autograde.log",
    "given-out.jsonl",
    "journal.jsonl",
)
"""What marking writes below the course folder."""


def check_own_files(course: Course) -> None:
    """Look at the folders, the key and the gradebook, as far as they are there.

    Raises:
        GraderError: something cannot be written, or is damaged; the message says what, and the way out.
    """
    for path in (course.root, *(course.root / name for name in WRITTEN)):
        if path.exists() and not os.access(path, os.W_OK):
            raise GraderError(f"{path} cannot be written: give yourself the right to, or copy the course elsewhere")
    course.secret()
    check_gradebook(course)


def check_gradebook(course: Course) -> None:
    """Look at the gradebook, if there is one.

    Raises:
        GraderError: it is damaged.
    """
    if course.gradebook.exists() and (fault := _fault(course)):
        raise GraderError(
            f"the gradebook {course.gradebook} is damaged ({fault}): put a backup in its place. Without one, move it "
            "away, release the lessons again and mark them again; marks given by hand are lost"
        )


def _fault(course: Course) -> str:
    """What SQLite says of a damaged gradebook, or ""; a locked one is not damaged."""
    if course.gradebook.stat().st_size == 0:
        return "it is empty"
    try:
        with closing(sqlite3.connect(f"file:{course.gradebook}?mode=ro", uri=True, timeout=1)) as book:
            said = str(book.execute("PRAGMA quick_check(1)").fetchone()[0])
            return "" if said == "ok" else said
    except sqlite3.OperationalError as failure:
        return "" if "locked" in str(failure) else str(failure)
    except sqlite3.DatabaseError as failure:
        return str(failure)
