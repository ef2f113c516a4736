"""What a lesson's own notebooks say: their cells, their titles, and the names of their exercises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.marking.course.paths import LESSON_FOLDER

HEADING = re.compile(r"^#{1,3} +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class LessonText:
    """A lesson's notebooks.

    Attributes:
        sources: of all cells, by which those that a student added are known.
        titles: notebook → its first heading.
        exercises: notebook → grade id → the heading under which that cell stands, such as "Exercise 1.1 · One step".
        digest: SHA-256 of all of it.
    """

    sources: frozenset[str]
    titles: Mapping[str, str]
    exercises: Mapping[str, Mapping[str, str]]
    digest: str


def lesson_text(lesson: str) -> LessonText:
    """The text of a lesson, by its folder's name; of an unknown one nothing. Read again only where a file changed."""
    files = sorted((LESSON_FOLDER / lesson).glob("*.ipynb"))
    return _read(tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=16)
def _read(files: tuple[tuple[Path, int], ...]) -> LessonText:
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path, _ in files}
    exercises = {name: dict(_headings(nb)) for name, nb in notebooks.items()}
    titles = {name: next((found[0] for found in _found(nb)), name) for name, nb in notebooks.items()}
    sources = frozenset(cell.source.strip() for nb in notebooks.values() for cell in nb.cells)
    digest = hashlib.sha256(repr([sorted(sources), titles, exercises]).encode()).hexdigest()
    return LessonText(sources, titles, exercises, digest)


def _found(nb: NotebookNode) -> Iterator[list[str]]:
    """The headings of each cell of text that has some."""
    texts = (cell.source for cell in nb.cells if cell.cell_type == "markdown")
    yield from (found for text in texts if (found := HEADING.findall(text)))


def _headings(nb: NotebookNode) -> Iterator[tuple[str, str]]:
    heading = ""
    for cell in nb.cells:
        found = HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
        heading = found[-1] if found else heading
        if name := cell.metadata.get("nbgrader", {}).get("grade_id"):
            yield name, heading
