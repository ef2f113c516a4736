"""The command `grader similar`: answers of a lesson that share what few others have, for a person to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from grader.cli.app import COURSE, app
from grader.cli.terminal import err, out, plain, say
from grader.marking.course.course import Course

if TYPE_CHECKING:
    from grader.marking.desk.similar.find import Pair, Similar


@app.command(rich_help_panel=COURSE)
def similar(
    lesson: Annotated[str | None, typer.Argument(help="The lesson: 01-srn, 01 or srn.", metavar="LESSON")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the answers side by side into this file, readable by you alone.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="How many pairs to list.")] = 30,
    rates: Annotated[
        bool, typer.Option("--rates", help="Instead, measure on made-up copies and independent answers what is listed.")
    ] = False,
) -> None:
    """List pairs of students whose answers share what few others have, for you to read. No verdict: see the page.

    The answers in the course folder are compared exercise by exercise on this machine, names and formatting aside; the
    lesson's text counts nothing, what many write counts little. Nothing is run, stored or sent.
    """
    if rates:
        return _rates()
    if lesson is None:
        raise typer.BadParameter("which lesson? Such as: grader similar 01")
    from grader.marking.desk.similar.find import similar
    from grader.marking.desk.similar.page import similar_page, write_page

    with err.status(f"Comparing the answers to {lesson} …"):
        found = similar(Course.from_environment(), lesson)
    _print(found, most)
    if html:
        write_page(similar_page(found, most), html)
        say(f"written, for you alone: {html}")
    elif found.pairs:
        say("To read them side by side: --html FILE")


def _print(found: Similar, most: int) -> None:
    from grader.marking.desk.similar.find import LISTED
    from grader.marking.desk.similar.page import number

    table = Table("students", Column("sum", justify="right"), "exercises", title=found.lesson, title_justify="left")
    for pair in found.pairs[:most]:
        table.add_row(
            plain(f"{found.called(pair.one)} · {found.called(pair.other)}"), number(pair.sum), plain(_exercises(pair))
        )
    if found.pairs:
        out.print(table)
    if len(found.pairs) > most:
        say(f"… and {len(found.pairs) - most} more: --most {len(found.pairs)} lists all.")
    for line in found.unread:
        say(f"– not read: {line}")
    pairs = "1 pair" if len(found.pairs) == 1 else f"{len(found.pairs)} pairs"
    say(f"{found.students} students, {pairs} with a number of {number(LISTED)} of 100 or more.")
    say(
        "It says how much two answers share that few others have, not how that came to be; short answers are expected "
        "to be equal."
    )


def _exercises(pair: Pair) -> str:
    from grader.marking.desk.similar.page import number

    return ", ".join(f"{answer.exercise.title.partition(':')[0]} {number(answer.number)}" for answer in pair.answers)


def _rates() -> None:
    from grader.marking.proving.similar_rates import similar_rates

    with err.status("Comparing made-up copies and independent answers …"):
        found = similar_rates()
    for line in found.lines():
        say(line)
