"""A newer version of a lesson, with the answers and the cells that a student wrote into an older one.

The lesson's own cells come from the newer version. Answers stand where the exercise stands now, and cells that the
student added behind the cell that they followed. No answer is lost: one whose exercise is gone becomes a plain cell.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.student import notebook
from grader.student.given import Given, plain_files, sha256
from grader.student.notebook import Cell, Notebook, grade_id, is_answer, is_untouched, key, source_of


@dataclass
class Merged:
    """What became of a student's work.

    Attributes:
        answers: grade ids of the answers that were kept.
        added: how many cells of the student's own were kept.
        compare: grade ids of the answers that were kept where the lesson's own lines have changed, too.
        gone: grade ids of the answers whose exercise is no longer there.
        replaced: cells and files of the lesson that the student had changed, which are the lesson's again.
    """

    answers: list[str] = field(default_factory=list)
    added: int = 0
    compare: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)


def merge_folders(old: Path, new: Path, given: Given | None, newer: Given) -> Merged:
    """Put the student's work from the folder ``old`` into ``new``, a fresh copy of the newer version.

    Args:
        old: the student's folder, which stays as it is.
        new: the draft, which is changed.
        given: what ``old`` was started from, if that is known.
        newer: what ``new`` is.

    Raises:
        GraderError: a notebook is damaged.
    """
    done = Merged()
    for name in plain_files(old):
        if name in newer.cells:
            known = given.cells.get(name, {}) if given is not None else None
            merged = merge(notebook.read(old / name), notebook.read(new / name), known, done)
            notebook.write(merged, new / name)
        elif name in newer.files:
            before = given.files.get(name) if given is not None else None
            if sha256((old / name).read_bytes()) not in (before, newer.files[name]):
                done.replaced.append(name)
        elif given is None or name not in {*given.files, *given.cells} or _changed(old, name, given):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old / name, new / name)
    return done


def _changed(folder: Path, name: str, given: Given) -> bool:
    """Was a file changed that the newer version no longer has? Of a notebook, nobody asks: it is kept."""
    return name in given.cells or sha256((folder / name).read_bytes()) != given.files[name]


def merge(old: Notebook, new: Notebook, given: Mapping[str, str] | None, done: Merged) -> Notebook:
    """The newer notebook with what the student wrote into the older one.

    Args:
        old, new: both, as read.
        given: the cells of the version that ``old`` was started from, with the SHA-256 of their text; None: not known.
        done: where to note what became of the work.
    """
    there = {key(cell) for cell in new["cells"]}
    answers, following = _work(old["cells"], there, given, done)
    cells = [*following.get("", ())]
    for cell in new["cells"]:
        name = key(cell)
        cells.append(_with_answer(cell, answers[name], given, done) if name in answers else cell)
        cells += following.get(name, ())
    return {**new, "cells": _with_ids(cells)}


def _work(
    cells: Iterable[Cell], there: set[str], given: Mapping[str, str] | None, done: Merged
) -> tuple[dict[str, Cell], dict[str, list[Cell]]]:
    """The answers by name, and the student's other cells by the cell of the new version that they follow."""
    answers: dict[str, Cell] = {}
    following: dict[str, list[Cell]] = {}
    after, seen = "", set[str]()
    for cell in cells:
        name = key(cell)
        first = name not in seen
        seen.add(name)
        if name in there and first:
            after = name
            if is_answer(cell) and not is_untouched(cell):
                answers[name] = cell
            elif not is_answer(cell) and given is not None and _differs(cell, given):
                done.replaced.append(_said(cell))
        elif not first or not _is_of_the_lesson(cell, given):
            following.setdefault(after, []).append(_plain(cell, done, first))
    return answers, following


def _is_of_the_lesson(cell: Cell, given: Mapping[str, str] | None) -> bool:
    """Of a cell that is not in the newer version: was it the lesson's, and nothing that a student wrote?"""
    if is_answer(cell):
        return is_untouched(cell)
    return bool(grade_id(cell)) or (given is not None and key(cell) in given and not _differs(cell, given))


def _differs(cell: Cell, given: Mapping[str, str]) -> bool:
    return given.get(key(cell), "") != sha256(source_of(cell).encode())


def _said(cell: Cell) -> str:
    """A cell by its first line."""
    first = next((line.strip() for line in source_of(cell).splitlines() if line.strip()), "an empty cell")
    return f"“{first[:50]}{'…' if len(first) > 50 else ''}”"


def _with_answer(cell: Cell, answer: Cell, given: Mapping[str, str] | None, done: Merged) -> Cell:
    """The cell of the newer version with the student's answer, and what it printed."""
    name = grade_id(cell)
    done.answers.append(name)
    if given is not None and name in given and _differs(cell, given):
        done.compare.append(name)
    parts = ("source", "outputs", "execution_count", "attachments")
    kept: Cell = {part: answer[part] for part in parts if part in answer}
    return {**cell, **kept} if cell["cell_type"] == answer["cell_type"] else {**answer, "metadata": cell["metadata"]}


def _plain(cell: Cell, done: Merged, first: bool) -> Cell:
    """A cell of the student's own: nbgrader must not know it by the name of another."""
    done.added += 1
    if is_answer(cell) and first:
        done.gone.append(grade_id(cell))
    metadata = {name: value for name, value in cell["metadata"].items() if name != "nbgrader"}
    return {**cell, "metadata": metadata}


def _with_ids(cells: Iterable[Cell]) -> list[Cell]:
    """The cells, no two with the same id."""
    seen: set[object] = set()
    found = []
    for cell in cells:
        own = cell if "id" in cell and cell["id"] not in seen else {**cell, "id": secrets.token_hex(4)}
        seen.add(own["id"])
        found.append(own)
    return found
