"""The command `grader new-lesson`: a whole lesson under a name of one's own, to be written over."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.cli.app import MAINTAINER, app
from grader.cli.terminal import say

NEXT = """
It is a whole lesson, the leaky integrator, and passes the tests of lessons. Now make it yours, part by part;
CONTRIBUTING.md walks through it:
1. solutions/{module}.py and tests/solutions/test_{module}.py, then grader/checks/tasks/{module}.py.
2. lessons/{folder}/{folder}.ipynb in `make lab`; then `grader sync {number}`.
3. Right answers and mistakes: alternatives/{module}.py and misconceptions/{module}.py in grader/marking/answers;
   then `grader record`, `grader margins {number}`, `grader fidelity --traps`.
4. A picture in grader/marking/authoring/lesson_pictures.py; `make check test`; before a merge, `make fidelity`.
`git status` shows all that is new or changed."""


@app.command(name="new-lesson", rich_help_panel=MAINTAINER)
def new_lesson(
    name: Annotated[str, typer.Argument(help="A free number and a name: 10-mine.", metavar="NN-NAME")],
) -> None:
    """Begin a lesson of your own: a small whole one under that name, which passes all tests, to be written over."""
    from grader.marking.authoring.new_lesson import NewLesson, new_lesson

    new_lesson(name, say=say)
    lesson = NewLesson(name)
    say(NEXT.format(folder=lesson.folder, module=lesson.module, number=lesson.number).strip())
