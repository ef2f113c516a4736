"""The pages' templates: Jinja2, with everything escaped and an error for every name that is misspelt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from grader.marking.course.contents import is_text
from grader.marking.feedback import class_words
from grader.marking.feedback.class_overview import LessonFigures
from grader.marking.feedback.class_page import environment, is_odd
from grader.marking.feedback.class_report import Row

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")


def templates() -> Environment:
    """The environment of all pages."""
    made = environment(TEMPLATES)
    made.filters |= {"zone_name": class_words.zone_name, "moment": moment, "tags": tags, "lesson_title": lesson_title}
    made.tests["odd_one"] = is_odd
    made.globals["address"] = address
    return made


@pass_context
def moment(context: Context, when: datetime | None) -> str:
    """A moment in the page's ``zone``."""
    return class_words.moment(when, context["zone"])


def lesson_title(line: LessonFigures) -> str:
    """What a lesson is called; of one with several notebooks, its folder's name made readable: "08 · Applications"."""
    number, _, name = line.lesson.partition("-")
    return f"{number} · {name.capitalize()}" if line.title == line.lesson else line.title


def tags(row: Row) -> str:
    """By what the table of students can be filtered."""
    is_in = row.status != "nothing handed in"
    found = {
        "in": is_in,
        "nothing": not is_in,
        "late": row.late_seconds > 0,
        "waits": row.status == "waits",
        "unmarked": row.status == "not marked",
        "nofeedback": is_in and row.feedback in ("none", "outdated"),
    }
    return " ".join(name for name, holds in found.items() if holds)


def address(path: str, query: Mapping[str, object] | None = None, **more: object) -> str:
    """An address of the desk's own: what a student may have written stands in the query, encoded."""
    asked = {name: str(value) for name, value in {**(query or {}), **more}.items() if is_text(str(value))}
    return f"{path}?{urlencode(asked)}" if asked else path
