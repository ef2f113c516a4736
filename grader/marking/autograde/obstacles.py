"""Why nbgrader cannot even begin to mark a submission, in words."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from grader.marking.course.contents import contents, in_bytes, is_below_a_link, is_text, printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_files, lesson_folders, notebooks_of
from grader.marking.course.submissions import handed_in, misplaced
from grader.marking.course.times import EXAMPLE, LONGEST, time_in
from grader.marking.steps.other_files import other_files

MOST_NAMES = 5
"""Names of files in a line."""


def obstacle(course: Course, lesson: str, student: str) -> str:
    """What is wrong with the student's name, the notebooks, the timestamp or a folder; "" where marking can begin.

    Raises:
        OSError: the submission cannot be read.
    """
    if not is_text(student):
        return f"{printable(student)}: the folder's name is not UTF-8; rename it"
    if glob.escape(student) != student:  # the pattern would match, and mark, other students
        return f"{student}: nbgrader takes *, ? and [ in a student's name for a pattern; rename the folder"
    folder = course.submission(student, lesson)
    if is_below_a_link(folder, course.submitted):
        return f"submitted/{student}/{lesson} is a link, or lies below one, which is not followed: put the files there"
    if not folder.is_dir():
        return "; ".join(one.what for one in misplaced(course, lesson) if one.student == student)
    if handed_in(course, lesson, student):
        return _bad_timestamp(folder / "timestamp.txt") or _wrong_kind(lesson, folder)
    wanted = ", ".join(f"{name}.ipynb" for name in notebooks_of(lesson))
    takes = f"run `grader autograde {lesson} --take-copies`, or " if other_files(course, lesson, student).copies else ""
    return f"expected {wanted}, found {_names(folder)}; {takes}rename it or ask for it"


def _names(folder: Path) -> str:
    """The files that are there, as far as they fit into a line: notebooks first."""
    found = sorted(
        (file.name for file in contents(folder).files), key=lambda name: (not name.lower().endswith(".ipynb"), name)
    )
    none = "" if found and found[0].lower().endswith(".ipynb") else "no notebook at all"
    more = f" and {len(found) - MOST_NAMES} more" if len(found) > MOST_NAMES else ""
    names = ", ".join(map(printable, found[:MOST_NAMES])) + more
    return " but ".join(part for part in (none, names) if part)


def _wrong_kind(lesson: str, submitted: Path) -> str:
    """What is wrong where a file has the name of one of the lesson's folders, or a folder that of a file; or "".

    What may not be looked at has no kind: ``Path.is_file`` would raise.
    """
    for name in sorted(lesson_folders(lesson)):
        if os.path.isfile(submitted / name) and not os.path.islink(submitted / name):
            return f"{name} is a file, and a folder of the lesson's; rename it or remove it"
    for name in lesson_files(lesson):
        if os.path.isdir(submitted / name) and not os.path.islink(submitted / name):
            return f"{name} is a folder, and a file of the lesson's; rename it or remove it"
    return ""


def _bad_timestamp(path: Path) -> str:
    """What is wrong where the file with the time of handing in holds no time, or ""."""
    if path.is_dir() and not path.is_symlink():
        return f"timestamp.txt is a folder, and not a file with a time like {EXAMPLE}; remove it"
    if not path.is_file() or path.is_symlink() or not path.stat().st_size:
        return ""
    try:
        time_in(path)
    except ValueError as why:
        size = path.stat().st_size
        said = f" has {in_bytes(size)}, and is not a time like {EXAMPLE}" if size > 4 * LONGEST else f": {why}"
        return f"timestamp.txt{said}; correct it or remove the file"
    return ""
