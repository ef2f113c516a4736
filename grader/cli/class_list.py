"""The commands about who is in the class, and about the LMS that it lives in: roster, import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.app import COURSE, Lesson, OneOrAll, app
from grader.cli.terminal import err, say
from grader.marking.course.course import Course
from grader.marking.desk.lms.systems import Lms

MOST_NAMES = 12
"""Students who are named in a line."""


@app.command(rich_help_panel=COURSE)
def roster(
    table: Annotated[
        Path | None,
        typer.Argument(help="A CSV with the columns id, name, email, lms_id; without one, the list is printed."),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take off those who are no longer on it and have no work in the course.")
    ] = False,
) -> None:
    """Take the list of the class: then reports and Formgrader name everybody, also who handed in nothing.

    The id is the name of the student's folder. The name may be in two columns, first_name and last_name. The lists that
    Canvas, Moodle and Gradescope give out are taken as they are. Taken again, a list changes what is another in it.
    """
    from grader.marking.course.roster import roster_of
    from grader.marking.desk.enrol import enrol

    course = Course.from_environment()
    if table is None:
        found = roster_of(course)
        for one in found.students.values():
            say("  ".join(part for part in (one.id, one.name, one.email, one.lms_id) if part))
        say(f"{_students(len(found))} on the list." if found else "There is no list yet: `grader roster students.csv`.")
        return
    with err.status("Taking the list …"):
        done = enrol(course, table, remove=remove)
    for line in done.remarks:
        say(f"– {line}")
    for student, why in done.gone.items():
        say(f"– {_named(done.roster.name_of(student), student)} is no longer on the list and stays: {why}")
    if done.unlisted:
        say(f"– handed in and not on the list: {_few(done.unlisted)}")
    parts = (("new", done.new), ("changed", done.changed), ("taken off", done.removed))
    news = "; ".join(f"{len(some)} {what}: {_few(some)}" for what, some in parts if some)
    say(f"✓ {_students(len(done.roster))} on the list. {news or 'Nothing is new'}.")


def _students(number: int) -> str:
    return f"{number} student{'' if number == 1 else 's'}"


def _named(name: str, student: str) -> str:
    return f"{name} ({student})" if name else student


def _few(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


@app.command("import", rich_help_panel=COURSE)
def import_(
    lesson: Lesson,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="What the LMS gave out: zips, folders, single files; beside them Moodle's grading worksheet (.csv). "
            "Otherwise what lies in downloaded/LESSON in the course folder.",
            metavar="[FILE …]",
        ),
    ] = None,
    students: Annotated[
        list[str] | None,
        typer.Option(
            "--as", metavar="STUDENT", help="It is this student's, whatever it is called; several times for a group."
        ),
    ] = None,
) -> None:
    """Take what was handed in to Canvas, Moodle or Gradescope, or files of `grader submit`. Exit code 1 if not all.

    Whose it is is found on the list of `grader roster`. What could not be placed is listed, with the way out.
    """
    from grader.marking.desk.lms.import_work import import_work

    if students and not files:
        raise typer.BadParameter("with --as, name the file or folder that is to be taken")
    with err.status(f"Importing {lesson} …"):
        done = import_work(Course.from_environment(), lesson, files or (), students=students or ())
    for line in done.refused:
        say(f"✗ not placed: {line}")
    for line in (*done.older, *done.remarks):
        say(f"– {line}")
    if done.unknown_times:
        say(f"– late by the LMS, which says no time but that at which it packed them: {_few(done.unknown_times)}")
    if done.late:
        say(f"– late, by the LMS: {_few(done.late)}")
    if done.in_time:
        say(f"– nothing says when they handed in; they count as in time, whatever the due date: {_few(done.in_time)}")
        say("  Moodle's grading worksheet says when; what you write into their timestamp.txt holds, too.")
    if done.missing:
        say(f"– on the list, and nothing of theirs is there: {_few(done.missing)}")
    same = f", {len(done.unchanged)} are there already" if done.unchanged else ""
    then = f" Next: `grader autograde {lesson}`." if done.placed else ""
    say(f"✓ {_students(len(done.placed))} placed{same}.{then}")
    raise typer.Exit(1 if done.refused else 0)


@app.command(rich_help_panel=COURSE)
def export(
    to: Annotated[Lms, typer.Option("--to", help="Where it goes.")],
    lesson: OneOrAll = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            help="The table that the LMS gave out, to be filled in: Canvas's gradebook, Moodle's grading worksheet.",
            dir_okay=False,
        ),
    ] = None,
    column: Annotated[
        str, typer.Option("--column", help="Which column of Canvas's gradebook is the lesson's.", metavar="HEAD")
    ] = "",
    into: Annotated[Path | None, typer.Option("--into", help="The folder; export in the course folder.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also the points of those whose work is not marked to its end.")
    ] = False,
    zero: Annotated[bool, typer.Option("--zero", help="Who has handed in nothing has 0 points.")] = False,
) -> None:
    """Write the table of points that an LMS imports, and the feedback pages in a zip, named as it wants them.

    The points are those of `grader report`; where course.toml says what a lesson counts, they are in these points.
    """
    from grader.marking.desk.lms.export import export

    course = Course.from_environment()
    with err.status("Writing …"):
        done = export(course, to, lesson, file=file, column=column, into=into, anyway=anyway, zero=zero)
    for why, who in done.held.items():
        say(f"– without points yet: {_few(who)}: {why}")
    for name, who in done.nothing.items():
        if who:
            say(f"– handed in nothing of {name}: {_few(who)}")
    for line in done.remarks:
        say(f"– {line}")
    for path, what in done.files:
        say(f"✓ {path}\n  {what}")
