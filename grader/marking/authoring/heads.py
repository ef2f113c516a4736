"""What stands at a notebook's head and foot beside its own words: its neighbours, and the path through the essentials.

Written by ``grader sync``. A link names the folder of the neighbour, which lies beside this lesson's own wherever
lessons lie: in the course, where a student fetched them, among a learner's own. Where the neighbour may be missing,
words say how it comes there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.errors import GraderError
from grader.checks.task import LESSONS, module_of
from grader.marking.course.paths import LESSON_FOLDER

STAR = "★"
ESSENTIAL_HOURS = 12
"""So long the path through the essentials takes at most."""
ROW = re.compile(r"^\| *(\d*) *\| *(?! *together)([^|]+?) *\| *(\d+) *\|$", re.MULTILINE)
TOGETHER = re.compile(r"^\| *\| *together[^|]*\| *(\d+) *\|$", re.MULTILINE)
EXERCISES = re.compile(r" · \*Exercises? ([^*]+)\*")
TITLE = re.compile(r"# (\d+ · .+)")
LINKS = re.compile(r"\n\n(?:Before|Next): \[[^\n]*")
ESSENTIALS = re.compile(rf"\n\n{STAR} marks [^\n]*")
THERE = "a link opens a lesson once you have started or fetched it"
FETCH = (
    "The link does nothing? Then you do not have it yet. By yourself: `grader start {number}`. In a course: "
    "*Assignment List* in the menu *Nbgrader*, or `grader start` with the file that you were given."
)
LAST = "-next"
"""How the id of a notebook's last cell ends."""


@dataclass(frozen=True)
class Part:
    """A row of the table at a notebook's head.

    Attributes:
        number: "" for the question before part 1.
        title, minutes: as the table has them; the title without star and exercises.
        exercises: such as "1.2, 1.3", or "".
        essential: does it belong to the path through the essentials?
    """

    number: str
    title: str
    exercises: str
    minutes: int
    essential: bool


class NoHead(GraderError):
    """A notebook whose first cell lacks what belongs there."""


def sync_heads(check: bool = False, lessons: Path = LESSON_FOLDER) -> list[str]:
    """Write links to the neighbours, and what is said of the essentials, into all notebooks.

    Args:
        check: write nothing.
        lessons: the folder of lessons.

    Returns:
        what differed, a line for each notebook.

    Raises:
        NoHead: a notebook's first cell lacks its title or its minutes; nothing is written.
    """
    paths = in_order(lessons)
    notebooks = [nbformat.read(path, as_version=nbformat.NO_CONVERT) for path in paths]
    together = sum(essential_minutes(notebook) for notebook in notebooks)
    differed = []
    for number, (path, notebook) in enumerate(zip(paths, notebooks, strict=True)):
        before, after = _neighbour(paths, notebooks, number - 1), _neighbour(paths, notebooks, number + 1)
        if _write_into(notebook, path, before, after, together):
            differed.append(f"{path.name}: the links to its neighbours, or the line on the essentials")
            if not check:
                nbformat.write(notebook, path)
    return differed


def in_order(lessons: Path = LESSON_FOLDER) -> list[Path]:
    """The paths of all notebooks, in the order in which they are learned."""
    order = list(LESSONS)
    return sorted(lessons.glob("[0-9]*/*.ipynb"), key=lambda path: order.index(module_of(path.parent.name, path.stem)))


def parts(notebook: NotebookNode) -> list[Part]:
    """The rows of the table at a notebook's head, in order, without the last, which sums them.

    Raises:
        NoHead: there are none, or their minutes have another sum.
    """
    head = notebook.cells[0].source
    found = [_part(*row) for row in ROW.findall(head)]
    together = TOGETHER.search(head)
    if together is None or int(together[1]) != sum(part.minutes for part in found):
        raise NoHead(f"{head.splitlines()[0]}: the minutes of its parts are not those in the row `together`")
    return found


def _part(number: str, about: str, minutes: str) -> Part:
    exercises = EXERCISES.search(about)
    title = EXERCISES.sub("", about)
    essential = title.endswith(f" {STAR}")
    return Part(number, title.removesuffix(f" {STAR}"), exercises[1] if exercises else "", int(minutes), essential)


def essential_minutes(notebook: NotebookNode) -> int:
    """Minutes of the parts with a star."""
    return sum(part.minutes for part in parts(notebook) if part.essential)


def in_hours(minutes: int) -> str:
    """715 → "11 h 55 min", 720 → "12 hours"."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} hours"


def _neighbour(paths: Sequence[Path], notebooks: Sequence[NotebookNode], number: int) -> tuple[Path, str] | None:
    """A neighbour's path, and what its title says."""
    if not 0 <= number < len(paths):
        return None
    title = TITLE.match(notebooks[number].cells[0].source)
    if title is None:
        raise NoHead(f"{paths[number].name}: its first cell does not begin with a title such as `# 01 · SRN: …`")
    return paths[number], title[1]


def _write_into(
    notebook: NotebookNode, path: Path, before: tuple[Path, str] | None, after: tuple[Path, str] | None, together: int
) -> bool:
    """Write both into a notebook; was anything different?"""
    head = _head(notebook, _line(path, before, after), together)
    foot = _foot(path, before, after)
    differed: bool = head != notebook.cells[0].source or not _is_last(notebook) or notebook.cells[-1].source != foot
    notebook.cells[0].source = head
    if not _is_last(notebook):
        name = module_of(path.parent.name, path.stem).rpartition(".")[2]
        notebook.cells.append(nbformat.v4.new_markdown_cell(id=f"{name}{LAST}"))
    notebook.cells[-1].source = foot
    return differed


def _head(notebook: NotebookNode, links: str, together: int) -> str:
    """The first cell: the links under the sentence below the title, the essentials under the table."""
    title, subtitle, rest = ESSENTIALS.sub("", LINKS.sub("", notebook.cells[0].source)).split("\n\n", 2)
    if minutes := essential_minutes(notebook):
        table = TOGETHER.search(rest)
        assert table is not None  # `parts` found it
        said = f"{STAR} marks the essentials: {minutes} of these {table[1]} minutes."
        said += f" Those of all lessons take {in_hours(together)}."
        rest = f"{rest[: table.end()]}\n\n{said}{rest[table.end() :]}"
    return "\n\n".join((title, subtitle, links, rest))


def _line(path: Path, before: tuple[Path, str] | None, after: tuple[Path, str] | None) -> str:
    """The links in one line, which begins as `LINKS` has it."""
    links = [f"Before: {_link(path, before)}"] if before else []
    links += [f"{'next' if before else 'Next'}: {_link(path, after)}"] if after else []
    return " · ".join([*links, THERE] if _elsewhere(path, before, after) else links)


def _foot(path: Path, before: tuple[Path, str] | None, after: tuple[Path, str] | None) -> str:
    """The last cell: where to go on, and how a lesson that is not there comes there."""
    lines = [f"**Next:** {_link(path, after)}" if after else "**This was the last notebook.**"]
    lines += [f"Before: {_link(path, before)}"] if before else []
    if after and _elsewhere(path, after):
        lines.insert(1, FETCH.format(number=after[0].parent.name.partition("-")[0]))
    return "\n\n".join(lines)


def _elsewhere(path: Path, *others: tuple[Path, str] | None) -> bool:
    """Does one of them lie in another folder, so that it may be missing?"""
    return any(other is not None and other[0].parent != path.parent for other in others)


def _link(path: Path, other: tuple[Path, str] | None) -> str:
    assert other is not None
    there, title = other
    below = "" if there.parent == path.parent else f"../{there.parent.name}/"
    return f"[{title}]({below}{there.name})"


def _is_last(notebook: NotebookNode) -> bool:
    return str(notebook.cells[-1].get("id", "")).endswith(LAST)
