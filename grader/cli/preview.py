"""`grader autograde --preview`: what would change, and the question whether it shall."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

import typer
from rich.table import Table

from grader.cli.terminal import out, plain, say
from grader.marking.autograde.preview import Preview, preview
from grader.marking.course.journal import LATE, Change, causes_in_words, points_in_words

if TYPE_CHECKING:
    from grader.marking.autograde.outcome import Outcome
    from grader.marking.course.course import Course

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
            _print(found)
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


def _print(found: Preview) -> None:
    table = Table("student", "task", "now", "then", "why", title=f"{found.lesson}, on trial", title_justify="left")
    student = ""
    for change in found.changes:
        who = "" if change.student == student else f"{change.student}\n{_sums(found, change.student)}"
        student = change.student
        task = f"{change.notebook}, {LATE}" if change.grade == LATE else change.grade
        table.add_row(
            plain(who), plain(task), *map(points_in_words, (change.before, change.after)), plain(_why(change))
        )
    if found.changes:
        out.print(table)
    for outcome in found.summary.not_marked:
        say(f"✗ {outcome.student}: not marked: {'; '.join(outcome.reasons)}")
    for line in found.summary.not_listed:
        say(f"not listed: {line}")
    say(", ".join(f"{number} {WORDS[name]}" for name, number in found.count().items()))


def _sums(found: Preview, student: str) -> str:
    return f"{found.before.get(student, 0.0):g} → {found.after.get(student, 0.0):g}"


def _why(change: Change) -> str:
    return causes_in_words(change) + (f"\n{change.says}" if change.says else "")


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
