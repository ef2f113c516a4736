"""Makes feedback pages with one exporter for a whole class, set up as nbgrader's GenerateFeedback does."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from traitlets.config import Config

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.submissions import NBGRADERS_OWN
from grader.marking.feedback.pages.files import clear
from grader.marking.feedback.pages.lesson_text import lesson_text
from grader.marking.feedback.pages.marks import Marks
from grader.marking.feedback.pages.plainly import SHOWN_PLAINLY

PLAIN = "shown as plain text:"
MADE_FROM = re.compile(r'<meta name="made-from" content="([0-9a-f]{64})">')


@dataclass(frozen=True)
class Page:
    """What became of one feedback page.

    Attributes:
        student, path: whose it is, and where.
        status: "unchanged" where it was made from the same notebook and marks before.
        reason: why it failed.
        plain: the numbers of the cells, from 1, that it shows as plain text, as their own form takes too much.
    """

    student: str
    path: Path
    status: Literal["made", "unchanged", "failed"]
    reason: str = ""
    plain: tuple[int, ...] = ()


class Press:
    """Makes one page after another.

    Args:
        course: the course.
        api: nbgrader's, configured for that course.
    """

    def __init__(self, course: Course, api: NbGraderAPI) -> None:
        self.course, self.api = course, api
        converter = GenerateFeedback(coursedir=self.api.coursedir, parent=self.api)
        converter.update_config(Config(HTMLExporter=Config(template_name="feedback")))
        self.exporter = converter.exporter_class(parent=converter, config=converter.config)
        for step in converter.preprocessors:
            self.exporter.register_preprocessor(step)

    def make(self, student: str, notebook: Path, marks: Marks | None, force: bool = False) -> Page:
        """The page of a marked notebook, unless there is one from the same notebook and marks. Never raises."""
        page = page_of(self.course, notebook)
        try:
            if marks is None:
                raise GraderError("its marks are not in the gradebook; mark it again")
            origin = made_from(notebook, marks)
            if not force and is_made_from(page, origin):
                return Page(student, page, "unchanged", plain=plain_cells(page))
            html, plain = self.html(student, notebook, marks, origin)
            lay_down(page, notebook.parent, html + _noted(plain))
            return Page(student, page, "made", plain=plain)
        except Exception as odd:  # one submission must not keep the others from their feedback
            page.unlink(missing_ok=True)
            return Page(student, page, "failed", str(odd) if isinstance(odd, GraderError) else f"{odd!r:.300}")

    def html(self, student: str, notebook: Path, marks: Marks, origin: str = "") -> tuple[str, tuple[int, ...]]:
        """The page, and the numbers of the cells, from 1, that it shows as plain text."""
        about = {"student": student, "assignment": notebook.parent.name, "notebook": notebook.stem}
        given = {"nbgrader": about, "marks": marks, "made_from": origin, "unique_key": notebook.stem}
        html, resources = self.exporter.from_filename(str(notebook), resources=given)
        return html, tuple(number + 1 for number in resources[SHOWN_PLAINLY])


def page_of(course: Course, notebook: Path) -> Path:
    """Where the page of ``autograded/STUDENT/LESSON/NAME.ipynb`` is."""
    lesson = notebook.parent
    return course.feedback / lesson.parent.name / lesson.name / f"{notebook.stem}.html"


def lay_down(page: Path, submission: Path, html: str) -> None:
    """Write a page atomically; beside it, keep only what nbgrader needs to release it."""
    page.parent.mkdir(parents=True, exist_ok=True)
    draft = page.with_suffix(".tmp")
    draft.write_text(html, encoding="utf-8")
    os.replace(draft, page)
    clear(page.parent, {path.with_suffix(".html").name for path in submission.glob("*.ipynb")})
    for name in NBGRADERS_OWN:
        if (submission / name).is_file() and not (submission / name).is_symlink():
            shutil.copyfile(submission / name, page.parent / name)


def made_from(notebook: Path, marks: Marks) -> str:
    """A digest of all that a page depends on."""
    digest = hashlib.sha256(notebook.read_bytes()).hexdigest()
    return origin_of(digest, lesson_text(notebook.parent.name).digest, marks)


def origin_of(notebook: str, lesson: str, marks: Marks) -> str:
    """The same, by the digests of the marked notebook's file and of the lesson's text."""
    rest = json.dumps([marks, lesson, _code_digest()], default=vars, sort_keys=True)
    return hashlib.sha256((notebook + rest).encode()).hexdigest()


def is_made_from(page: Path, origin: str) -> bool:
    """Does that page exist, and say that it was made from this?"""
    return bool(origin) and origin_in(page) == origin


def origin_in(page: Path) -> str:
    """From what a page says that it was made; "" where there is none, or it does not say."""
    try:
        with page.open(encoding="utf-8") as file:
            found = MADE_FROM.search(file.read(2000))
    except (OSError, ValueError):
        return ""
    return found[1] if found else ""


def _noted(plain: tuple[int, ...]) -> str:
    """A comment for the end of a page: which cells it shows as plain text; "" where none."""
    return f"<!-- {PLAIN} {' '.join(map(str, plain))} -->" if plain else ""


def plain_cells(page: Path) -> tuple[int, ...]:
    """The numbers of the cells that a page shows as plain text, by the comment at its end."""
    _, found, numbers = page.read_text(encoding="utf-8").rpartition(f"<!-- {PLAIN} ")
    return tuple(map(int, numbers.removesuffix(" -->").split())) if found and numbers.endswith(" -->") else ()


@cache
def _code_digest() -> str:
    """A digest of this folder: a page made by another version is made again."""
    files = sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in (".py", ".j2", ".css"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
