"""How far the feedback of a class is: which pages are made, which are released, and which are out of date."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nbgrader.utils import notebook_hash

from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.steps.release_each_page import SECRET

Given = Literal["none", "made", "released", "outdated"]
"""Of a submission's pages: none is made; all are, in the course folder; students can fetch them; marked anew since."""


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
    order: tuple[Given, ...] = "outdated", "none", "made", "released"
    found = {_state_of(pages, name, released) for name in names if name in pages.marked}
    return next((state for state in order if state in found), "none")


def _state_of(pages: _Pages, name: str, released: Mapping[str, int]) -> Given:
    made = pages.made.get(name)
    if made is None:
        return "none"
    if made < pages.marked[name]:
        return "outdated"
    at = released.get(notebook_hash(secret=pages.secret, notebook_id=name)) if pages.secret else None
    return "released" if at is not None and at >= made else "made"


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
