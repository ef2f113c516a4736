"""Give the reports back: a page for each marked notebook, and into the exchange with it.

The pages are nbgrader's, made safe to open (`grader.marking.feedback.pages`), and made here in one go: one exporter, one
gradebook, nothing rendered twice. A page takes a few hundredths of a second, so one process is enough for any class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import perf_counter

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from nbgrader.utils import temp_attrs

from grader.checks.errors import GraderError
from grader.marking.course.paths import course_folder, lesson_id
from grader.marking.steps.nbgrader_api import course_api, course_gradebook, finished
from grader.marking.feedback.pages.marks import Marks, read_marks
from grader.marking.feedback.pages.press import Page, Press, page_of

OURS = ("preprocessors", "filters", "extra_template_basedirs", "template_file")
"""What `nbgrader_config.py` changes in nbconvert's HTMLExporter."""


def feedback(
    lesson: str,
    students: Iterable[str] | None = None,
    *,
    force: bool = False,
    to_exchange: bool = True,
    on_progress: Callable[[Page], None] = lambda page: None,
) -> list[Path]:
    """Make the feedback pages of the marked submissions of a lesson and, unless told otherwise, release them.

    Released are those of submissions that came through the exchange; the others stay in the course folder.

    Args:
        lesson: the lesson, as `lesson_id` takes it.
        students: only these; all who are marked, if None.
        force: make also the pages whose notebook and marks have not changed since.
        to_exchange: release them?
        on_progress: called after each page.

    Returns:
        the pages, of all these students.

    Raises:
        GraderError: no such lesson, nothing is marked, a student is not, or some pages could not be made or released:
            the others are by then.
    """
    lesson = lesson_id(lesson)
    notebooks = _marked(lesson, students)
    press, failed = Press(), []
    with course_gradebook(press.api) as gradebook:
        for student, of_student in notebooks.items():
            marks = _marks(gradebook, lesson, student)
            for notebook in of_student:
                page = press.make(student, notebook, marks.get(notebook.stem), force)
                failed += [f"{student}: {page.reason}"] if page.status == "failed" else []
                on_progress(page)
    if to_exchange:
        failed += _release(press.api, lesson, notebooks)
    if failed:
        raise GraderError(
            f"{len(failed)} feedback pages of {lesson} could not be made or released:\n" + "\n".join(failed)
        )
    return [page_of(notebook) for of_student in notebooks.values() for notebook in of_student]


def marked_students(lesson: str) -> list[str]:
    """Whose submissions of a lesson are marked."""
    return sorted({path.parent.parent.name for path in (course_folder() / "autograded").glob(f"*/{lesson}/*.ipynb")})


def _marked(lesson: str, students: Iterable[str] | None) -> dict[str, list[Path]]:
    """Student → their marked notebooks."""
    there = marked_students(lesson)
    chosen = there if students is None else list(students)
    if not there:
        raise GraderError(f"no submission of {lesson} is marked yet: run `grader autograde {lesson}` first")
    for student in chosen:
        if student not in there:
            raise GraderError(f"no submission of {lesson} by {student} is marked; marked are: {', '.join(there)}")
    folder = course_folder() / "autograded"
    return {student: sorted((folder / student / lesson).glob("*.ipynb")) for student in chosen}


def _marks(gradebook: Gradebook, lesson: str, student: str) -> dict[str, Marks]:
    try:
        return read_marks(gradebook, lesson, student)
    except MissingEntry:
        return {}


def _release(api: NbGraderAPI, lesson: str, students: Iterable[str]) -> list[str]:
    """Put the pages into the exchange; what could not be, in words."""
    failed = []
    for student in students:
        if (course_folder() / "feedback" / student / lesson / "timestamp.txt").exists():  # it came through the exchange
            try:
                finished(api.release_feedback(lesson, student), f"{student}: not put into the exchange")
            except GraderError as reason:
                failed.append(str(reason))
    return failed


def feedback_seconds(lesson: str, students: Iterable[str] | None = None) -> tuple[float, float]:
    """Seconds a page: (ours, plain nbgrader's), for the marked submissions in the course folder.

    Both in this process, on the same notebooks, ours first from a cold start; the pages left behind are ours.
    """
    lesson = lesson_id(lesson)
    begin = perf_counter()
    pages = feedback(lesson, students, force=True, to_exchange=False)
    ours = (perf_counter() - begin) / len(pages)
    plain = median(_plain_seconds(lesson, page.parent.parent.name) for page in pages)
    feedback(lesson, students, force=True, to_exchange=False)
    return ours, plain


def _plain_seconds(lesson: str, student: str) -> float:
    """One student's pages as nbgrader makes them without this project's configuration."""
    api = course_api()
    for trait in OURS:
        del api.config.HTMLExporter[trait]
    del api.config.GenerateFeedback
    begin = perf_counter()
    with temp_attrs(api.coursedir, assignment_id=lesson, student_id=student):
        GenerateFeedback(coursedir=api.coursedir, parent=api, force=True).start()
    return perf_counter() - begin
