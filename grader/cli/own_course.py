"""The commands of a course's settings: course, extend."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Column, Table

from grader.checks.errors import GraderError
from grader.cli.app import COURSE, Lesson, app
from grader.cli.terminal import out, plain, say
from grader.marking.course.course import SETTINGS, Course


@app.command(name="course", rich_help_panel=COURSE)
def own_course(
    new: Annotated[bool, typer.Option("--new", help="Write a commented example of course.toml to begin with.")] = False,
) -> None:
    """Show what holds in the course: name, exchange, and of every lesson due date, late rule, points, limits.

    course.toml in the course folder says it. A due date in it wins over one that is entered in Formgrader.
    """
    from grader.marking.desk.own_course import new_settings, what_holds

    course = Course.from_environment()
    if new:
        say(f"✓ {new_settings(course)}: edit it; `grader course` shows what holds then.")
        return
    rows = what_holds(course)
    _print_course(course)
    heads = Column("lesson", no_wrap=True), Column("due", no_wrap=True), "late", "points", "limits", "more time"
    table = Table(*heads)
    for row in rows:
        due = row.due + (" *" if row.in_gradebook else "") if row.taught else "not taught"
        students = f"{row.extensions} student{'' if row.extensions == 1 else 's'}" if row.extensions else ""
        late = "" if row.late == "" else f"its own: {row.late}"
        table.add_row(*map(plain, (row.lesson, due, late, row.points, row.limits, students)))
    out.print(table)
    if any(row.in_gradebook for row in rows):
        say("* entered in Formgrader: it holds as long as course.toml names no other")


def _print_course(course: Course) -> None:
    from grader.marking.course.settings import settings_of

    settings, path = settings_of(course), course.root / SETTINGS[0]
    say(f"{settings.name or 'A course'} ({settings.id}) in {course.root}, times in {settings.timezone}")
    say(f"exchange: {course.exchange}")
    say(f"gradebook: {_without_password(course.db_url)}")
    say(f"handing in late: {settings.late or 'nothing is taken off, unless nbgrader_config.py says so'}")
    say(f"settings: {path}" if path.exists() else f"settings: none; `grader course --new` writes {path}")


def _without_password(url: str) -> str:
    start, at, end = url.rpartition("@")
    return f"{start.rpartition(':')[0]}:…@{end}" if at and start.count(":") > 1 else url


@app.command(rich_help_panel=COURSE)
def extend(
    lesson: Lesson,
    student: Annotated[str | None, typer.Argument(help="Who; without, those who have more time are listed.")] = None,
    until: Annotated[
        str | None, typer.Option(help='The new due date, such as "2026-12-03 23:59", in the course\'s time zone.')
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the extension back.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also one who is not on the list of the class.")] = False,
) -> None:
    """Give one student more time for a lesson. It holds at once, and nothing is marked again.

    It is kept in extensions.csv in the course folder, which may be edited, too.
    """
    from grader.marking.desk.own_course import extend, extensions_of, known_students, lateness, like

    course = Course.from_environment()
    if student is None:
        if until or remove:
            raise typer.BadParameter("name the student, too")
        given = list(extensions_of(course, lesson))
        for who, when in given:
            say(f"{who}: until {when}")
        if not given:
            say("Nobody has more time.")
        return
    if (until is None) is not remove:
        raise typer.BadParameter('say --until "2026-12-03 23:59", or --remove')
    if not student.strip():
        raise GraderError("name the student by the name of their folder or account, such as anna")
    done = extend(course, lesson, student.strip(), until, anyway=anyway)
    say(f"✓ {done.student}: {done.lesson} is due {done.due or '– there is no due date'}")
    if done.unknown:
        near = like(done.student, known_students(course))
        meant = f"; did you mean {near}?" if near else ""
        say(f"– nobody called {done.student} is in the gradebook or has handed in so far{meant}")
    elif words := lateness(course, lesson, done.student):
        say(f"  {words}")
    say("  Tell them: the released folder has the date of all; their feedback page will have theirs.")
