"""Where things are: the clone, its lessons, and the course folder with everything that a course produces."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from grader.checks.errors import GraderError
from grader.checks.task import LESSONS, lessons

ROOT = Path(__file__).resolve().parents[3]
"""The clone."""
LESSON_FOLDER = ROOT / "lessons"
"""nbgrader's source directory."""
SOLUTIONS = ROOT / "solutions"


def course_folder() -> Path:
    """The folder of the course: ``RNN_WORKBOOK_COURSE``, else ``course`` in the clone."""
    return Path(os.environ.get("RNN_WORKBOOK_COURSE") or ROOT / "course").resolve()


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


def course_secret() -> bytes:
    """The secret from which hidden seeds are drawn: made once for a course, readable by the instructor only."""
    path = course_folder() / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return course_secret()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return bytes.fromhex(path.read_text())
