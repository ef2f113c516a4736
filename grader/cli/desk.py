"""`grader desk`: the class in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.cli.app import COURSE, app
from grader.cli.terminal import say
from grader.marking.course.course import Course


@app.command(rich_help_panel=COURSE)
def desk(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where it listens; the next free one where it is taken. 0: any.")
    ] = 8790,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open the class in the browser: who handed in, points, mistakes, and buttons for these commands.

    Only this machine reaches it, by the address that is printed. Ctrl-C closes it; a command that runs is stopped, as
    Ctrl-C stops it in a terminal.
    """
    from grader.marking.desk.web.server import serve

    serve(Course.from_environment(), port=port, browser=not no_browser, say=say)
