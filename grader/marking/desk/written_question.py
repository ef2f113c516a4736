"""The written questions of a lesson, each with its marking scheme and its model answer, from the lesson's own notebook.

A question is a locked cell called ``…-written-question``; the marking scheme stands in it between nbgrader's marks,
which take it out of what students get. The model answer is the text of the answer's cell, between the marks of a
solution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from grader.checks.errors import GraderError
from grader.marking.course.lessons import lesson_id, notebooks_of
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.steps.cells_to_run import grade_id

HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A question that a person marks.

    Attributes:
        lesson, notebook, name: where it stands, and the grade id of its answer.
        title: its heading.
        points: how many it is worth.
        text: what students read, as Markdown.
        scheme: the marking scheme, as Markdown; "" where the lesson has none.
        model: a model answer, as Markdown; "" where the lesson has none.
        attachments: pictures attached to the question's cell.
    """

    lesson: str
    notebook: str
    name: str
    title: str
    points: float
    text: str
    scheme: str
    model: str
    attachments: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """Where the pictures lie that its texts show."""
        return LESSON_FOLDER / self.lesson


def written_questions(lesson: str) -> list[Question]:
    """The questions of a lesson that a person marks, in the order of its notebooks.

    Raises:
        GraderError: there is no such lesson.
    """
    lesson = lesson_id(lesson)
    paths = [LESSON_FOLDER / lesson / f"{name}.ipynb" for name in notebooks_of(lesson)]
    return [question for path in paths for question in _questions(path, path.stat().st_mtime_ns)]


def written_question(lesson: str, name: str) -> Question:
    """The question whose answer has that grade id.

    Raises:
        GraderError: there is none.
    """
    found = written_questions(lesson)
    for question in found:
        if question.name == name:
            return question
    names = ", ".join(question.name for question in found) or "none"
    raise GraderError(f"{lesson} has no written question {name}; it has: {names}")


@lru_cache(maxsize=64)
def _questions(path: Path, _changed: int) -> tuple[Question, ...]:
    cells = nbformat.read(path, as_version=4).cells
    answers = [(place, cell) for place, cell in enumerate(cells) if is_grade(cell) and is_solution(cell)]
    return tuple(_question(path, cells, place, answer) for place, answer in answers)


def _question(path: Path, cells: list[NotebookNode], place: int, answer: NotebookNode) -> Question:
    name = grade_id(answer)
    asked = next((cell for cell in cells if grade_id(cell) == f"{name}-question"), None)
    if asked is None:  # the text above an answer is its question
        asked = next(
            (cell for cell in reversed(cells[:place]) if cell.cell_type == "markdown"), NotebookNode(source="")
        )
    scheme, text = _between(asked.source, "MARK SCHEME")
    model, without = _between(answer.source, "SOLUTION")
    title = HEADING.search(text)
    return Question(
        path.parent.name,
        path.stem,
        name,
        title[1].strip() if title else name,
        float(answer.metadata.nbgrader.points),
        text.strip(),
        scheme.strip(),
        (model or without).strip(),
        asked.get("attachments") or {},
    )


def _between(text: str, what: str) -> tuple[str, str]:
    """What stands between nbgrader's lines "BEGIN …" and "END …", and the rest."""
    inside: list[str] = []
    outside: list[str] = []
    within = False
    for line in text.splitlines():
        if f"BEGIN {what}" in line or f"END {what}" in line:
            within = f"BEGIN {what}" in line
        else:
            (inside if within else outside).append(line)
    return "\n".join(inside), "\n".join(outside)
