"""What a student was given: the version of a lesson that a folder was started from, kept in it in a hidden file.

{"format": 1, "lesson": "01-srn", "files": {"data/train.txt": "<SHA-256>", …},
 "cells": {"01-srn.ipynb": {"srn-step-answer": "<SHA-256 of its text>", …}, …}}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from grader.student import notebook

RECORD = ".lesson.json"
FORMAT = 1
CACHES = ("__pycache__", "__MACOSX")


@dataclass(frozen=True)
class Given:
    """A version of a lesson.

    Attributes:
        lesson: its folder's name.
        files: the files that are no notebooks, by their path in the folder, each with its SHA-256.
        cells: of each notebook its cells in their order, by what `notebook.key` says, with the SHA-256 of their text.
    """

    lesson: str
    files: dict[str, str]
    cells: dict[str, dict[str, str]]

    @cached_property
    def version(self) -> str:
        """The same for the same texts and files, whatever Jupyter or nbgrader wrote beside them."""
        ordered = {name: list(cells.items()) for name, cells in self.cells.items()}
        return hashlib.sha256(json.dumps([self.files, ordered], sort_keys=True).encode()).hexdigest()

    def write(self, folder: Path) -> None:
        """Keep it in that folder."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def given_in(folder: Path, lesson: str) -> Given:
    """What lies in a folder as it is now.

    Raises:
        GraderError: one of its notebooks is none.
    """
    files, cells = {}, {}
    for name in plain_files(folder):
        if name.endswith(".ipynb"):
            found = notebook.read(folder / name)["cells"]
            cells[name] = {notebook.key(cell): sha256(notebook.source_of(cell).encode()) for cell in found}
        else:
            files[name] = sha256((folder / name).read_bytes())
    return Given(lesson, files, cells)


def recorded_in(folder: Path) -> Given | None:
    """What that folder was started from; None where it was begun in another way."""
    try:
        read = json.loads((folder / RECORD).read_bytes())
        cells = {name: dict(each) for name, each in read["cells"].items()}
        return Given(str(read["lesson"]), dict(read["files"]), cells)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def plain_files(folder: Path) -> Iterator[str]:
    """The files in a folder, as paths relative to it: no links, hidden files, caches or editors' backups."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not path.is_symlink() and not any(map(_left_behind, parts)):
            yield "/".join(parts)


def _left_behind(name: str) -> bool:
    return name.startswith((".", "#")) or name in CACHES or name.endswith(("~", ".pyc"))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
