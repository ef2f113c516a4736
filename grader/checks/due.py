"""When a lesson is due, as its released folder says it: one small hidden file, which is no part of anybody's work.

{"due": "2026-12-01T23:59:00+01:00", "zone": "Europe/Berlin", "late": "10 % of the points for each begun day"}

One student's extension is not in it, as all read the same file: the feedback page has it.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.checks.visible import visible

DUE_FILE = ".due.json"
LARGEST = 2000
"""Bytes of the file."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Due:
    """A due date.

    Attributes:
        when: the moment, as its place's clocks show it.
        zone: what the place's time is called, such as "Europe/Berlin".
        late: what handing in late costs, in words; "" where nothing was said.
    """

    when: datetime
    zone: str = "UTC"
    late: str = ""

    @property
    def date(self) -> str:
        """ "Tuesday 1 December 2026, 23:59 (Europe/Berlin)"."""
        return f"{DAYS[self.when.weekday()]} {moment_in_words(self.when, self.zone)}"

    def says(self, now: datetime | None = None) -> str:
        """The date, how far it is away, and what handing in late costs."""
        late = f"; handing in late: {self.late}" if self.late else ""
        if (seconds := self._seconds_left(now)) >= 0:
            return f"due {self.date}, in {duration(seconds)}{late}"
        return f"{duration(-seconds)} late: it was due {self.date}, unless you were given more time{late}"

    def in_short(self, now: datetime | None = None) -> str:
        """ "2026-12-01 23:59, in 2 days, 3 hours"; "2026-12-01 23:59, 1 hour ago"."""
        seconds = self._seconds_left(now)
        away = f"in {duration(seconds)}" if seconds >= 0 else f"{duration(-seconds)} ago"
        return f"{self.when:%Y-%m-%d %H:%M}, {away}"

    def _seconds_left(self, now: datetime | None) -> float:
        return (self.when - (now or datetime.now(UTC))).total_seconds()

    def write(self, folder: Path) -> None:
        """Put it into a lesson's folder, for everybody to read.

        Raises:
            OSError: it cannot be written.
        """
        draft = folder / f"{DUE_FILE}.{secrets.token_hex(4)}"
        try:
            draft.write_text(json.dumps(self._as_json(), ensure_ascii=False) + "\n", encoding="utf-8")
            draft.chmod(0o644)
            os.replace(draft, folder / DUE_FILE)
        finally:
            draft.unlink(missing_ok=True)

    def _as_json(self) -> dict[str, str]:
        return {"due": self.when.isoformat(), "zone": self.zone, "late": self.late}


def read_due(folder: Path) -> Due | None:
    """What a lesson's folder says; None where it says nothing that can be read."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        with (folder / DUE_FILE).open("rb") as file:
            found = json.loads(file.read(LARGEST))
        when = datetime.fromisoformat(found["due"])
        texts = [visible(str(found[name])).replace("\n", " ") for name in ("zone", "late")]
        when.astimezone(UTC)  # raises for what is before or after all times
        return Due(when, *texts) if when.tzinfo is not None else None
    return None


def moment_in_words(when: datetime, zone: str) -> str:
    """ "1 December 2026, 23:59 (Europe/Berlin)", of a moment as that place's clocks show it."""
    place = " UTC" if zone == "UTC" else f" ({zone})"
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}, {when:%H:%M}{place}"


def duration(seconds: float) -> str:
    """ "2 days, 3 hours"; the two largest units."""
    minutes = max(1, round(seconds / 60))
    parts = (minutes // 1440, "day"), (minutes % 1440 // 60, "hour"), (minutes % 60, "minute")
    said = [f"{number} {unit}{'s' * (number > 1)}" for number, unit in parts if number]
    return ", ".join(said[:2])
