"""The class's figures: kept, and computed again beside the pages when something in the course folder has changed since.

Whoever asks gets those of now, if they are there soon; otherwise those of before, at once: the page, which knows of
which state it shows figures, takes over the new ones when they are there.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from grader.checks.errors import GraderError
from grader.checks.task import lessons, tasks_by_grade_id
from grader.marking.course.course import Course
from grader.marking.course.settings import settings_of
from grader.marking.feedback.class_facts import class_sums
from grader.marking.feedback.class_overview import LessonFigures, class_overview, unreleased
from grader.marking.feedback.class_page import Column, columns
from grader.marking.feedback.class_report import ClassReport, class_report
from grader.marking.feedback.task_figures import TaskFigures, task_figures

if TYPE_CHECKING:
    from grader.marking.desk.web.desk import Desk

T = TypeVar("T")
OWN_FILES = ("autograde.log", "course.toml", "roster.csv", "extensions.csv")
"""Files of a course on which figures depend, beside its gradebook."""
SERVER_SECONDS = 10
"""Of a gradebook on a server figures are computed again after so long."""
PATIENCE = 0.6
"""Seconds that a page waits for figures of now, if there are some of before."""
SLOW, REST = 0.3, 2.0
"""Figures that took more seconds are not computed again before so many times as long have passed: marking needs the
processor, too."""


@dataclass(frozen=True)
class OneLesson:
    """What the page of a lesson shows; there is no report where it was never released."""

    line: LessonFigures
    report: ClassReport | None = None
    tasks: tuple[TaskFigures, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def exercises(self) -> dict[str, str]:
        """What exercises are called in short, by grade id and by task: "srn.step" → "Exercise 1.1"."""
        names = {task.grade_id: task.title.partition(" · ")[0] for task in self.tasks}
        return names | {task.name: names[own] for own, task in tasks_by_grade_id().items() if own in names}


def one_lesson(course: Course, lesson: str) -> OneLesson:
    """All figures of a lesson.

    Raises:
        GraderError: the gradebook, or the course's settings, cannot be read.
    """
    nothing = OneLesson(unreleased(course, lesson))
    if not has_gradebook(course):
        return nothing
    try:
        report = class_report(course, lesson)
    except GraderError:
        if class_sums(course, [lesson]):
            raise
        return nothing
    tasks = task_figures(report)
    return OneLesson(report.figures, report, tasks, columns(report, tasks))


def all_lines(course: Course) -> tuple[LessonFigures, ...]:
    """A line for each lesson that is taught.

    Raises:
        GraderError: the gradebook, or the course's settings, cannot be read.
    """
    if has_gradebook(course):
        return class_overview(course)
    settings = settings_of(course)
    return tuple(one_lesson(course, lesson).line for lesson in lessons() if settings.lesson(lesson).taught)


def has_gradebook(course: Course) -> bool:
    """Is there one? Whoever only looks at a course makes none: nbgrader would, and take seconds for it."""
    return not course.db_url.startswith("sqlite") or course.gradebook.exists()


@dataclass(frozen=True)
class Kept(Generic[T]):
    """Figures with the state of the course folder that they are of, and when, and for how long, they were computed."""

    state: str
    figures: T
    at: float
    seconds: float

    @property
    def rests(self) -> bool:
        """Is it too early to compute them again?"""
        return self.seconds > SLOW and monotonic() < self.at + REST * self.seconds


class Figures:
    """The figures of a desk's course.

    Args:
        desk: in whose worker they are computed.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self._course = desk, desk.course
        self._kept: dict[str, Kept[Any]] = {}
        self._tasks: dict[str, asyncio.Task[Kept[Any]]] = {}

    async def overview(self) -> Kept[tuple[LessonFigures, ...]]:
        """A line for each lesson that is taught."""
        return await self._soon("", lambda: all_lines(self._course))

    async def lesson(self, lesson: str) -> Kept[OneLesson]:
        """One lesson."""
        return await self._soon(lesson, lambda: one_lesson(self._course, lesson))

    async def all_lessons(self) -> list[Kept[OneLesson]]:
        """Those that are taught."""
        taught = [line.lesson for line in (await self.overview()).figures]
        return list(await asyncio.gather(*map(self.lesson, taught)))

    async def state(self) -> str:
        """The state of the course folder now."""
        return await self._desk.look(state_of, self._course)

    async def warm(self) -> None:
        """Compute all figures once, so that no page waits for it; what cannot be computed, its page tells."""
        with suppress(Exception):
            await self.overview()
        for lesson in lessons():
            with suppress(Exception):
                await self.lesson(lesson)

    async def _soon(self, what: str, compute: Callable[[], T]) -> Kept[T]:
        kept: Kept[T] | None = self._kept.get(what)
        if kept is not None and (kept.rests or kept.state == await self.state()):
            return kept
        if (task := self._tasks.get(what)) is None:
            task = self._tasks[what] = asyncio.create_task(self._compute(what, compute))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever asks next is told
        await asyncio.wait({task}, timeout=PATIENCE if kept is not None else None)
        return task.result() if task.done() or kept is None else kept

    async def _compute(self, what: str, compute: Callable[[], T]) -> Kept[T]:
        try:
            state, began = await self.state(), monotonic()
            found = await self._desk.aside(compute)
            self._kept[what] = Kept(state, found, monotonic(), monotonic() - began)
            return self._kept[what]
        finally:
            del self._tasks[what]


def common_state(kept: Iterable[Kept[Any]]) -> str:
    """The state that figures are of; "mixed", which is that of no course, where they are of several."""
    states = {each.state for each in kept}
    return states.pop() if len(states) == 1 else "mixed"


def state_of(course: Course) -> str:
    """A digest of when what figures depend on last changed: of the gradebook, the submissions, the pages."""
    digest = hashlib.sha256()
    try:
        gradebook = course.gradebook
    except GraderError as fault:  # in the course's settings
        return hashlib.sha256(str(fault).encode()).hexdigest()[:20]
    if not course.db_url.startswith("sqlite"):  # a server's changes leave no trace here
        digest.update(b"%d" % (time() // SERVER_SECONDS))
    books = gradebook, gradebook.with_name(f"{gradebook.name}-wal")
    for path in (*books, *(course.root / name for name in OWN_FILES), *_folders(course)):
        try:
            facts = os.stat(path)
        except OSError:
            continue
        digest.update(f"{path}\0{facts.st_mtime_ns}\0{facts.st_size}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:20]


def _folders(course: Course) -> Iterator[Path | str]:
    """The folders whose content changes when something is released, handed in, marked or given back."""
    yield from (course.release, course.exchange / course.id / "feedback")
    for above in (course.submitted, course.feedback):
        yield above
        if above.is_dir():
            with os.scandir(above) as entries:
                yield from sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
