"""The commands of students, and of those who learn alone: start, submit, progress."""

from __future__ import annotations

import getpass
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from grader.checks.errors import GraderError
from grader.checks.lesson_names import lesson_and_notebook
from grader.cli.app import STUDENT, app
from grader.cli.terminal import out, plain, say
from grader.student.begin import FOLDER, command, here_is_the_clone, how_to_begin, option

if TYPE_CHECKING:
    from grader.student.bring import Source
    from grader.student.so_far import Row

Into = Annotated[
    Path | None,
    typer.Option("--into", help="The folder of your lessons, otherwise my-lessons.", file_okay=False, metavar="FOLDER"),
]


@app.command(rich_help_panel=STUDENT)
def start(
    lesson: Annotated[
        str, typer.Argument(help="The lesson: 01-srn, 01 or srn; or a released folder or zip.", metavar="LESSON")
    ],
    merge: Annotated[
        bool, typer.Option("--merge", help="Take a newer version's text over, and keep your answers and cells.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Begin anew; what is there gets a dated name.")] = False,
    into: Into = None,
) -> None:
    """Make a folder of your own for a lesson, such as my-lessons/01-srn. What you wrote there is never overwritten."""
    from grader.student.disk import in_words
    from grader.student.start import start

    _wanted(lesson)
    if merge and again:
        raise typer.BadParameter("--merge keeps your answers, --again begins without them: give one of them")
    with in_words(f"work elsewhere: grader start {lesson} --into FOLDER"):
        source = _source(lesson, into)
        if source.notebook:
            say(f"{lesson} is a notebook of {source.lesson}, which is started as a whole.")
        done = start(source, into or _my_lessons(), merge=merge, again=again)
    for line in done.says:
        say(line)
    if into is None and done.folder.is_absolute() and not done.folder.is_relative_to(Path.cwd()):
        say(f"– It lies in the project's clone, not where you are; for one here: grader start {lesson} --into {FOLDER}")


@app.command(rich_help_panel=STUDENT)
def submit(
    lesson: Annotated[str, typer.Argument(help="The lesson, or your folder of it.", metavar="LESSON")],
    name: Annotated[str | None, typer.Option(help="What you are called; otherwise your account.")] = None,
    into: Into = None,
) -> None:
    """Make one file of your work on a lesson, to upload where your instructor says; tell what is not yet answered."""
    from grader.student.disk import in_words
    from grader.student.submit import folder_of, said_of, submit

    _wanted(lesson)
    lessons = into or _my_lessons()
    with in_words("have it made elsewhere: grader submit FOLDER-OF-THE-LESSON --into ELSEWHERE"):
        done = submit(folder_of(lesson, lessons, into), name or getpass.getuser(), into)
    for line in said_of(done):
        say(line)


@app.command(rich_help_panel=STUDENT)
def progress() -> None:
    """Tell how far you are: which exercises passed their check on this machine, and what they earn."""
    from grader.checks.progress import place, set_broken_aside
    from grader.student.disk import in_words
    from grader.student.so_far import so_far

    where = place()
    with in_words("name another file in the environment variable RNN_WORKBOOK_PROGRESS"):
        for aside in set_broken_aside():
            say(f"– What was remembered in {where} could not be read, and is not counted: it is kept as {aside}.")

    table = Table(
        "lesson", *(Column(head, justify="right") for head in ("passed", "points", "minutes left")), show_footer=True
    )
    rows = so_far([_my_lessons(), *_lessons_of_the_clone()])
    dated = any(row.due for row in rows)
    if dated:
        table.add_column("due")
    for row in rows:
        done = f"{row.passed} of {row.exercises}", f"{row.points} of {row.most}"
        table.add_row(row.lesson, *done, "–" if row.minutes is None else str(row.minutes), *_due(row, dated))
    sums = [f"{sum(row.passed for row in rows)} of {sum(row.exercises for row in rows)}"]
    sums += [f"{sum(row.points for row in rows)} of {sum(row.most for row in rows)}"]
    sums += ["–" if any(row.minutes is None for row in rows) else str(sum(row.minutes or 0 for row in rows))]
    for column, footer in zip(table.columns, ["together", *sums], strict=False):
        column.footer = footer
    out.print(table)
    say("Written answers are marked by a person, and not counted here.")
    say(f"Remembered in {where}." if where else "Nothing is remembered: RNN_WORKBOOK_PROGRESS is off.")


def _due(row: Row, dated: bool) -> tuple[str, ...]:
    """The cell of the column of due dates, where there is one."""
    return (plain(row.due.in_short()) if row.due else "",) if dated else ()


def _lessons_of_the_clone() -> list[Path]:
    if not here_is_the_clone():
        return []
    from grader.marking.course.paths import LESSON_FOLDER

    return [LESSON_FOLDER]


def _wanted(lesson: str) -> None:
    """Raises a GraderError where nothing was named."""
    if not lesson.strip():
        raise GraderError(f"name a lesson, such as 01-srn, 01 or srn, or {how_to_begin('01-srn')}")


def _source(lesson: str, into: Path | None) -> Source:
    """The lesson of that name in the clone, or what lies at that path."""
    from grader.student.bring import Source, source_at

    path = Path(lesson)
    try:
        name, notebook = lesson_and_notebook(lesson)
    except GraderError:
        if not path.exists() and (path.suffix or path.name != lesson):
            raise GraderError(f"no such file: {path.absolute()}") from None
        if not path.exists():
            raise
        return _typed(source_at(path), into)
    if here_is_the_clone():
        number = name.partition("-")[0]
        return _typed(Source(name, number, lambda folder: _student_version(name, folder), notebook), into)
    if path.is_dir():
        return _typed(source_at(path), into)
    raise GraderError(
        f"the lessons are not part of this package: give the folder or the zip of {name} that you have from your "
        f"instructor, such as `{command(name, into)}`; or fetch it in JupyterLab (Nbgrader → Assignment List)"
    )


def _typed(source: Source, into: Path | None) -> Source:
    """The same, with the folder that was named in what is said to type next."""
    return replace(source, typed=f"{source.typed}{option(into)}")


def _student_version(lesson: str, folder: Path) -> None:
    from grader.marking.desk.student_version import student_version

    student_version(lesson, folder)


def _my_lessons() -> Path:
    """The folder of one's own lessons: in the clone, else where one is."""
    if here_is_the_clone():
        from grader.marking.course.paths import ROOT

        return Path(FOLDER) if Path.cwd() == ROOT else ROOT / FOLDER
    return Path(FOLDER)
