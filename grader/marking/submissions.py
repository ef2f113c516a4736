"""What lies in the course folder for a lesson, handed in by whom."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from nbgrader.utils import parse_utc

from grader.checks.errors import GraderError
from grader.marking.course import LESSON_FOLDER, course_folder
from grader.marking.sandbox import lesson_files


def submitters(lesson: str) -> list[str]:
    """Who handed the lesson in."""
    folder = course_folder() / "submitted"
    return sorted(path.parent.name for path in folder.glob(f"*/{lesson}") if path.is_dir())


def chosen(lesson: str, students: Iterable[str] | None) -> list[str]:
    """Whose submissions to mark: those named, or all who handed in.

    Raises:
        GraderError: one of them, or nobody, has handed in.
    """
    there = submitters(lesson)
    students = there if students is None else list(dict.fromkeys(students))
    for student in students:
        if student not in there:
            raise GraderError(f"{student} has not handed in {lesson}; who has: {', '.join(there) or 'nobody'}")
    if not students:
        raise GraderError(
            f"nobody has handed in {lesson}: nothing lies in {course_folder() / 'submitted'}; did you collect?"
        )
    return students


def notebooks_of(lesson: str) -> list[str]:
    """The names of a lesson's notebooks, without ``.ipynb``."""
    return sorted(path.stem for path in (LESSON_FOLDER / lesson).glob("*.ipynb"))


def handed_in(lesson: str, student: str) -> list[str]:
    """The names of the lesson's notebooks that a student handed in."""
    there = {path.stem for path in (course_folder() / "submitted" / student / lesson).glob("*.ipynb")}
    return [name for name in notebooks_of(lesson) if name in there]


def strange(lesson: str, student: str) -> str:
    """What to say where nbgrader could not even begin: impossible names, no notebook, a time that is none; or ""."""
    if glob.escape(student) != student:  # the pattern would match, and mark, other students
        return f"{student}: nbgrader takes *, ? and [ in a student's name for a pattern; rename the folder"
    if handed_in(lesson, student):
        folder = course_folder() / "submitted" / student / lesson
        return _no_time(folder / "timestamp.txt") or _no_folder(lesson, folder)
    wanted = ", ".join(f"{name}.ipynb" for name in notebooks_of(lesson))
    found = sorted(path.name for path in (course_folder() / "submitted" / student / lesson).glob("*.ipynb"))
    return f"expected {wanted}, found {', '.join(found) or 'no notebook at all'}; rename it or ask for it"


def _no_folder(lesson: str, submitted: Path) -> str:
    """What to say where a file has the name of one of the lesson's folders, or ""."""
    wanted = {parent.as_posix() for name in lesson_files(lesson) for parent in Path(name).parents[:-1]}
    clash = next((name for name in sorted(wanted) if (submitted / name).is_file()), "")
    return f"{clash} is a file, and a folder of the lesson's; rename it or remove it" if clash else ""


def _no_time(path: Path) -> str:
    """What to say where nbgrader's note of when something was handed in is not a time, or ""."""
    if not path.is_file() or path.is_symlink():
        return ""
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    try:
        parse_utc(text or "2000-01-01")
    except Exception:  # a text can bring dateutil to more than ValueError
        return f"timestamp.txt says {text!r:.60}, which is not a time; correct it or remove the file"
    return ""
