"""A lesson by any of its names."""

from __future__ import annotations

from grader.checks.errors import GraderError
from grader.checks.task import LESSONS, lessons


def lesson_id(name: str) -> str:
    """The lesson's folder name, from that or from a shorter form: "01-srn", "01", "1" and "srn" are the same.

    Raises:
        GraderError: there is no such lesson; the message lists those there are.
    """
    for module, folder in LESSONS.items():
        number = folder.partition("-")[0]
        names = (folder, module, module.rpartition(".")[2], number, number.lstrip("0"), f"lessons/{folder}")
        if name.rstrip("/") in names:
            return folder
    raise GraderError(f"there is no lesson {name!r}; the lessons are: {', '.join(lessons())}")
