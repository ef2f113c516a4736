"""How far the feedback of a class is: which pages are made, which are released, and which are out of date.

A page is out of date where making it again would make another: it says from what it was made, `press.made_from`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from nbgrader.utils import notebook_hash

from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.settings import CourseSettings
from grader.marking.course.unknown_times import is_unknown
from grader.marking.feedback.pages.marks import marks_of
from grader.marking.feedback.pages.press import origin_in, origin_of
from grader.marking.steps.audit_records import Record
from grader.marking.steps.late_penalty import LatePenalties
from grader.marking.steps.release_each_page import SECRET
from grader.marking.steps.submitted_rows import SubmissionRow

Given = Literal["none", "made", "released", "outdated"]
"""Of a submission's pages: none is made; all are, in the course folder; students can fetch them; marks changed."""
IN_WORDS: dict[Given, str] = {"none": "none", "made": "made", "released": "given out", "outdated": "out of date"}
"""What each is called, wherever an instructor reads it."""


def given_feedback(course: Course, lesson: str, students: Iterable[str]) -> dict[str, Given]:
    """Student → how far their feedback is; with several notebooks, how far the last of them is."""
    names, exchange = notebooks_of(lesson), os.path.join(course.exchange, course.id, "feedback")
    released = _times(exchange, _state(exchange), ".html")
    autograded, feedback = map(str, (course.autograded, course.feedback))
    found = {}
    for student in students:
        places = f"{autograded}/{student}/{lesson}", f"{feedback}/{student}/{lesson}"
        found[student] = _given(_pages(*places), names, released)
    return found


@dataclass(frozen=True)
class _Pages:
    """When each notebook of a submission was marked, when its page was made, and what it is called after."""

    marked: Mapping[str, int]
    made: Mapping[str, int]
    secret: str


def _pages(marked: str, pages: str) -> _Pages:
    at = _state(pages)
    return _Pages(_times(marked, _state(marked), ".ipynb"), _times(pages, at, ".html"), _secret(pages, at))


def _given(pages: _Pages, names: Iterable[str], released: Mapping[str, int]) -> Given:
    order: tuple[Given, ...] = "none", "made", "released"
    found = {_state_of(pages, name, released) for name in names if name in pages.marked}
    return next((state for state in order if state in found), "none")


def _state_of(pages: _Pages, name: str, released: Mapping[str, int]) -> Given:
    made = pages.made.get(name)
    if made is None:
        return "none"
    at = released.get(notebook_hash(secret=pages.secret, notebook_id=name)) if pages.secret else None
    return "released" if at is not None and at >= made else "made"


def is_outdated(
    course: Course,
    penalties: LatePenalties,
    settings: CourseSettings,
    submission: SubmissionRow,
    records: Mapping[str, Record],
    text: str,
) -> bool:
    """Would a page of a submission become another, were it made again?

    Args:
        course, penalties, settings: the course.
        submission: with its comments.
        records: the audit records of its notebooks, by name.
        text: the digest of the lesson's text.
    """
    lesson, student = submission.name, submission.student.id
    marked, pages = f"{course.autograded}/{student}/{lesson}", f"{course.feedback}/{student}/{lesson}"
    there = _times(marked, _state(marked), ".ipynb")
    made = _times(pages, _state(pages), ".html")
    told = {name: _origin(f"{pages}/{name}.html", made[name]) for name in there if name in made}
    if not all(told.values()):
        return True
    is_timed = not is_unknown(course, lesson, student, submission.timestamp)
    key = _key(penalties, submission), is_timed, tuple(there.items()), text
    kept = _origins.get((course.root, lesson, student))
    if kept is None or not kept.is_of(key, settings, records):
        good = {name: record if "scores" in record else None for name, record in records.items()}
        marks = marks_of(submission, penalties, settings, good, there, is_timed=is_timed)
        digests = {name: _digest(f"{marked}/{name}.ipynb", when, records.get(name, {})) for name, when in there.items()}
        now = {name: origin_of(digests[name], text, marks[name]) for name in there if name in marks}
        kept = _origins[course.root, lesson, student] = _Origins(key, settings, records, now)
    return any(kept.now.get(name) != origin for name, origin in told.items())


@dataclass(frozen=True)
class _Origins:
    """From what the pages of a submission would be made now, and all from which that was computed."""

    key: object
    settings: CourseSettings
    records: Mapping[str, Record]
    now: Mapping[str, str]

    def is_of(self, key: object, settings: CourseSettings, records: Mapping[str, Record]) -> bool:
        """Was it computed from this? Settings and records that did not change are the same objects."""
        return self.key == key and self.settings is settings and self.records is records


_origins: dict[tuple[Path, str, str], _Origins] = {}


def _key(penalties: LatePenalties, submission: SubmissionRow) -> object:
    """What of the gradebook a submission's pages show."""
    return (
        submission.timestamp,
        submission.extension,
        submission.assignment.duedate,
        submission.student.name,
        [
            (
                notebook.name,
                penalties.of(notebook),
                [(one.name, one.auto_score, one.manual_score, one.extra_credit) for one in notebook.grades],
                [(one.name, one.auto_comment, one.manual_comment) for one in notebook.comments],
            )
            for notebook in submission.notebooks
        ],
    )


def _digest(notebook: str, when: int, record: Record) -> str:
    """SHA-256 of a marked notebook's file: the record has it, but of one that is said to be old."""
    known = None if record.get("old") else record.get("marked")
    return known or _digest_of_file(notebook, when)


@lru_cache(maxsize=50_000)
def _digest_of_file(notebook: str, when: int) -> str:
    return sha256(Path(notebook).read_bytes()).hexdigest()


@lru_cache(maxsize=50_000)
def _origin(page: str, when: int) -> str:
    return origin_in(Path(page))


def _state(folder: str) -> tuple[int, int] | None:
    """What changes when something is put into a folder; None where there is none."""
    try:
        facts = os.stat(folder)
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_ino


@lru_cache(maxsize=50_000)
def _times(folder: str, state: tuple[int, int] | None, ending: str) -> Mapping[str, int]:
    """Name → when it was written, of the files in a folder with that ending."""
    if state is None:
        return {}
    try:
        with os.scandir(folder) as entries:
            files = [entry for entry in entries if entry.name.endswith(ending)]
            return {entry.name.removesuffix(ending): entry.stat(follow_symlinks=False).st_mtime_ns for entry in files}
    except OSError:
        return {}


@lru_cache(maxsize=50_000)
def _secret(pages: str, state: tuple[int, int] | None) -> str:
    """What came with a submission through the exchange; nbgrader names its pages after it."""
    if state is None:
        return ""
    try:
        with open(os.path.join(pages, SECRET), encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError):
        return ""
