"""The journal of a course: who got which points when, and why they changed. Lines are added to it, and none is changed.

It lies in ``journal.jsonl`` in the course folder. A mark is known by its student, lesson, notebook and grade id; the
points taken off a notebook for handing in late are one too, `LATE`, below zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from grader.marking.course.course import Course
from grader.marking.course.line_file import Line, LineFile, account, in_zone, now

LATE = "late penalty"
"""In place of a grade id, which has no blanks."""
DUE_BEFORE = "due before"
"""In `Change.late`: the due date that held until now, where it was moved."""
MADE_FROM = ("submission", "lesson", "references", "grader", "libraries", "limits", "secret")
"""What marks depend on; each is a cause of a change, and stands in `Change.versions` with its old and new version."""
LATE_TIME = "%Y-%m-%d %H:%M UTC"
"""How `Change.late` has times."""
Mark = tuple[str, str, str, str]
"""Lesson, notebook, student and grade id."""


@dataclass(frozen=True)
class Change:
    """One mark that has changed, or was given.

    Attributes:
        student, lesson, notebook, grade: which mark.
        before, after: the points; None where there are none, as where a person must mark. In the journal ``before`` is
            what its line before says.
        most: the points that it can have.
        causes: why: of `MADE_FROM`, or another key of `SAID`.
        versions: what changed of `MADE_FROM`: its old and its new version.
        says: what the verdict says now, in a sentence.
        late: what a penalty was computed from: when it was due, handed in, the extension, the points.
        at: when, as ISO has it, in UTC.
        by: the account that did it; "" where that is not known.
    """

    student: str
    lesson: str
    notebook: str
    grade: str
    before: float | None
    after: float | None
    most: float | None = None
    causes: tuple[str, ...] = ()
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)
    says: str = ""
    late: dict[str, Any] = field(default_factory=dict)
    at: str = ""
    by: str = ""

    @property
    def mark(self) -> Mark:
        return self.lesson, self.notebook, self.student, self.grade


class Journal:
    """The journal of a course; what it says of each mark last is read once, and then what was added.

    Args:
        course: the course.
    """

    def __init__(self, course: Course) -> None:
        self._file = LineFile(course.root / "journal.jsonl")
        self._last: dict[Mark, Change] = {}

    def changes(self) -> Iterator[Change]:
        """All changes, from the first."""
        return (change for line in LineFile(self._file.path).all() if (change := _change(line)) is not None)

    def last(self) -> dict[Mark, Change]:
        """What is said of each mark last."""
        for change in (_change(line) for line in self._file.new()):
            if change is not None:
                self._last[change.mark] = change
        return self._last

    def add(self, changes: Iterable[Change]) -> list[Change]:
        """Add those by which something changes, with the time and this account; returns them.

        Raises:
            OSError: they could not be written.
        """
        with self._file.alone():
            last, at, by = self.last(), now(), account()
            known = {mark[:3] for mark in last}
            new = [_completed(change, last.get(change.mark), change.mark[:3] in known, at, by) for change in changes]
            new = [change for change in new if not _is_same(change)]
            self._file.add(dict(vars(change)) for change in new)
        return new


def _is_same(change: Change) -> bool:
    if change.grade == LATE:  # none was taken off: nothing
        return (change.before or 0.0) == (change.after or 0.0)
    return change.before == change.after


def _completed(change: Change, last: Change | None, is_known: bool, at: str, by: str) -> Change:
    """The change as it is written: from what the line before says, with the time and the account.

    ``is_known``: does the journal have marks of that notebook? Then it was marked before, and was not late by a due
    date from which it is late now.
    """
    facts = {**vars(change), "at": change.at or at}
    if last is not None:
        facts["before"] = last.after
    if change.grade == LATE and not change.causes:
        only_now = is_known and not (last and last.after) and _was_in_time(change.late)
        facts["causes"] = ("due",) if only_now else (why_late(change.late, last.late if last else {}),)
    if "found" not in facts["causes"]:
        facts["by"] = by
    return Change(**facts)


def _was_in_time(late: dict[str, Any]) -> bool:
    """Was it in time for the due date that was moved just now?"""
    return DUE_BEFORE in late and str(late.get("handed in") or "") <= str(late[DUE_BEFORE])


def why_late(now: dict[str, Any], before: dict[str, Any]) -> str:
    """Why what is taken off changed: the first that did of what it was computed from (`Change.late`)."""
    if not before:
        return "late"
    causes = {"handed in": "submission", "extension": "extension", "due": "due", "points": "marks"}
    return next((cause for name, cause in causes.items() if now.get(name) != before.get(name)), "rule")


def _change(line: Line) -> Change | None:
    """A change from its line; None where the line is none, as one that somebody else wrote."""
    try:
        names = [line[name] for name in ("student", "lesson", "notebook", "grade", "at", "by", "says")]
        points = [line[name] for name in ("before", "after", "most")]
        versions = {str(name): (str(old), str(new)) for name, (old, new) in line["versions"].items()}
        causes, late = tuple(map(str, line["causes"])), dict(line["late"])
        datetime.fromisoformat(line["at"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if not all(isinstance(name, str) for name in names):
        return None
    if not all(value is None or isinstance(value, int | float) for value in points):
        return None
    student, lesson, notebook, grade, at, by, says = names
    before, after, most = points
    return Change(student, lesson, notebook, grade, before, after, most, causes, versions, says, late, at, by)


# --- in words -------------------------------------------------------------------------------------------------------

SAID = {
    "first": "marked for the first time",
    "again": "marked again, and nothing else is known to have changed",
    "by hand": "by hand",
    "follow-through": "follow-through: right but for an earlier exercise",
    "no follow-through": "no longer follow-through",
    "submission": "another attempt",
    "lesson": "the lesson changed",
    "references": "the references changed",
    "grader": "the grader changed",
    "libraries": "NumPy or PyTorch changed",
    "limits": "the limits or rules of marking changed",
    "secret": "the course's key changed",
    "late": "handed in late",
    "due": "the due date moved",
    "extension": "the extension changed",
    "rule": "the rule for lateness changed",
    "marks": "taken from other points",
    "removed": "taken out of the gradebook",
    "found": "found so in the gradebook, changed by something that keeps no journal",
}
"""Each cause in words."""
WITH_VERSIONS = ("references", "grader", "libraries")


def sentence(change: Change, zone: tzinfo = UTC) -> str:
    """A change in a line: "anna · gru-step 1.5 → 2: the references changed (ab12 → cd34), 2026-05-06 21:58 UTC"."""
    of = f" of {change.most:g}" if change.most is not None else ""
    points = f"{points_in_words(change.before)} → {points_in_words(change.after)}{of}"
    what = f"{change.notebook}, {LATE}" if change.grade == LATE else change.grade
    why = causes_in_words(change, zone)
    who = f", by {change.by}" if "by hand" in change.causes else ""
    return f"{change.student} · {what} {points}: {why}{who}, {in_zone(change.at, zone)}"


def causes_in_words(change: Change, zone: tzinfo = UTC) -> str:
    """Why, with the versions where there are some to tell, and with times in that zone."""
    return "; ".join(SAID.get(cause, cause) + _versions(change, cause, zone) for cause in change.causes)


def _versions(change: Change, cause: str, zone: tzinfo) -> str:
    if cause in WITH_VERSIONS and cause in change.versions:
        return " ({} → {})".format(*change.versions[cause])
    if cause in ("due", "late") and change.late.get("due"):
        due, handed_in = (_in_zone(change.late.get(name), zone) for name in ("due", "handed in"))
        return f" (due {due}, handed in {handed_in})"
    return ""


def _in_zone(when: object, zone: tzinfo) -> str:
    """A time of `Change.late`, which are in UTC, in a zone."""
    try:
        moment = datetime.strptime(str(when), LATE_TIME).replace(tzinfo=UTC)
    except ValueError:
        return str(when)
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def points_in_words(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"
