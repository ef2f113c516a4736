"""The pages' templates: Jinja2, with everything escaped and an error for every name that is misspelt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from grader.checks.visible import visible
from grader.marking.course.contents import is_text
from grader.marking.feedback.class_report import Row
from grader.marking.feedback.pages.summary import prose

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


def templates() -> Environment:
    """The environment of all pages."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"points": points, "visible": visible_text, "lateness": lateness, "share": share, "tags": tags}
    made.filters["sentence"] = sentence
    made.filters |= {"moment": moment, "zone_name": zone_name}
    made.tests |= {"in_need_of_a_look": in_need_of_a_look}
    made.globals |= {"address": address}
    return made


def points(value: float | None) -> str:
    """Points as a person writes them, to two places; a dash where there are none."""
    return "–" if value is None else f"{round(value, 2):g}"


def share(value: float | None) -> str:
    """A share to two places, with a true minus; a dash where there is none."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


@pass_context
def moment(context: Context, when: datetime | None) -> str:
    """A moment in the page's ``zone``, so that it sorts as it reads: "2026-05-06 21:58"; a dash where none is known."""
    return "–" if when is None else f"{when.astimezone(context['zone']):%Y-%m-%d %H:%M}"


def zone_name(zone: tzinfo) -> str:
    """What a time zone is called: "Europe/Berlin", "UTC"."""
    return str(getattr(zone, "key", None) or zone.tzname(None) or zone)


def lateness(seconds: float) -> str:
    """How late, in the two largest units: "2 d 1 h"; "" where it is not."""
    if seconds <= 0:
        return ""
    if seconds < HOUR:
        return f"{max(1, round(seconds / MINUTE))} min"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h {int(seconds % HOUR // MINUTE)} min"
    return f"{int(seconds // DAY)} d {int(seconds % DAY // HOUR)} h"


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


def in_need_of_a_look(row: Row) -> bool:
    """Is there something about a student's submission that a person should know?"""
    return bool(row.not_marked or row.old or row.notes or row.library)


def visible_text(text: object) -> str:
    """Text in which whatever steers a reader, such as characters that turn the writing round, is shown."""
    return visible(str(text))


def sentence(text: object) -> Markup:
    """A sentence of the grader's as the feedback page sets it; all else in it is text, whoever wrote it."""
    return Markup(prose(visible_text(text)))  # which escapes


def address(path: str, query: Mapping[str, object] | None = None, **more: object) -> str:
    """An address of the desk's own: what a student may have written stands in the query, encoded."""
    asked = {name: str(value) for name, value in {**(query or {}), **more}.items() if is_text(str(value))}
    return f"{path}?{urlencode(asked)}" if asked else path
