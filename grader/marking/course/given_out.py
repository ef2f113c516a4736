"""Which feedback pages were given out through the exchange and which were taken back, when and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.marking.course.course import Course
from grader.marking.course.line_file import LineFile, account, now

What = Literal["given out", "taken back"]


@dataclass(frozen=True)
class GivenOut:
    """What was done last with one page.

    Attributes:
        student, lesson, notebook: which one.
        page: its file's name in the exchange, by which the student finds it.
        what: given out, or taken back.
        at: when, as ISO has it, in UTC.
        by: the account that did it.
    """

    student: str
    lesson: str
    notebook: str
    page: str
    what: What
    at: str
    by: str

    @property
    def is_out(self) -> bool:
        return self.what == "given out"


def note(course: Course, lesson: str, what: What, pages: Iterable[tuple[str, str, str]]) -> None:
    """Note what was done with these pages: each by student, notebook and its name in the exchange.

    Raises:
        OSError: it could not be written.
    """
    file, at, by = _file(course), now(), account()
    rest = {"lesson": lesson, "what": what, "at": at, "by": by}
    with file.alone():
        file.add({"student": student, "notebook": notebook, "page": page, **rest} for student, notebook, page in pages)


def given_out(course: Course, lesson: str) -> list[GivenOut]:
    """What was done last with each page of a lesson, in the order in which that happened."""
    last: dict[tuple[str, str, str], GivenOut] = {}
    for line in _file(course).all():
        if line.get("lesson") == lesson and (found := _page(line)) is not None:
            key = found.student, found.notebook, found.page
            last.pop(key, None)
            last[key] = found
    return list(last.values())


def feedback_states(course: Course, lesson: str) -> dict[str, GivenOut]:
    """Student → what was done last with a page of theirs."""
    return {page.student: page for page in given_out(course, lesson)}


def _page(line: dict[str, object]) -> GivenOut | None:
    names = "student", "lesson", "notebook", "page", "what", "at", "by"
    values = [line.get(name) for name in names]
    if not all(isinstance(value, str) for value in values) or Path(str(line["page"])).name != line["page"]:
        return None
    return GivenOut(**dict(zip(names, values, strict=True)))  # type: ignore[arg-type]


def _file(course: Course) -> LineFile:
    return LineFile(course.root / "given-out.jsonl")
