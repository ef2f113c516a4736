"""How a class's figures are written, on every page that shows them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from markupsafe import Markup, escape

from grader.checks.visible import visible
from grader.marking.course.course import Course

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


def points(value: float | None) -> str:
    """Points to two places, without noughts at their end; a dash where there are none."""
    return "–" if value is None else f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".").replace("-", "−")


def share(value: float | None) -> str:
    """A share, or a correlation, to two places; a dash where there is none."""
    return "–" if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def lateness(seconds: float) -> str:
    """How late, in the two largest units: "2 d 1 h"; "" where it is not."""
    if seconds <= 0:
        return ""
    if seconds < HOUR:
        return f"{max(1, round(seconds / MINUTE))} min"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h {int(seconds % HOUR // MINUTE)} min"
    return f"{int(seconds // DAY)} d {int(seconds % DAY // HOUR)} h"


def moment(when: datetime | None, zone: tzinfo) -> str:
    """A moment in a zone, so that it sorts as it reads: "2026-05-06 21:58"; a dash where none is known."""
    return "–" if when is None else f"{when.astimezone(zone):%Y-%m-%d %H:%M}"


def zone_of(course: Course) -> tzinfo:
    """The zone in which a course's moments are shown."""
    settings = course.settings
    return settings.zone if settings is not None else UTC


def zone_name(zone: tzinfo) -> str:
    """What a time zone is called: "Europe/Berlin", "UTC"."""
    return str(getattr(zone, "key", None) or zone.tzname(None) or zone)


def visible_text(text: object) -> str:
    """Text in which whatever steers a reader, such as characters that turn the writing round, is shown."""
    return visible(str(text))


def sentence(text: object) -> Markup:
    """A sentence of the grader's, `so` set as code; all else is text, whoever wrote it."""
    parts = visible_text(text).split("`")
    if len(parts) % 2 == 0:  # one that nothing closes
        return escape("`".join(parts))
    return Markup("").join(Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts))
