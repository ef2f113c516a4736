"""What each notebook says of itself: title, abilities, minutes, points. Read from its first cell and its marks.

README, the start page and the site show the same table, so none of them repeats by hand what a lesson says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.errors import GraderError
from grader.marking.authoring.heads import essential_minutes, in_order, parts
from grader.marking.course.paths import LESSON_FOLDER

TITLE = re.compile(r"# (\d+) · (.+)")
ABILITIES = re.compile(r"\*\*When you have finished [^*]+\*\*\n\n((?:- .+\n(?:  .+\n)*)+)")
FIGURE = re.compile(r"\*\*(Figure \d+[A-G]?\.\d+)\.\*\*")


@dataclass(frozen=True)
class LessonRow:
    """A notebook, in its own words.

    Attributes:
        number, title: of "# 01 · SRN: the simple recurrent network", "01" and what follows the dot.
        folder, notebook: the lesson's folder, and the notebook's path below `lessons`: "01-srn/01-srn.ipynb".
        subtitle: the sentence under the title.
        abilities: what one is able to do when one has finished, as Markdown.
        minutes: all parts together.
        essentials: minutes of the parts that are marked as essential.
        points: of all exercises, written ones too.
        picture: the name of its first figure, such as "Figure 1.1", or "".
    """

    number: str
    folder: str
    notebook: str
    title: str
    subtitle: str
    abilities: tuple[str, ...]
    minutes: int
    essentials: int
    points: float
    picture: str


class NoLessonHead(GraderError):
    """A notebook whose first cell lacks what the table shows."""


def lesson_table(lessons: Path = LESSON_FOLDER) -> list[LessonRow]:
    """All notebooks, in the order in which they are learned.

    Args:
        lessons: the folder of lessons.

    Raises:
        NoLessonHead: a notebook's first cell lacks its title, subtitle or abilities; the message says which.
        NoHead: it lacks its minutes, or they have another sum.
    """
    return [lesson_row(path) for path in in_order(lessons)]


def lesson_row(path: Path) -> LessonRow:
    """One notebook's row.

    Raises:
        NoLessonHead: its first cell lacks its title, subtitle or abilities; the message says which.
        NoHead: it lacks its minutes, or they have another sum.
    """
    notebook = nbformat.read(path, as_version=4)
    head = notebook.cells[0].source + "\n"
    lines = head.splitlines()
    number, title = _found(TITLE, head, path, "a title, as `# 01 · SRN: …`")
    (abilities,) = _found(ABILITIES, head, path, "the list under “When you have finished …”")
    if len(lines) < 3 or not lines[2]:
        raise NoLessonHead(f"{path.name}: its first cell lacks a sentence under the title")
    return LessonRow(
        number=number,
        folder=path.parent.name,
        notebook=f"{path.parent.name}/{path.name}",
        title=title,
        subtitle=lines[2],
        abilities=tuple(" ".join(item.split()) for item in abilities.removeprefix("- ").split("\n- ")),
        minutes=sum(part.minutes for part in parts(notebook)),
        essentials=essential_minutes(notebook),
        points=sum(cell.metadata.get("nbgrader", {}).get("points") or 0 for cell in notebook.cells),
        picture=_first_figure(notebook),
    )


def _found(pattern: re.Pattern[str], head: str, path: Path, what: str) -> Sequence[str]:
    match = pattern.search(head)
    if match is None:
        raise NoLessonHead(f"{path.name}: its first cell lacks {what}")
    return [str(group) for group in match.groups()]


def _first_figure(notebook: NotebookNode) -> str:
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return next((match[1] for match in map(FIGURE.search, texts) if match), "")
