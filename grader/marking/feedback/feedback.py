"""Makes a feedback page for each marked notebook, and releases it through the exchange.

The pages are nbgrader's, made safe to open (`pages`), with one exporter and one gradebook for the whole class. A page
takes a few hundredths of a second, so one process computes all of them, unless a page has to be ended.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from traitlets.config import Config

from grader.checks.errors import GraderError
from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id, notebooks_of
from grader.marking.course.own_files import check_own_files
from grader.marking.course.submissions import NBGRADERS_OWN, submitters
from grader.marking.feedback.pages.marks import Marks, read_marks
from grader.marking.feedback.pages.press import Page, Press, page_of
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook, finished
from grader.marking.steps.not_ready import not_ready
from grader.marking.steps.release_each_page import unreleasable

MOST_NAMES = 5
"""Students who are named in a line."""


def feedback(
    course: Course,
    lesson: str,
    students: Iterable[str] | None = None,
    *,
    force: bool = False,
    to_exchange: bool = True,
    anyway: bool = False,
    on_progress: Callable[[Page], None] = lambda page: None,
) -> list[Path]:
    """Make the feedback pages of the marked submissions of a lesson and, unless told otherwise, release them.

    Released are those of submissions that came through the exchange; the others stay in the course folder. A time of
    handing in alone does not say so: `nbgrader zip_collect` writes one too. Pages of students whose work waits for a
    person or is not marked (`held_back`) are made, and not released.

    Args:
        course: the course.
        lesson: the lesson, as `lesson_id` takes it.
        students: only these; all who are marked, if None.
        force: make also the pages whose notebook and marks have not changed since.
        to_exchange: release them?
        anyway: release also those of students whose work is not marked to its end?
        on_progress: called after each page.

    Returns:
        the pages, of all these students.

    Raises:
        GraderError: no such lesson, nothing is marked, a student's submission is not, or some pages could not be made
            or released; by then the others are.
    """
    lesson = lesson_id(lesson)
    check_own_files(course)
    notebooks = _marked(course, lesson, students)
    press = Press(course, course_api(course))
    press.api.config.ReleaseEachPage.names_unready = False  # they are held back, or told by whoever calls
    failed: list[str] = []
    with closing(press.exporter), course_gradebook(press.api) as gradebook:
        for student, of_student in notebooks.items():
            marks = _marks(gradebook, press.api.config, lesson, student)
            for notebook in of_student:
                page = press.make(student, notebook, marks.get(notebook.stem), force)
                failed += [f"{student}: {page.reason}"] if page.status == "failed" else []
                on_progress(page)
        held = {} if anyway or not to_exchange else not_ready(course, gradebook, lesson, notebooks)
    if to_exchange:
        failed += _release(press, lesson, [student for student in notebooks if student not in held])
    if failed:
        pages = f"{len(failed)} feedback page{'' if len(failed) == 1 else 's'}"
        raise GraderError(f"{pages} of {lesson} could not be made or released:\n" + "\n".join(failed))
    return [page_of(course, notebook) for of_student in notebooks.values() for notebook in of_student]


def without_page(course: Course, lesson: str) -> list[str]:
    """Lines about students who handed in and have no page, and about pages that nobody can fetch."""
    marked = marked_students(course, lesson)
    unmarked = [student for student in submitters(course, lesson) if student not in marked]
    kept = [student for student in marked if not through_exchange(course, lesson, student)]
    lines = {
        f"without a page, as nothing of theirs is marked (`grader autograde {lesson}` says why)": unmarked,
        "not handed in through the exchange, so their pages lie in the course folder only": kept,
    }
    return [f"{_first(students)}: {why}" for why, students in lines.items() if students]


def held_back(course: Course, lesson: str, students: Collection[str] | None = None) -> dict[str, list[str]]:
    """Why feedback is not ready → the students of whom that is true, all of them; see `not_ready`."""
    found: dict[str, list[str]] = {}
    with course_gradebook(course_api(course)) as gradebook:
        for student, why in not_ready(course, gradebook, lesson, students).items():
            found.setdefault(why, []).append(student)
    return found


def _first(students: Sequence[str]) -> str:
    more = f" and {len(students) - MOST_NAMES} more" if len(students) > MOST_NAMES else ""
    return ", ".join(map(printable, students[:MOST_NAMES])) + more


def through_exchange(course: Course, lesson: str, student: str) -> bool:
    """Can the student fetch the pages? nbgrader finds them by what it put beside the submission as it was handed in."""
    return all((course.feedback / student / lesson / name).exists() for name in NBGRADERS_OWN)


def marked_students(course: Course, lesson: str) -> list[str]:
    """Names of the students whose submissions of a lesson are marked."""
    folders = course.autograded.glob(f"*/{lesson}")
    return sorted(folder.parent.name for folder in folders if _notebooks(folder))


def _notebooks(marked: Path) -> list[Path]:
    """The lesson's notebooks in a folder of the marked; others, such as macOS's ``._01-srn.ipynb``, are not marked."""
    names = notebooks_of(marked.name)
    return sorted(path for path in marked.glob("*.ipynb") if path.stem in names)


def _marked(course: Course, lesson: str, students: Iterable[str] | None) -> dict[str, list[Path]]:
    """Student → their marked notebooks."""
    there = marked_students(course, lesson)
    chosen = there if students is None else list(students)
    if not there:
        raise GraderError(f"no submission of {lesson} is marked yet: run `grader autograde {lesson}` first")
    for student in chosen:
        if student not in there:
            raise GraderError(f"no submission of {lesson} by {student} is marked; marked are: {', '.join(there)}")
    return {student: _notebooks(course.autograded / student / lesson) for student in chosen}


def _marks(gradebook: Gradebook, config: Config, lesson: str, student: str) -> dict[str, Marks]:
    try:
        return read_marks(gradebook, config, lesson, student)
    except MissingEntry:
        return {}


def _release(press: Press, lesson: str, students: Iterable[str]) -> list[str]:
    """Put the pages into the exchange; returns a line for each failure."""
    failed = []
    for student in students:
        if not through_exchange(press.course, lesson, student):
            continue
        if why := unreleasable(press.course.feedback / student / lesson):
            failed.append(f"{student}: not put into the exchange: {why}")
        else:
            try:
                finished(press.api.release_feedback(lesson, student), f"{student}: not put into the exchange")
            except GraderError as reason:
                failed.append(str(reason))
    return failed
