"""What a student handed in beside the lesson's notebooks, where a solution may lie that is not marked.

An untouched ``01-srn.ipynb`` beside a solved ``01-srn-Copy1.ipynb`` is no proof that nothing was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.marking.course.contents import contents, printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_files, notebooks_of
from grader.marking.course.submissions import NBGRADERS_OWN, handed_in, not_collected
from grader.marking.sandbox.limits import Limits
from grader.marking.steps.answer_cells import Answers, answers_in, has_work, is_copy, notebooks_like
from grader.marking.steps.run_in_sandbox import contents_beside
from grader.marking.steps.set_links_aside import SET_ASIDE
from grader.marking.steps.take_copies import UNTOUCHED, taken_copies

LARGEST_WORDS = 300
"""Bytes of a file that may be such words."""
NOT_TOLD = (*NBGRADERS_OWN, UNTOUCHED, ".tmp")
"""Endings of files that the machinery itself put there."""
MAY_BE_WORK = (".zip", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".py", ".txt", ".md", ".rtf", ".tex",
               ".pdf", ".html", ".htm", ".doc", ".docx", ".odt", ".pages", ".json", ".url", ".webloc", ".png", ".jpg",
               ".jpeg", ".heic", ".gif", ".webp")  # fmt: skip
"""Endings of files in which people hand in work where a notebook is wanted."""


@dataclass
class OtherFiles:
    """What lies beside the lesson's notebooks of one submission.

    Attributes:
        notes: lines about files that are not marked, or not taken, each with the way out.
        copies: the lesson's notebook → the paths of files with its cells and with work in them, where the notebook
            itself is missing or untouched.
        missing: the lesson's notebooks that are missing, where others of them were handed in.
    """

    notes: list[str] = field(default_factory=list)
    copies: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The notes, and a line about notebooks that are missing: without points, unless a copy of them is there."""
        gone = [f"{name}.ipynb" for name in self.missing if name not in self.copies]
        return [*self.notes, *([f"not handed in, and without points: {', '.join(gone)}"] if gone else [])]

    def instead_of(self, notebook: str, lesson: str) -> str:
        """Why that notebook is not marked as it is, where a copy has the work; "" otherwise."""
        some = self.copies.get(notebook, [])
        if not some:
            return ""
        names = ", ".join(printable(name) for name in some)
        way_out = f"run `grader autograde {lesson} --take-copies`, or " if len(some) == 1 else ""
        have = "has" if len(some) == 1 else "have"
        return f"{notebook}.ipynb is untouched or missing, and {names} {have} answers: {way_out}rename the right one"


def other_files(course: Course, lesson: str, student: str, taken: int = Limits().disk // 2) -> OtherFiles:
    """What lies beside the lesson's notebooks of a submission.

    Args:
        course, lesson, student: whose.
        taken: bytes of files beside the notebooks that are handed to them.

    Raises:
        OSError: the submission cannot be read.
    """
    folder, given = course.submission(student, lesson), set(lesson_files(lesson))
    found = OtherFiles([*taken_copies(course, lesson, student), *not_collected(course, lesson, student)])
    there = handed_in(course, lesson, student)
    found.missing = [name for name in notebooks_of(lesson) if there and name not in there]
    others = names_beside(course, lesson, student)
    if others:
        _look(course, lesson, student, others, found)
    found.notes += _set_aside(folder)
    found.notes += [str(left) for left in contents_beside(folder, given, taken).left_out]
    return found


def names_beside(course: Course, lesson: str, student: str) -> list[str]:
    """The files of a submission that are neither the lesson's notebooks nor its own files, nor put there unseen.

    Raises:
        OSError: the submission cannot be read.
    """
    own = {f"{name}.ipynb" for name in handed_in(course, lesson, student)}
    others = contents(course.submission(student, lesson)).without({*own, *lesson_files(lesson), "solutions"}).files
    return [file.name for file in others if not file.name.endswith(NOT_TOLD) and not _hidden(file.name)]


def _hidden(name: str) -> bool:
    """What a desktop puts beside files, unseen: ``._01-srn.ipynb``, ``__MACOSX``."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _set_aside(folder: Path) -> Iterator[str]:
    """Lines about the links in whose place `set_links_aside` put words."""
    for file in contents(folder).files:
        if file.size < LARGEST_WORDS and (text := (folder / file.name).read_bytes()).startswith(SET_ASIDE.encode()):
            yield f"{printable(file.name)}: {printable(text.decode('utf-8', 'replace').strip(), LARGEST_WORDS)}"


def _look(course: Course, lesson: str, student: str, others: Iterable[str], found: OtherFiles) -> None:
    """Look at other notebooks, and at what may be work where one of the lesson's is untouched or missing."""
    folder = course.submission(student, lesson)
    own = {name: answers_in(folder / f"{name}.ipynb") for name in handed_in(course, lesson, student)}
    wanting = [name for name in notebooks_of(lesson) if not has_work(lesson, name, own.get(name, {}))]
    for name in others:
        if name.lower().endswith(".ipynb"):
            found.notes += _about_notebook(lesson, name, answers_in(folder / name), own, wanting, found)
        elif wanting and (name.lower().endswith(MAY_BE_WORK) or ".ipynb" in name.lower()):
            found.notes.append(
                f"{printable(name)} may hold what is not in the notebook; it is not marked: look into it"
            )
    found.notes += [found.instead_of(notebook, lesson) for notebook in found.copies]


def _about_notebook(
    lesson: str, name: str, answers: Answers, own: Mapping[str, Answers], wanting: list[str], found: OtherFiles
) -> Iterator[str]:
    """A line about another notebook, unless it is one of ``found.copies``, or says nothing new."""
    like = list(notebooks_like(answers))
    copied = next((notebook for of, notebook in like if of == lesson), None)
    if copied is None:
        what = f"holds the cells of {like[0][0]}" if like else "is none of the lesson's notebooks"
        yield f"{printable(name)} {what}; it is not marked: look into it, and rename it if it is meant"
    elif has_work(lesson, copied, answers):
        if copied in wanting:
            found.copies.setdefault(copied, []).append(name)
        elif answers != own[copied]:
            yield f"{printable(name)} has other answers than {copied}.ipynb, which is marked: ask which one is meant"


def another_lessons(lesson: str, notebook: str, answers: Answers) -> str:
    """Why a notebook with the cells of another is not marked under this name; "" where it has its own, or none."""
    if is_copy(lesson, notebook, answers):  # as almost always: no other lesson need be read
        return ""
    of, other = next(notebooks_like(answers), ("", ""))
    if not of:
        return ""
    return (
        f"{notebook}.ipynb holds the cells of {of}/{other}.ipynb, and not its own: ask for the right file, or rename it"
    )
