"""The traps that the lessons themselves warn of, each with the mistakes of the bank that a student is told there.

``traps.csv`` holds one row a trap: the task, the words of its notebook (they stand there so), and the names of the
entries. A trap of which the check itself tells, whatever the task, names what it says in place of an entry: `GENERAL`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from grader.checks.task import find_task
from grader.marking.course.paths import LESSON_FOLDER

FILE = Path(__file__).with_name("traps.csv")
GENERAL = ("changed inputs",)
"""What every check says by itself."""
BEGIN, END = "<!-- traps: begin -->\n", "<!-- traps: end -->\n"


@dataclass(frozen=True)
class Trap:
    """A trap that a lesson warns of.

    Attributes:
        task: name of the exercise that it concerns.
        quote: the lesson's words, on one line.
        entries: names of the misconceptions that name it, or one of `GENERAL`.
    """

    task: str
    quote: str
    entries: tuple[str, ...]


def traps() -> list[Trap]:
    """All traps, in the order of the lessons."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Trap(row["task"], row["quote"], tuple(row["entries"].split(", "))) for row in csv.DictReader(file)]


def stands_in_its_notebook(trap: Trap) -> bool:
    """Whether the lesson has these words, apart from the ends of its lines."""
    task = find_task(trap.task)
    name = task.module.rpartition(".")[2].replace("_", "-") if "." in task.module else task.lesson
    return trap.quote in _words_of(LESSON_FOLDER / task.lesson / f"{name}.ipynb")


@cache
def _words_of(notebook: Path) -> str:
    cells = nbformat.read(notebook, as_version=4).cells
    return " ".join(word for cell in cells if cell.cell_type == "markdown" for word in cell.source.split())


def section() -> str:
    """The part of the page that lists them, between `BEGIN` and `END`."""
    found = traps()
    named = {(trap.task, entry) for trap in found for entry in trap.entries if entry not in GENERAL}
    rows = "".join(f"| {each.task} | {_plain(each.quote)} | {_names(each)} |\n" for each in found)
    return (
        f"{BEGIN}## Traps that the lessons warn of\n\n"
        f"{len(found)} places at which a lesson's text, hints or tables warn of a mistake, and the entries by which it "
        f"is named ({len(named)} of them; `grader/marking/proving/fidelity/traps.csv`).\n\n"
        f"| task | the lesson says | named as |\n| --- | --- | --- |\n{rows}\n{END}"
    )


def _plain(quote: str) -> str:
    """A quotation as text of a table: no mark of Markdown, no formula."""
    marks = {mark: f"\\{mark}" for mark in "\\`*_|$<>[]~#"}
    return "".join(marks.get(letter, letter) for letter in quote)


def _names(trap: Trap) -> str:
    return ", ".join(entry if entry in GENERAL else f"`{entry}`" for entry in trap.entries)


def write_section(page: Path) -> None:
    """Write the section alone into the page, in place of the one that stands there."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not rest:
        before, mark, after = text.partition("## Every task\n")
        after = mark + after
    page.write_text(f"{before}{section()}{after}", encoding="utf-8")
