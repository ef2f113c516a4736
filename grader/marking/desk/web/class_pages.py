"""The class: the course's page, a lesson's, a student's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tornado.web import HTTPError

from grader.checks.task import lessons, tasks_by_grade_id
from grader.marking.desk.web.access import Guarded
from grader.marking.desk.web.command_pages import ACTIONS
from grader.marking.desk.web.figures import OneLesson, common_state
from grader.marking.desk.written_question import written_questions
from grader.marking.feedback.class_overview import LessonFigures
from grader.marking.feedback.class_report import Loss, Row
from grader.marking.feedback.task_figures import TaskFigures


def handlers() -> list[tuple[Any, ...]]:
    """The pages of the class."""
    return [(r"/", CoursePage), (r"/lesson/([\w.-]+)", LessonPage), (r"/student", StudentPage)]


@dataclass(frozen=True)
class InLesson:
    """A student's row in a lesson, with the lesson's line and its tasks."""

    line: LessonFigures
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


class CoursePage(Guarded):
    """All lessons."""

    async def get(self) -> None:
        """Show it; whoever comes with the token gets the cookie, and a page that leads on without it.

        A page, as browsers leave out a strict cookie where another site's page redirects to this one.
        """
        if self.get_query_argument("token", None) is not None:
            self.set_cookie(self.desk.cookie, self.desk.token, httponly=True, samesite="Strict", path="/")
            return self.respond("opened.html")
        kept = await self.desk.figures.overview()
        students = max((line.students for line in kept.figures), default=0)
        return self.show("course.html", state=kept.state, lines=kept.figures, students=students)


class LessonPage(Guarded):
    """One lesson."""

    async def get(self, lesson: str) -> None:
        """Show it."""
        kept = await self.desk.figures.lesson(known(lesson))
        questions = await self.desk.look(written_questions, lesson)
        self.show(
            "lesson.html", state=kept.state, lesson=lesson, one=kept.figures, questions=questions, actions=ACTIONS
        )


class StudentPage(Guarded):
    """One student: ``?id=``, looked up among those of the course."""

    async def get(self) -> None:
        """Show it."""
        student = self.get_query_argument("id", "", strip=False)
        kept = await self.desk.figures.all_lessons()
        found = [each for one in kept if (each := in_lesson(one.figures, student)) is not None]
        if not found:
            raise HTTPError(404)
        name = next((one.row.name for one in found if one.row.name), "")
        self.show("student.html", state=common_state(kept), student=student, name=name, found=found)


def in_lesson(one: OneLesson, student: str) -> InLesson | None:
    """A student's part of a lesson; None where there is none."""
    rows = one.report.rows if one.report is not None else ()
    return next((InLesson(one.line, row, one.tasks) for row in rows if row.student == student), None)


def known(lesson: str) -> str:
    """A lesson's name out of an address.

    Raises:
        HTTPError: 404 where no lesson is called so.
    """
    if lesson not in lessons():
        raise HTTPError(404)
    return lesson
