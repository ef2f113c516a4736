"""The log of marking: ``autograde.log`` in the course folder, one line a submission."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from grader.checks.visible import visible
from grader.marking.autograde.outcome import Outcome
from grader.marking.sandbox.limits import MIB


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
    return "\t".join(visible(" ".join(part.split())) for part in parts)
