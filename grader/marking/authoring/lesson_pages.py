"""What is said of the lessons outside of them, written by ``grader sync`` from their own first cells.

The README's table stands between two marks; `grader.checks.lesson_list` reads ``lessons.json``, for students too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import nbformat

from grader.checks.errors import GraderError
from grader.checks.lesson_list import FILE, LessonEntry
from grader.checks.task import module_of, tasks_of
from grader.marking.authoring.heads import STAR, essential_minutes, in_hours, in_order
from grader.marking.authoring.lesson_table import LessonRow, lesson_row
from grader.marking.course.paths import LESSON_FOLDER, ROOT

BEGIN, END = "<!-- grader sync: lessons begin -->\n", "<!-- lessons end -->"
HEADER = (
    "| | lesson | when you have finished you will be able to | minutes | points |\n| --- | --- | --- | --: | --: |\n"
)
SHOWN = ("program", "build")
"""Of a lesson's abilities the table shows the first with one of these words, the first of all if none has one."""


def sync_pages(
    check: bool = False, lessons: Path = LESSON_FOLDER, readme: Path = ROOT / "README.md", listed: Path = FILE
) -> list[str]:
    """Write the README's table and the list of lessons anew.

    Args:
        check: write nothing.
        lessons: the folder of lessons.
        readme, listed: the two files.

    Returns:
        what differed, a line for each file.

    Raises:
        GraderError: the README lacks the marks, or a notebook's first cell what is shown of it.
    """
    rows = [lesson_row(path) for path in in_order(lessons)]
    entries = [_entry(row, lessons / row.notebook) for row in rows]
    said = readme.read_text(encoding="utf-8")
    wanted = {
        readme: _with_table(said, table(rows, entries)),
        listed: json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1) + "\n",
    }
    differed = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in differed if not check else ():
        path.write_text(wanted[path], encoding="utf-8")
    return [f"{path.name}: what it says of the lessons" for path in differed]


def table(rows: Sequence[LessonRow], entries: Sequence[LessonEntry]) -> str:
    """The README's table: a row for each notebook, and the sums."""
    lines = [_line(row, entry) for row, entry in zip(rows, entries, strict=True)]
    minutes, points = sum(one.minutes for one in entries), sum(one.points for one in entries)
    essential = in_hours(sum(one.essential_minutes for one in entries))
    sums = f"| | together | | {in_hours(minutes)} ({STAR} {essential}) | {points:g} |\n"
    path = (
        f"{STAR} is a path of {essential} through the essentials: its parts have a star in each lesson's first table."
    )
    return f"{HEADER}{''.join(lines)}{sums}\n{path}\n"


def _line(row: LessonRow, entry: LessonEntry) -> str:
    # the picture says nothing that the title beside it does not: its alt text is empty
    picture = f'<img src="grader/checks/lessons/{entry.picture.name}" width="96" alt="">'
    essential = f" ({STAR} {entry.essential_minutes})" if entry.essential_minutes else ""
    cells = (
        picture,
        f"[{entry.title}](lessons/{entry.notebook})",
        _ability(row.abilities),
        f"{entry.minutes}{essential}",
        f"{entry.points:g}",
    )
    return f"| {' | '.join(cells)} |\n"


def _ability(abilities: Sequence[str]) -> str:
    """The one that the table shows, without the sign at its end."""
    shown = [one for word in SHOWN for one in abilities if word in one.split()]
    return (shown or abilities)[0].rstrip(";.")


def _entry(row: LessonRow, path: Path) -> LessonEntry:
    tasks = tasks_of(module_of(path.parent.name, path.stem)).values()
    return LessonEntry(
        notebook=row.notebook,
        title=f"{row.number} · {row.title}",
        subtitle=row.subtitle,
        minutes=row.minutes,
        essential_minutes=essential_minutes(nbformat.read(path, as_version=4)),
        points=row.points,
        tasks={task.name: task.points for task in tasks},
    )


def _with_table(page: str, written: str) -> str:
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise GraderError(f"README.md lacks the marks {BEGIN.strip()} and {END}, between which the lessons stand")
    return f"{before}{begin}{written}{end}{after}"
