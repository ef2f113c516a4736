"""When something was handed in, or is due: a text that means one moment, or none at all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

EXAMPLE = "2026-05-06 21:58:00 UTC"
DUE = '"2026-12-01 23:59"'
"""How a due date is written."""
LONGEST = 100
"""Characters of a text that may be a time."""
ZONED = re.compile(
    r"(?P<when>\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d([.,]\d+)?)?) ?(?P<zone>[+-]\d\d:?\d\d|[A-Za-z][\w/+-]*)?"
)


def read_time(text: str) -> datetime:
    """The moment in UTC, without a zone, as nbgrader's gradebook has it; a text without a zone is taken for UTC.

    nbgrader itself takes a third word for a zone whatever it says: PM, CST and CEST become UTC, +0200 200 seconds.

    Raises:
        ValueError: the text is no date with a time like `EXAMPLE`, or names no zone that is one: CST is several.
    """
    when, zone = _parts(text, EXAMPLE)
    try:
        return when.replace(tzinfo=_zone(zone or "UTC")).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"{text!r:.60} is before or after all times") from None


def moment(given: object, zone: tzinfo) -> datetime:
    """The moment, with its zone, that a date in a course's settings means; one without a zone is in the course's.

    An hour that comes twice, as clocks are put back, is the second: nobody is late for a doubt.

    Raises:
        ValueError: it is no date with a time, or a time that the clocks of the zone leave out.
    """
    if isinstance(given, str):
        when, name = _parts(given, DUE)
        when = when.replace(tzinfo=_zone(name)) if name else when
    elif isinstance(given, datetime):
        when = given
    elif isinstance(given, date):
        raise ValueError(f"{given} has no time: write it as {DUE}")
    else:
        raise ValueError(f"{given!r:.60} is no date with a time, such as {DUE}")
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone, fold=1)
        if when.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != when.replace(tzinfo=None):
            raise ValueError(f"there is no {when:%Y-%m-%d %H:%M} in {zone}: clocks are put forward over it")
    return when


def _parts(text: str, example: str) -> tuple[datetime, str]:
    """The time that a text says, and its zone's name, or ""."""
    found = ZONED.fullmatch(text.lstrip("\ufeff").strip()) if len(text) <= LONGEST else None  # Windows' editor puts it
    if found is None:
        raise ValueError(f"{text[:LONGEST]!r:.60} is not a time like {example}")
    try:
        return datetime.fromisoformat(found["when"].replace(",", ".")), found["zone"] or ""
    except ValueError as why:  # such as February 30th, or 24:00
        raise ValueError(f"{text!r:.60} is no time: {why}") from None


def time_in(file: Path) -> datetime:
    """The moment that a file holds; of a file of megabytes only the beginning is read.

    Raises:
        OSError: there is no such file.
        ValueError: it holds no moment.
    """
    if not file.is_file():
        raise FileNotFoundError(file)
    with file.open("rb") as reading:
        return read_time(reading.read(4 * LONGEST + 1).decode("utf-8", "replace"))


def _zone(name: str) -> tzinfo:
    """UTC, an offset such as +0200, or a place such as Europe/Berlin; CET in July or EST in Sydney would be a guess."""
    if name in ("UTC", "GMT", "Z"):
        return UTC
    try:
        if name[0] in "+-":
            ahead = timedelta(hours=int(name[1:3]), minutes=int(name[-2:]))
            return timezone(ahead if name[0] == "+" else -ahead)
        if "/" in name:
            return ZoneInfo(name)
    except (OSError, LookupError, ValueError):
        pass
    raise ValueError(f"{name!r:.40} is no time zone, or more than one; write the time as {EXAMPLE}")
