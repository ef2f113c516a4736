"""The class: the course's page, a lesson's, a student's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tornado.web import HTTPError

from grader.checks.task import lessons, tasks_by_grade_id
from grader.marking.desk.web.access import Guarded
from grader.marking.desk.web.command_pages import ACTIONS
from grader.marking.desk.web.figures import Figures
from grader.marking.feedback.class_overview import LessonFigures
from grader.marking.feedback.class_report import ClassReport, Loss, Row
from grader.marking.feedback.task_figures import TaskFigures


def handlers() -> list[tuple[Any, ...]]:
    """The pages of the class."""
    return [(r"/", CoursePage), (r"/lesson/([\w.-]+)", LessonPage), (r"/student", StudentPage)]


@dataclass(frozen=True)
class Column:
    """A column of points in the table of students: a task; of a lesson with several notebooks, a notebook.

    Attributes:
        head, title: its short name, and what it is called.
        names: the grade ids whose points it has.
        most: how many these are.
    """

    head: str
    title: str
    names: tuple[str, ...]
    most: float


@dataclass(frozen=True)
class InLesson:
    """A student's row in a lesson, with the lesson's line and the titles of its tasks."""

    line: LessonFigures
    report: ClassReport
    row: Row
    tasks: tuple[TaskFigures, ...]

    @property
    def notebooks(self) -> list[str]:
        """The notebooks of the lesson that have points, in the order of its tasks."""
        return list(dict.fromkeys(task.notebook for task in self.tasks))

    def loss(self, grade_id: str) -> Loss | None:
        """Why points are missing there; None where nothing is known of it."""
        task = tasks_by_grade_id().get(grade_id)
        return self.row.losses.get(task.name if task is not None else grade_id)


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
            return self.answer("opened.html")
        return self.show("course.html", **await self.aside(self._facts))

    def _facts(self) -> dict[str, Any]:
        state, lines = self.figures.state(), self.figures.overview()
        return {"state": state, "lines": lines, "students": max(line.students for line in lines)}


class LessonPage(ClassPage):
    """One lesson."""

    async def get(self, lesson: str) -> None:
        """Show it."""
        self.show("lesson.html", actions=ACTIONS, **await self.aside(self._facts, known(lesson)))

    def _facts(self, lesson: str) -> dict[str, Any]:
        state = self.figures.state()
        report, tasks = self.figures.report(lesson), self.figures.tasks(lesson)
        [line] = [each for each in self.figures.overview() if each.lesson == lesson]
        columns = columns_of(report, tasks) if report is not None else ()
        facts = {"state": state, "lesson": lesson, "line": line, "report": report}
        return facts | {"tasks": tasks, "columns": columns, "numbers": numbers_of(tasks)}


class StudentPage(ClassPage):
    """One student: ``?id=``, looked up among those of the course."""

    async def get(self) -> None:
        """Show it."""
        student = self.get_query_argument("id", "", strip=False)
        state = self.figures.state()
        found = await self.aside(self._lessons, student)
        if not found:
            raise HTTPError(404)
        name = next((one.row.name for one in found if one.row.name), "")
        self.show("student.html", state=state, student=student, name=name, found=found)

    def _lessons(self, student: str) -> list[InLesson]:
        found = []
        for line in self.figures.overview():
            report = self.figures.report(line.lesson)
            for row in report.rows if report is not None else ():
                if row.student == student and report is not None:
                    found.append(InLesson(line, report, row, self.figures.tasks(line.lesson)))
        return found


def columns_of(report: ClassReport, tasks: tuple[TaskFigures, ...]) -> tuple[Column, ...]:
    """The columns of points of a lesson."""
    notebooks = report.by_notebook()
    if len(notebooks) > 1:
        return tuple(
            Column(name, f"{name}, together", tuple(names), sum(report.most[one] for one in names))
            for name, names in notebooks.items()
        )
    return tuple(Column(str(n), task.title, (task.grade_id,), task.most) for n, task in enumerate(tasks, 1))


def numbers_of(tasks: tuple[TaskFigures, ...]) -> dict[str, str]:
    """Task → what its exercise is called in short: "srn.step" → "Exercise 1.1"."""
    names = {task.grade_id: task.title.partition(" · ")[0] for task in tasks}
    return names | {task.name: names[grade_id] for grade_id, task in tasks_by_grade_id().items() if grade_id in names}


def known(lesson: str) -> str:
    """A lesson's name out of an address.

    Raises:
        HTTPError: 404 where no lesson is called so.
    """
    if lesson not in lessons():
        raise HTTPError(404)
    return lesson
