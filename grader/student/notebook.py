"""A lesson's notebook as plain JSON: its cells, which of them are answers, and whether anything was written there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grader.checks.errors import GraderError
from grader.checks.progress import ANSWER

Cell = dict[str, Any]
Notebook = dict[str, Any]
STUBS = ("raise NotImplementedError()", "YOUR ANSWER HERE")
"""What nbgrader leaves where an answer is to be written."""


def read(path: Path) -> Notebook:
    """The notebook in a file.

    Raises:
        GraderError: it is none.
    """
    try:
        notebook = json.loads(path.read_bytes())
        if not all(isinstance(cell["metadata"], dict) for cell in notebook["cells"]):
            raise ValueError("no metadata")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise GraderError(f"{path} is no notebook, or a damaged one: open it in JupyterLab, or restore it") from None
    return dict(notebook)


def write(notebook: Notebook, path: Path) -> None:
    """Write a notebook as Jupyter does."""
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def source_of(cell: Cell) -> str:
    """The cell's text, which is a list of lines in a file."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def grade_id(cell: Cell) -> str:
    """The name that nbgrader knows the cell by, or ""."""
    about = cell["metadata"].get("nbgrader")
    return str(about.get("grade_id", "")) if isinstance(about, dict) else ""


def key(cell: Cell) -> str:
    """What a cell is known by from version to version: nbgrader's name for it, else Jupyter's, else its text."""
    return grade_id(cell) or str(cell.get("id") or f"sha256:{hashlib.sha256(source_of(cell).encode()).hexdigest()}")


def is_answer(cell: Cell) -> bool:
    """Is it a cell for a student's answer?"""
    return bool(grade_id(cell)) and cell["metadata"]["nbgrader"].get("solution") is True


def is_untouched(cell: Cell) -> bool:
    """Is an answer cell as it was released? nbgrader's checksum tells; without one, what nbgrader leaves there."""
    released = cell["metadata"]["nbgrader"].get("checksum")
    return checksum(cell) == released if released else any(stub in source_of(cell) for stub in STUBS)


def is_the_instructors(cells: Iterable[Cell]) -> bool:
    """Do most answer cells hold the lesson's own answers? A student may have copied one."""
    held = [ANSWER in source_of(cell) for cell in cells if is_answer(cell)]
    return sum(held) > len(held) / 2


def checksum(cell: Cell) -> str:
    """nbgrader's checksum of an answer cell, as ``nbgrader.utils.compute_checksum`` has it."""
    about = cell["metadata"]["nbgrader"]
    graded = bool(about.get("grade"))
    parts = [source_of(cell), cell["cell_type"], str(graded), "True", "False", about["grade_id"]]
    parts += [str(float(about["points"]))] if graded else []
    return hashlib.md5("".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
