"""A marked notebook, as its student sees it in the feedback, made from the marks of now; and the way to Formgrader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from tornado.web import HTTPError

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.paths import ROOT
from grader.marking.course.settings import settings_of
from grader.marking.desk.web.access import Guarded
from grader.marking.desk.web.class_pages import known
from grader.marking.feedback.feedback import marked_students
from grader.marking.feedback.pages.marks import read_marks
from grader.marking.feedback.pages.press import Press
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook

SEALED_OFF = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""Of a page that shows a submission: it runs nothing, loads nothing, and has an origin of its own."""


def handlers() -> list[tuple[Any, ...]]:
    """The pages of a marked notebook."""
    return [(r"/notebook", NotebookPage), (r"/marked", MarkedPage)]


@dataclass(frozen=True)
class Wanted:
    """Which marked notebook, and whose come before and after it."""

    lesson: str
    student: str
    notebook: str
    before: str | None
    after: str | None

    def path(self, course: Course) -> Path:
        """Where it lies."""
        return course.autograded / self.student / self.lesson / f"{self.notebook}.ipynb"


class OfNotebook(Guarded):
    """``?lesson=&id=&name=``, each looked up among what there is."""

    def wanted(self) -> Wanted:
        """The notebook that is asked for.

        Raises:
            HTTPError: 404 where it is not marked.
        """
        lesson, course = known(self.get_query_argument("lesson", "")), self.desk.course
        student, name = (self.get_query_argument(what, "", strip=False) for what in ("id", "name"))
        students = marked_students(course, lesson)
        if student not in students or name not in notebooks_of(lesson):
            raise HTTPError(404)
        place = students.index(student)
        before = students[place - 1] if place > 0 else None
        after = students[place + 1] if place + 1 < len(students) else None
        found = Wanted(lesson, student, name, before, after)
        if not found.path(course).is_file():
            raise HTTPError(404)
        return found


class NotebookPage(OfNotebook):
    """The page around a marked notebook."""

    async def get(self) -> None:
        """Show it."""
        wanted = await self.aside(self.wanted)
        formgrader = await self.aside(formgraders_view, self.desk.course, wanted)
        self.show("notebook.html", wanted=wanted, lesson=wanted.lesson, formgrader=formgrader)


class MarkedPage(OfNotebook):
    """The marked notebook itself, in the safe form of a feedback page."""

    async def get(self) -> None:
        """Send it."""
        html = await self.aside(self._html, await self.aside(self.wanted))
        self.set_header("Content-Security-Policy", SEALED_OFF)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(html)

    def _html(self, wanted: Wanted) -> str:
        press = self._press()
        with course_gradebook(press.api) as gradebook:
            try:
                marks = read_marks(gradebook, press.api.config, wanted.lesson, wanted.student).get(wanted.notebook)
            except MissingEntry:
                marks = None
        if marks is None:
            raise GraderError(f"its marks are not in the gradebook: mark {wanted.lesson} again")
        return press.html(wanted.student, wanted.path(self.desk.course), marks)[0]

    def _press(self) -> Press:
        """What makes the pages: set up once, and again where the course's settings have changed since."""
        settings = settings_of(self.desk.course)
        of, press = self.settings.get("press", (None, None))
        if press is None or of != settings:
            press = Press(self.desk.course, course_api(self.desk.course))
            self.settings["press"] = settings, press
            self.desk.at_end.append(press.exporter.close)  # it has a process
        assert isinstance(press, Press)
        return press


def formgraders_view(course: Course, wanted: Wanted) -> str:
    """The address of a notebook in a Formgrader that runs on this clone; "" where none does."""
    from jupyter_server.serverapp import list_running_servers

    servers = [one for one in list_running_servers() if Path(one.get("root_dir", "")) == ROOT]
    if not servers:
        return ""
    with course_gradebook(course_api(course)) as gradebook:
        try:
            found = gradebook.find_submission_notebook(wanted.notebook, wanted.lesson, wanted.student)
        except MissingEntry:
            return ""
        return f"{servers[0]['url']}formgrader/submissions/{found.id}/"
