"""Is a folder of a lesson whole? Which of its notebooks are missing, have another name, or cannot be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.checks.errors import GraderError
from grader.student import notebook
from grader.student.given import plain_files

KEPT = ".ipynb_checkpoints/{}-checkpoint.ipynb"
"""Where JupyterLab keeps a second copy of a notebook, with the notebook's name."""


@dataclass(frozen=True)
class Trouble:
    """A notebook that is not as the lesson needs it.

    Attributes:
        name: what the notebook is called in the lesson.
        kind: what is wrong.
        says: the same in words, with what helps where something does.
    """

    name: str
    kind: Literal["missing", "renamed", "damaged"]
    says: str


def troubles(folder: Path, wanted: Mapping[str, Collection[str]]) -> Iterator[Trouble]:
    """What is wrong with a lesson's notebooks.

    Args:
        folder: the student's folder of the lesson.
        wanted: what each notebook is called → the names of its cells, by which one of another name is recognised.
    """
    for name, cells in wanted.items():
        path = folder / name
        kept = _kept(path)
        if path.exists():
            if _cells(path) is None:
                yield Trouble(name, "damaged", f"{name} is no notebook, or a damaged one{kept}")
        elif other := _renamed(folder, wanted, cells):
            yield Trouble(name, "renamed", f"{name} is missing, and {other} holds its cells: rename it back to {name}")
        else:
            yield Trouble(name, "missing", f"{name} is missing{kept}")


def _renamed(folder: Path, wanted: Collection[str], cells: Collection[str]) -> str:
    """The notebook of another name that holds most of those cells, or ""."""
    for name in plain_files(folder):
        if name.endswith(".ipynb") and name not in wanted:
            found = _cells(folder / name) or set()
            if len(found & set(cells)) > len(cells) / 2:
                return name
    return ""


def _kept(path: Path) -> str:
    """What to do where JupyterLab kept a copy, as the end of a sentence."""
    copy = KEPT.format(path.stem)
    return f": {copy} is a copy that JupyterLab kept, to be put there" if _cells(path.parent / copy) else ""


def _cells(path: Path) -> set[str] | None:
    """The names of a notebook's cells; None where it cannot be read."""
    try:
        return {notebook.key(cell) for cell in notebook.read(path)["cells"]}
    except (OSError, GraderError):
        return None
