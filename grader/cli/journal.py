"""`grader journal`: who got which points when, and why they changed."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, tzinfo
from typing import Annotated

import typer

from grader.cli.app import COURSE, OneOrAll, app
from grader.cli.terminal import say
from grader.marking.course.course import Course


@app.command(rich_help_panel=COURSE)
def journal(
    lesson: OneOrAll = None,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given several times.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only from this day or moment on.", metavar="2026-05-06[ 21:58]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line a change.")] = False,
) -> None:
    """Say who got which points when, and why they changed: the course's journal, oldest first."""
    from grader.marking.course.journal import sentence
    from grader.marking.course.lessons import lesson_id
    from grader.marking.course.settings import settings_of
    from grader.marking.steps.journal_of_course import journal_changes

    course = Course.from_environment()
    zone = settings_of(course).zone
    only, start = lesson_id(lesson) if lesson else None, _moment(since, zone) if since else None
    found = journal_changes(course, only)
    if not found and not as_json:
        say("– nothing is in the journal yet: it is written as work is marked")
    for change in found:
        if (student and change.student not in student) or (start and datetime.fromisoformat(change.at) < start):
            continue
        if as_json:
            print(json.dumps(dataclasses.asdict(change)))
        else:
            say(sentence(change, zone) if only else f"{change.lesson}: {sentence(change, zone)}")


def _moment(text: str, zone: tzinfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"a moment is written as 2026-05-06 or 2026-05-06 21:58, not {text!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)
