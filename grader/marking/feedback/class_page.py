"""The report on a class as one page: no script, nothing loaded, to be read, printed and kept.

Names, answers and errors are a student's text: the template escapes all of it, `visible` shows what would turn the
writing round, and the page's policy allows nothing but its one style sheet, named by its digest.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.marking.course.course import Course
from grader.marking.feedback.class_report import ClassReport
from grader.marking.feedback.class_rows import Row
from grader.marking.feedback.class_words import (
    lateness,
    moment,
    points,
    sentence,
    share,
    visible_text,
    zone_name,
    zone_of,
)
from grader.marking.feedback.task_figures import TaskFigures, task_figures

TEMPLATES = Path(__file__).with_name("class_pages")
"""``page.html.j2``, and ``pieces.html.j2`` with a macro for each part, which other pages may use."""


@dataclass(frozen=True)
class Column:
    """A column of the table of students: a task, or a notebook where the lesson has several.

    Attributes:
        head, title: what stands above it, and what it is.
        names: the grade ids whose points it sums up.
        most: of how many points.
    """

    head: str
    title: str
    names: tuple[str, ...]
    most: float


def class_page(course: Course, report: ClassReport, now: datetime | None = None) -> str:
    """The page of a report.

    Args:
        course: for its name and time zone.
        report: of one of its lessons.
        now: the moment that it names as its own, with its zone; this one, if None.
    """
    settings = course.settings
    zone = zone_of(course)
    tasks = by_notebook(task_figures(report))
    style = (TEMPLATES / "class.css").read_text(encoding="utf-8")
    made = _templates().overlay()
    made.filters = {**made.filters, "moment": partial(moment, zone=zone)}
    return made.get_template("page.html.j2").render(
        course=settings.name if settings is not None else "",
        report=report,
        line=report.figures,
        tasks=tasks,
        columns=columns(report, tasks),
        names={row.student: row.name for row in report.rows},
        why_none=why_none(tasks),
        odd=[row for row in report.rows if is_odd(row)],
        now=now or datetime.now(UTC),
        zone=zone_name(zone),
        style=style,
        style_digest=f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}",
    )


@cache
def _templates() -> Environment:
    return environment(TEMPLATES)


def environment(folder: Path) -> Environment:
    """The templates of a folder, with the words of a class; what is put in is escaped, and nothing may be missing."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "points": points,
        "share": share,
        "lateness": lateness,
        "sentence": sentence,
        "visible": visible_text,
    }
    return made


def by_notebook(tasks: Iterable[TaskFigures]) -> tuple[TaskFigures, ...]:
    """The tasks of each notebook together, the notebooks in the order of their first tasks."""
    groups: dict[str, list[TaskFigures]] = {}
    for task in tasks:
        groups.setdefault(task.notebook, []).append(task)
    return tuple(task for group in groups.values() for task in group)


def why_none(tasks: Iterable[TaskFigures]) -> dict[str, list[int]]:
    """Why a task has no discrimination → the numbers of the tasks of which that is true."""
    found: dict[str, list[int]] = {}
    for number, task in enumerate(tasks, start=1):
        if task.why_none:
            found.setdefault(task.why_none, []).append(number)
    return found


def columns(report: ClassReport, tasks: tuple[TaskFigures, ...]) -> tuple[Column, ...]:
    """A column for each task, by its number; of a lesson with several notebooks one for each of them."""
    groups = report.by_notebook()
    if len(groups) > 1:
        return tuple(
            Column(name.replace("_", " "), name.replace("_", " "), tuple(own), sum(report.most[one] for one in own))
            for name, own in groups.items()
        )
    return tuple(Column(str(n), task.title, (task.grade_id,), task.most) for n, task in enumerate(tasks, start=1))


def is_odd(row: Row) -> bool:
    """Is there something about a student's submission that a person should know?"""
    return bool(row.not_marked or row.old or row.notes or row.library)
