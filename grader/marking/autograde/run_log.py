"""The log of marking: ``autograde.log`` in the course folder, one line a submission."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from grader.checks.visible import visible
from grader.marking.autograde.outcome import Outcome
from grader.marking.sandbox.limits import MIB

TOOK = re.compile(r"(?:ran|marking) (\d+\.\d+) s")


def write_line(log: Path, lesson: str, outcome: Outcome) -> None:
    """Append what became of a submission: when, who, what, and how long each part took."""
    with log.open("a", encoding="utf-8", errors="replace") as file:
        file.write(line(lesson, outcome) + "\n")


def line(lesson: str, outcome: Outcome) -> str:
    """One line, its parts between tabs; a reason's own line breaks become spaces, control characters are shown."""
    parts = [
        datetime.now().astimezone().isoformat(timespec="seconds"),
        lesson,
        outcome.student,
        outcome.status,
        f"points {outcome.points:g}/{outcome.most:g}",
        f"queued {outcome.queued:.2f} s",
        f"ran {outcome.ran:.2f} s",
        f"marking {outcome.marking:.2f} s",
        f"peak {outcome.peak / MIB:.0f} MiB",
        f"PyTorch on {' and '.join(outcome.devices) or '–'}",
        "; ".join(outcome.reasons),
    ]
    return "\t".join(map(as_logged, parts))


def as_logged(text: str) -> str:
    """A text as it stands in the log, on one line."""
    return visible(" ".join(text.split()))


def seconds_taken(log: Path, lesson: str) -> dict[str, float]:
    """Student, `as_logged` → the seconds that a lesson's submission ran and was marked, the last time that it was."""
    try:
        facts = log.stat()
    except OSError:
        return {}
    return _seconds_taken(log, facts.st_mtime_ns, facts.st_size).get(lesson, {})


@lru_cache(maxsize=4)
def _seconds_taken(log: Path, *_: int) -> dict[str, dict[str, float]]:
    """Lesson → student → seconds; what is no line of the log is left out."""
    found: dict[str, dict[str, float]] = {}
    with log.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            parts = text.split("\t")
            if len(parts) > 7 and parts[3] != "unchanged":
                took = [float(at[1]) for part in parts[6:8] if (at := TOOK.fullmatch(part))]
                found.setdefault(parts[1], {})[parts[2]] = sum(took)
    return found
