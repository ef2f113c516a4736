"""The page on which JupyterLab opens: every lesson with its picture, minutes and points, and what of it is done here.

A notebook with a head and one cell: JupyterLab shows it as it was written, before anything is run, and running the cell
brings it up to date. The two are written anew whenever JupyterLab is started; cells that somebody added stay.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from grader.checks.due import read_due
from grader.checks.lesson_list import LessonEntry, lesson_list
from grader.checks.progress import remembered

NAME = "start.ipynb"
MARK = {"rnn_workbook": "start page"}
"""What the page's own metadata hold: a notebook of the same name without it is somebody's own, and stays."""
MINE = "my-lessons"
"""The folder of those who learn alone."""
HEAD = """\
# Recurrent neural networks: the lessons

{click} One that is not here yet comes {comes}.
★ marks the minutes of the essentials.

What is done by now: click the cell below and press Shift+Enter."""
IN_THE_CLONE = (
    "Click a lesson to open your own; *with answers* opens it for reading.",
    """\
with `grader start 01` in a terminal or, in a course, with
*Assignment List* in the menu *Nbgrader*""",
)
ELSEWHERE = (
    "Click a lesson to open it.",
    """\
with *Assignment List* in the menu *Nbgrader*
or, as a file from your instructor, with `grader start 01-srn.zip` in a terminal""",
)
"""What to click, and where a lesson comes from, where the lessons are not part of the package."""
WITH_ANSWERS = "with answers"
CODE = "from grader.checks.start_page import show\n\nshow()"
HEADS = ("", "lesson", "minutes", "done", "open")
LEFT = 'style="text-align: left"'
"""JupyterLab would put what stands in a table to the right."""
WHOLE = 'style="text-align: left; white-space: nowrap"'
"""The same, for lines that are not to be broken."""


@dataclass(frozen=True)
class Done:
    """What a check has passed of a lesson: points, of the points that checks give."""

    points: float
    most: float

    def __str__(self) -> str:
        return f"{'✓ ' if self.points >= self.most else ''}{self.points:g} of {self.most:g} points"


class StartPage:
    """The table of lessons as it is now, seen from a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        passed = {name: one.points for name, one in remembered().items() if one.passed}
        self.lessons = [(entry, _done(entry, passed)) for entry in lesson_list()]

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" {LEFT}>{name}</th>' for name in HEADS)
        rows = "".join(_row(entry, done, self.folder) for entry, done in self.lessons)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{escape(self.together)}</p>"

    def __repr__(self) -> str:
        lines = [f"{entry.title}: {entry.minutes} minutes, {done}" for entry, done in self.lessons]
        return "\n".join([*lines, self.together])

    @property
    def together(self) -> str:
        """The sums, in a sentence."""
        done = Done(sum(each.points for _, each in self.lessons), sum(each.most for _, each in self.lessons))
        minutes = sum(entry.minutes for entry, _ in self.lessons)
        essential = sum(entry.essential_minutes for entry, _ in self.lessons)
        return (
            f"Together: {minutes / 60:.0f} hours, the essentials {essential / 60:.0f}; {done}. "
            "Written answers are marked by a person and not counted here."
        )


def show(folder: Path | None = None) -> None:
    """Show the table of lessons, with links from that folder, or from the one in which Python works."""
    from IPython.display import display

    display(StartPage(Path.cwd() if folder is None else folder))


def write_start_page(folder: Path) -> Path | None:
    """Write the page into a folder. Of one that is there only the page's own cells change.

    Returns:
        its path; None where a file of that name is somebody's own, which stays as it is.
    """
    path = folder / NAME
    if path.exists() and not _is_ours(path):
        return None
    page = _notebook(StartPage(folder))
    if path.exists():
        page = _kept(json.loads(path.read_text(encoding="utf-8")), page)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(3)}")
    try:
        draft.write_text(json.dumps(page, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _kept(there: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    """The page with the cells that somebody added to the one that is there, each in its place."""
    cells = there.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, Mapping) for cell in cells):
        return page
    fresh = {cell["id"]: cell for cell in page["cells"]}
    lacking = [fresh[each] for each in fresh if each not in {cell.get("id") for cell in cells}]
    return {**page, "cells": [*lacking, *(fresh.get(cell.get("id"), cell) for cell in cells)]}


def _is_ours(path: Path) -> bool:
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        return bool(metadata.items() >= MARK.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _notebook(page: StartPage) -> dict[str, Any]:
    data = {"text/html": page._repr_html_(), "text/plain": repr(page)}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    click, comes = IN_THE_CLONE if _is_clone(page.folder) else ELSEWHERE
    tags = {"tags": ["nbval-ignore-output"]}
    return {
        "cells": [
            {
                "cell_type": "markdown",
                "id": "start-head",
                "metadata": {},
                "source": HEAD.format(click=click, comes=comes),
            },
            {
                "cell_type": "code",
                "execution_count": None,
                "id": "start-lessons",
                "metadata": tags,
                "outputs": [output],
                "source": CODE,
            },
        ],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}, **MARK},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _done(entry: LessonEntry, passed: dict[str, float]) -> Done:
    return Done(sum(passed.get(name, 0) for name in entry.tasks), sum(entry.tasks.values()))


def _row(entry: LessonEntry, done: Done, folder: Path) -> str:
    essential = f"<br>★ {entry.essential_minutes}" if entry.essential_minutes else ""
    places = _places(entry, folder)
    own = [path for path, words in places.items() if words != WITH_ANSWERS]
    title = _link(own[0], entry.title) if own else escape(entry.title)
    cells = (
        _picture(entry.picture),
        f"<strong>{title}</strong><br>{escape(entry.subtitle)}{_due(places, folder)}",
        f"{entry.minutes}{essential}",
        str(done),
        "<br>".join([_link(path, words) for path, words in places.items()] + _missing(entry, folder, places)),
    )
    styles = (LEFT, LEFT, WHOLE, WHOLE, WHOLE)
    return f"<tr>{''.join(f'<td {style}>{cell}</td>' for style, cell in zip(styles, cells, strict=True))}</tr>"


def _due(places: dict[str, str], folder: Path) -> str:
    """When a lesson is due, where a folder of it that is no reading copy says so."""
    found = (read_due((folder / path).parent) for path, words in places.items() if words != WITH_ANSWERS)
    due = next(filter(None, found), None)
    return f"<br><em>{escape(due.says())}</em>" if due else ""


def _picture(path: Path) -> str:
    """The picture within the page; it says nothing that the title does not, so its alt text is empty."""
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<img alt="" style="width: 96px; max-width: 96px" src="data:image/png;base64,{data}">'


def _places(entry: LessonEntry, folder: Path) -> dict[str, str]:
    """Where a lesson lies, seen from the folder, with what to call it; the best place first."""
    wanted = {entry.notebook: "open", f"{MINE}/{entry.notebook}": "your own"}
    if _is_clone(folder):
        wanted[f"lessons/{entry.notebook}"] = WITH_ANSWERS
    return {path: words for path, words in wanted.items() if (folder / path).exists()}


def _missing(entry: LessonEntry, folder: Path, places: dict[str, str]) -> list[str]:
    """What is said where a lesson is not."""
    if _is_clone(folder):
        return [] if "your own" in places.values() else [f"your own: <code>grader start {entry.number}</code>"]
    return [] if places else ["not here yet"]


def _is_clone(folder: Path) -> bool:
    """Do the lessons with their answers lie here?"""
    return (folder / "lessons").is_dir() and (folder / "solutions").is_dir()


def _link(path: str, words: str) -> str:
    return f'<a href="{escape(path, quote=True)}">{escape(words)}</a>'
