"""The lessons in order, as their own first cells describe them: what README, start page and progress show.

``lessons/lessons.json`` is written by ``grader sync``; beside it lies a small picture of each notebook.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PICTURES = Path(__file__).parent / "lessons"
FILE = PICTURES / "lessons.json"


@dataclass(frozen=True)
class LessonEntry:
    """A notebook of the course.

    Attributes:
        notebook: its path below the folder of lessons: "01-srn/01-srn.ipynb".
        title, subtitle: of its first cell: "01 · SRN: the simple recurrent network", and the sentence below.
        minutes, essential_minutes: all parts together, and those with a star.
        points: of all exercises, written ones too.
        tasks: the exercises that `check` knows, by name, with their points.
    """

    notebook: str
    title: str
    subtitle: str
    minutes: int
    essential_minutes: int
    points: float
    tasks: dict[str, float]

    @property
    def folder(self) -> str:
        """The lesson's folder."""
        return self.notebook.partition("/")[0]

    @property
    def number(self) -> str:
        """Such as "01"."""
        return self.notebook.partition("-")[0]

    @property
    def picture(self) -> Path:
        """Its small picture, a PNG."""
        return PICTURES / f"{Path(self.notebook).stem}.png"


@cache
def lesson_list() -> tuple[LessonEntry, ...]:
    """All notebooks, in the order in which they are learned."""
    return tuple(LessonEntry(**entry) for entry in json.loads(FILE.read_text(encoding="utf-8")))
