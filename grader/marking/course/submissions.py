"""A lesson's submissions in the course folder: who handed in, which notebooks, and what lies in a wrong place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.checks.errors import GraderError
from grader.checks.task import lessons
from grader.marking.course.contents import contents, printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id, notebooks_of

NBGRADERS_OWN = ("timestamp.txt", "submission_secret.txt")
"""Files that nbgrader adds when a student submits: when that was, and by what `nbgrader release_feedback` knows whose
page it is. They are no part of the student's work."""
NOTE = ".not-collected.txt"
"""Ending of the file beside a collected submission that says what of it was left out."""


SECOND = "is not looked at, as {0} is there too: ask which one is meant, and put that into {0}"


@dataclass(frozen=True)
class Misplaced:
    """What lies where no command looks for it.

    Attributes:
        student: whose it may be; "" where that is not known.
        what: where it lies, what is wrong with it, and the way out.
    """

    student: str
    what: str


def submitters(course: Course, lesson: str) -> list[str]:
    """Names of the students who handed the lesson in, sorted."""
    top = str(course.submitted)
    return [student for student in _students(course) if os.path.isdir(os.path.join(top, student, lesson))]


def _students(course: Course) -> list[str]:
    """Names of the folders in which students' submissions lie."""
    if not course.submitted.is_dir():
        return []
    with os.scandir(course.submitted) as entries:
        return sorted(entry.name for entry in entries if not entry.name.startswith(".") and os.path.isdir(entry))


def chosen(course: Course, lesson: str, students: Iterable[str] | None) -> list[str]:
    """Names of the students to mark: those given, or all who handed in, be it in a wrong place.

    Raises:
        GraderError: one of those given has not handed in, or nobody has.
    """
    lost = misplaced(course, lesson)
    there = sorted({*submitters(course, lesson), *(one.student for one in lost if one.student)})
    students = there if students is None else list(dict.fromkeys(students))
    for student in students:
        if student not in there:
            raise GraderError(f"{student} has not handed in {lesson}; who has: {', '.join(there) or 'nobody'}")
    if not students:
        lines = "".join(f"\n{one.what}" for one in lost)
        raise GraderError(f"nobody has handed in {lesson}: nothing lies in {course.submitted}; did you collect?{lines}")
    return students


def handed_in(course: Course, lesson: str, student: str) -> list[str]:
    """The names of the lesson's notebooks that a student handed in."""
    there = {path.stem for path in course.submission(student, lesson).glob("*.ipynb")}
    return [name for name in notebooks_of(lesson) if name in there]


# --- what lies in a wrong place -------------------------------------------------------------------------------------


def misplaced(course: Course, lesson: str) -> list[Misplaced]:
    """What seems to be handed in for the lesson and lies where nothing looks for it; each with its way out."""
    if not course.submitted.is_dir():
        return []
    found = []
    with os.scandir(course.submitted) as entries:
        there = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in there:
        if not os.path.isdir(entry):
            what = f"a file, where each student has a folder: move it to submitted/STUDENT/{lesson}/"
            found.append(Misplaced("", f"submitted/{printable(entry.name)}: {what}"))
        elif _lesson_meant(entry.name) == lesson and not os.path.isdir(course.submission(entry.name, lesson)):
            what = f"a lesson's folder, where each student has one: move what is in it to submitted/STUDENT/{lesson}/"
            found.append(Misplaced("", f"submitted/{printable(entry.name)}: {what}"))
        else:
            found += [Misplaced(entry.name, what) for what in _misplaced_of(course, lesson, entry.name)]
    return found


def _misplaced_of(course: Course, lesson: str, student: str) -> Iterator[str]:
    """Lines for what lies straight in a student's folder and seems to belong to the lesson."""
    try:
        with os.scandir(course.submitted / student) as entries:
            there = sorted(entries, key=lambda entry: entry.name)
    except OSError as failure:
        yield f"submitted/{printable(student)}: cannot be read ({failure.strerror}); give yourself the right to"
        return
    for entry in there:
        if wrong := _what_is_wrong(entry, lesson):
            yield f"submitted/{printable(student)}/{printable(entry.name)}: {wrong}"


def _what_is_wrong(entry: os.DirEntry[str], lesson: str) -> str:
    """What is wrong with an entry of a student's folder that seems to belong to the lesson, or ""."""
    name, suffix = os.path.splitext(entry.name)
    if entry.name.startswith(".") or entry.name.endswith(NOTE):
        return ""
    if entry.name == lesson:
        return "" if os.path.isdir(entry) else f"a file, and should be a folder: put it into one called {lesson}"
    if os.path.isdir(entry):
        return _what_is_wrong_with_folder(entry, lesson)
    if suffix.casefold() == ".ipynb":
        meant = _lesson_of_notebook(name)
        return f"lies outside of a lesson's folder: move it to {lesson}/" if meant in (lesson, "") else ""
    return f"a file: put what is in it into {lesson}/" if lesson in (_lesson_meant(name), _lesson_within(name)) else ""


def _what_is_wrong_with_folder(entry: os.DirEntry[str], lesson: str) -> str:
    """What is wrong with a folder of a student's that is not called as the lesson is, or ""."""
    if entry.name in lessons():
        return ""
    there = os.path.isdir(Path(entry.path).with_name(lesson))
    if lesson in (_lesson_meant(entry.name), _lesson_within(entry.name)):
        return SECOND.format(lesson) if there else f"should be called {lesson}: rename it"
    names = (file.name for file in contents(Path(entry.path)).files)
    mine = next((name for name in names if _is_notebook_of(Path(name), lesson)), "")
    return f"holds {printable(mine)}, and is no lesson's folder: move that to {lesson}/" if mine else ""


def _is_notebook_of(path: Path, lesson: str) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return path.suffix.casefold() == ".ipynb" and not hidden and _lesson_of_notebook(path.stem) == lesson


def _lesson_within(name: str) -> str:
    """The lesson whose name is part of a longer one: "01-srn (2)", "Copy of 1–SRN", "01-srn-main"; "" where none is."""
    parts = [part.lstrip("0") for part in re.split(r"[^\w]|_", name.casefold()) if part]
    for lesson in lessons():
        wanted = lesson.lstrip("0").split("-")
        if any(parts[at : at + len(wanted)] == wanted for at in range(len(parts))):
            return lesson
    return ""


def _lesson_meant(name: str) -> str:
    """The lesson that somebody means who calls a folder so: "01_SRN " is 01-srn; "" where none is meant."""
    try:
        return lesson_id("-".join(name.casefold().replace("_", " ").replace("-", " ").split()))
    except GraderError:
        return ""


def _lesson_of_notebook(name: str) -> str:
    """The lesson that has a notebook of that name, or to which the name seems to belong; "" where none does."""
    own = [lesson for lesson in lessons() if name.casefold() in map(str.casefold, notebooks_of(lesson))]
    return own[0] if own else _lesson_meant(name) or _lesson_within(name)


# --- what was left out in collecting --------------------------------------------------------------------------------


def note_of_collecting(place: Path, left_out: Iterable[object]) -> None:
    """Keep beside a collected submission a list of what was left out of it; where nothing was, there is no list."""
    note, lines = _note(place), "".join(f"{line}\n" for line in left_out)
    if lines:
        note.write_text(lines, encoding="utf-8")
    else:
        note.unlink(missing_ok=True)


def not_collected(course: Course, lesson: str, student: str) -> list[str]:
    """What was left out of a submission when it was collected, each with the reason."""
    note = _note(course.submission(student, lesson))
    return note.read_text(encoding="utf-8").splitlines() if note.is_file() else []


def _note(place: Path) -> Path:
    return place.with_name(place.name + NOTE)
