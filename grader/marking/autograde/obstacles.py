"""Why nbgrader cannot even begin to mark a submission, in words."""

from __future__ import annotations

import glob
from pathlib import Path

from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_files, notebooks_of
from grader.marking.course.submissions import handed_in
from grader.marking.steps.nbgrader_adapter import parse_time


def obstacle(course: Course, lesson: str, student: str) -> str:
    """What is wrong with the student's name, the notebooks, the timestamp or a folder; "" where marking can begin."""
    if glob.escape(student) != student:  # the pattern would match, and mark, other students
        return f"{student}: nbgrader takes *, ? and [ in a student's name for a pattern; rename the folder"
    folder = course.submission(student, lesson)
    if handed_in(course, lesson, student):
        return _bad_timestamp(folder / "timestamp.txt") or _file_in_place_of_folder(lesson, folder)
    wanted = ", ".join(f"{name}.ipynb" for name in notebooks_of(lesson))
    found = sorted(path.name for path in folder.glob("*.ipynb"))
    return f"expected {wanted}, found {', '.join(found) or 'no notebook at all'}; rename it or ask for it"


def _file_in_place_of_folder(lesson: str, submitted: Path) -> str:
    """What is wrong where a file has the name of one of the lesson's folders, or ""."""
    wanted = {parent.as_posix() for name in lesson_files(lesson) for parent in Path(name).parents[:-1]}
    clash = next((name for name in sorted(wanted) if (submitted / name).is_file()), "")
    return f"{clash} is a file, and a folder of the lesson's; rename it or remove it" if clash else ""


def _bad_timestamp(path: Path) -> str:
    """What is wrong where the file with the time of handing in holds no time, or ""."""
    if not path.is_file() or path.is_symlink():
        return ""
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    try:
        parse_time(text or "2000-01-01")
    except Exception:  # a text can bring dateutil to more than ValueError
        return f"timestamp.txt says {text!r:.60}, which is not a time; correct it or remove the file"
    return ""
