"""The answer cells of a notebook, by name: whose they are, and whether anything was written into them.

Nothing but JSON is read, so a notebook that cannot be marked can still be recognised.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import ClearSolutions

from grader.checks.task import lessons
from grader.marking.course.contents import MB
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.paths import LESSON_FOLDER

LARGEST_NOTEBOOK = 20 * MB
"""Bytes of a notebook that is looked into."""

Answers = Mapping[str, str]
"""Name of an answer cell → its source."""


def answers_in(path: Path) -> Answers:
    """The answer cells of a notebook that a student may have made; {} where it is none, a link, or too large."""
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST_NOTEBOOK:
            return {}
        return answers_of(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return {}


def answers_of(notebook: Any) -> Answers:
    """The answer cells of a notebook, whatever stands in its place."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    found = {}
    for cell in cells if isinstance(cells, list) else ():
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(about, dict) and about.get("solution") is True and isinstance(about.get("grade_id"), str):
            found[about["grade_id"]] = _text(cell.get("source"))
    return found


def _text(source: object) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


@cache
def stubs(lesson: str, notebook: str) -> Answers:
    """The answer cells of a lesson's notebook as students get them: nbgrader's ClearSolutions makes them so."""
    nb = nbformat.read(LESSON_FOLDER / lesson / f"{notebook}.ipynb", as_version=4)
    nb, _ = ClearSolutions().preprocess(nb, {})
    return answers_of(nb)


def has_work(lesson: str, notebook: str, answers: Answers) -> bool:
    """Is any answer another than the student version's?"""
    own = stubs(lesson, notebook)
    return any(answers[name].strip() != own[name].strip() for name in answers if name in own)


def is_copy(lesson: str, notebook: str, answers: Answers) -> bool:
    """Are at least half of that notebook's answer cells there?"""
    wanted = stubs(lesson, notebook).keys()
    return 2 * len(answers.keys() & wanted) >= len(wanted) > 0


def notebooks_like(answers: Answers) -> Iterator[tuple[str, str]]:
    """The lessons' notebooks of which these answers are a copy, each with its lesson."""
    for lesson in lessons():
        for notebook in notebooks_of(lesson):
            if is_copy(lesson, notebook, answers):
                yield lesson, notebook
