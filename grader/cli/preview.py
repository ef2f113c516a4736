"""`grader autograde --preview`: what would change, and the question whether it shall."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

import typer
from rich.table import Column, Table

from grader.cli.terminal import out, plain, say
from grader.marking.autograde.preview import Preview, preview
from grader.marking.course.journal import LATE, Change, causes_in_words, points_in_words
from grader.marking.course.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from grader.marking.autograde.outcome import Outcome
    from grader.marking.course.course import Course

SHORT = 60
"""A longer reason is told in full for the first student who has it."""
WORDS = {"up": "go up", "down": "go down", "same": "keep their points", "not marked": "not marked"}


class Progress(Protocol):
    """Shows how far marking is."""

    def advance(self, outcome: Outcome) -> None: ...

    def stop(self) -> None: ...


def show_preview(
    course: Course, lesson: str, students: list[str] | None, bar: Progress, yes: bool, as_json: bool, **options: Any
) -> None:
    """Mark on trial, show what would change, ask, and save or leave it; then the command ends."""
    with preview(course, lesson, students or None, on_progress=bar.advance, **options) as found:
        bar.stop()
        if not as_json:
            _print(found, settings_of(course).zone)
        is_new = any(one.status != "unchanged" for one in found.summary.outcomes)
        saved = is_new and _shall(yes, as_json)
        if saved:
            found.save()
    if as_json:
        print(json.dumps(_facts(found, saved), indent=1))
    elif saved:
        say("✓ these marks are saved.")
    elif not is_new:
        say("– there is nothing to save: all of it is marked, and nothing has changed since.")
    else:
        say(f"– nothing was changed. To save such marks without a question: grader autograde {lesson} --preview --yes")
    raise typer.Exit(1 if found.summary.not_marked else 0)


def _shall(yes: bool, as_json: bool) -> bool:
    """Shall the marks be saved? Nobody is asked where there is no terminal, and then they are not."""
    if yes or as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return yes
    return typer.confirm("Save these marks?", default=False)


def _print(found: Preview, zone: tzinfo) -> None:
    heads = "student", Column("task", no_wrap=True), "now", "then", "why"
    table = Table(*heads, title=f"{found.lesson}, on trial", title_justify="left")
    student = ""
    first: dict[str, str] = {}
    for changes, why in _rows(found.changes, zone):
        who = "" if changes[0].student == student else f"{changes[0].student}\n{_sums(found, changes[0].student)}"
        student = changes[0].student
        told = first.setdefault(why, student)
        again = told != student and len(why) > SHORT
        table.add_row(plain(who), *_columns(changes), plain(f"as for {told}" if again else why))
    if found.changes:
        out.print(table)
    for outcome in found.summary.not_marked:
        say(f"✗ {outcome.student}: not marked: {'; '.join(outcome.reasons)}")
    for line in found.summary.not_listed:
        say(f"not listed: {line}")
    say(", ".join(f"{number} {WORDS[name]}" for name, number in found.count().items()))


def _sums(found: Preview, student: str) -> str:
    return f"{found.before.get(student, 0.0):g} → {found.after.get(student, 0.0):g}"


def _rows(changes: Iterable[Change], zone: tzinfo) -> list[tuple[list[Change], str]]:
    """The changes of each student that have one reason, each with it."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        found.setdefault((change.student, _why(change, zone)), []).append(change)
    return [(some, why) for (_, why), some in found.items()]


def _columns(changes: Iterable[Change]) -> Iterator[str]:
    """Tasks, points before and points after, a line each."""
    each = [
        (f"{change.notebook}, {LATE}" if change.grade == LATE else change.grade, change.before, change.after)
        for change in changes
    ]
    yield plain("\n".join(task for task, _, _ in each))
    yield "\n".join(points_in_words(before) for _, before, _ in each)
    yield "\n".join(points_in_words(after) for _, _, after in each)


def _why(change: Change, zone: tzinfo) -> str:
    return causes_in_words(change, zone) + (f"\n{change.says}" if change.says else "")


def _facts(found: Preview, saved: bool) -> dict[str, Any]:
    students = [
        {
            "student": outcome.student,
            "status": outcome.status,
            "points": found.direction(outcome),
            "before": found.before.get(outcome.student),
            "after": found.after.get(outcome.student),
            "reasons": outcome.reasons,
        }
        for outcome in found.summary.outcomes
    ]
    changes = [{**asdict(change), "why": causes_in_words(change)} for change in found.changes]
    return {"lesson": found.lesson, **found.count(), "students": students, "changes": changes, "saved": saved}
