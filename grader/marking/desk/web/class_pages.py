"""The class: the course's page, a lesson's, a student's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tornado.web import HTTPError

from grader.checks.lesson_list import lesson_list
from grader.checks.task import lessons
from grader.marking.course.submissions import submitters
from grader.marking.desk.web.access import Guarded
from grader.marking.desk.web.command_pages import ACTIONS
from grader.marking.desk.web.figures import Figures
from grader.marking.feedback.class_report import ClassReport


def handlers() -> list[tuple[Any, ...]]:
    """The pages of the class."""
    return [(r"/", CoursePage), (r"/lesson/([\w.-]+)", LessonPage), (r"/student", StudentPage)]


@dataclass(frozen=True)
class LessonLine:
    """A lesson in the course's table."""

    lesson: str
    title: str
    is_released: bool
    handed_in: int
    report: ClassReport | None


class ClassPage(Guarded):
    """A page with figures."""

    @property
    def figures(self) -> Figures:
        """The course's figures."""
        figures = self.settings.setdefault("figures", Figures(self.desk.course))
        assert isinstance(figures, Figures)
        return figures


class CoursePage(ClassPage):
    """All lessons."""

    async def get(self) -> None:
        """Show it; whoever comes with the token gets the cookie, and a page that leads on without it.

        A page, as browsers leave out a strict cookie where another site's page redirects to this one.
        """
        if self.get_query_argument("token", None) is not None:
            self.set_cookie(self.desk.cookie, self.desk.token, httponly=True, samesite="Strict", path="/")
            return self.show("opened.html")
        return self.show("course.html", lines=await self.aside(self._lines))

    def _lines(self) -> list[LessonLine]:
        return [self._line(lesson) for lesson in lessons()]

    def _line(self, lesson: str) -> LessonLine:
        handed_in = len(submitters(self.desk.course, lesson))
        return LessonLine(
            lesson, title_of(lesson), self.figures.is_released(lesson), handed_in, self.figures.report(lesson)
        )


class LessonPage(ClassPage):
    """One lesson."""

    async def get(self, lesson: str) -> None:
        """Show it."""
        lesson = known(lesson)
        report = await self.aside(self.figures.report, lesson)
        self.show("lesson.html", lesson=lesson, title=title_of(lesson), report=report, actions=ACTIONS)


class StudentPage(ClassPage):
    """One student: ``?id=``, looked up among those of the course."""

    async def get(self) -> None:
        """Show it."""
        student = self.get_query_argument("id")
        rows = await self.aside(self._rows, student)
        if not rows:
            raise HTTPError(404)
        self.show("student.html", student=student, rows=rows)

    def _rows(self, student: str) -> list[tuple[str, str, ClassReport, Any]]:
        """Lesson, its title, its report, and the student's row in it."""
        reports = [(lesson, title_of(lesson), self.figures.report(lesson)) for lesson in lessons()]
        return [
            (lesson, title, report, row)
            for lesson, title, report in reports
            if report is not None
            for row in report.rows
            if row.student == student
        ]


def known(lesson: str) -> str:
    """A lesson's name out of an address.

    Raises:
        HTTPError: 404 where no lesson is called so.
    """
    if lesson not in lessons():
        raise HTTPError(404)
    return lesson


def title_of(lesson: str) -> str:
    """A lesson as its first notebook is headed: "01 · SRN: the simple recurrent network"."""
    own = [entry for entry in lesson_list() if entry.folder == lesson]
    return own[0].title if len(own) == 1 else lesson.replace("-", " · ", 1).capitalize()
