"""The class's figures: computed once, and again when something in the course folder has changed since."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Any, TypeVar

from grader.marking.course.course import Course
from grader.marking.feedback.class_report import ClassReport, LessonFigures, class_overview, class_report
from grader.marking.feedback.task_figures import TaskFigures, task_figures

T = TypeVar("T")
OWN_FILES = ("autograde.log", "course.toml", "roster.csv", "extensions.csv")
"""Files of a course on which figures depend, beside its gradebook."""
SERVER_SECONDS = 10
"""Of a gradebook on a server figures are computed again after so long."""


@dataclass
class Figures:
    """The figures of a course, kept while nothing changes. For one thread at a time.

    Args:
        course: the course.
    """

    course: Course
    _kept: dict[str, tuple[str, Any]] = field(default_factory=dict, init=False, repr=False)

    def overview(self) -> tuple[LessonFigures, ...]:
        """A line for each lesson."""
        return self._once("overview", lambda: class_overview(self.course))

    def report(self, lesson: str) -> ClassReport | None:
        """The report of a lesson; None where it was never released."""
        is_released = any(line.lesson == lesson and line.students + line.most for line in self.overview())
        return self._once(f"report {lesson}", lambda: class_report(self.course, lesson)) if is_released else None

    def tasks(self, lesson: str) -> tuple[TaskFigures, ...]:
        """The figures of a lesson's tasks."""
        report = self.report(lesson)
        return () if report is None else self._once(f"tasks {lesson}", lambda: task_figures(report))

    def state(self) -> str:
        """A digest of the state that figures of now are of."""
        return state_of(self.course)

    def _once(self, what: str, compute: Callable[[], T]) -> T:
        now = self.state()
        if what not in self._kept or self._kept[what][0] != now:
            self._kept[what] = now, compute()
        found: T = self._kept[what][1]
        return found


def state_of(course: Course) -> str:
    """A digest of when what figures depend on last changed: of the gradebook, the submissions, the pages."""
    digest = hashlib.sha256()
    if not course.db_url.startswith("sqlite"):  # a server's changes leave no trace here
        digest.update(b"%d" % (time() // SERVER_SECONDS))
    gradebook = course.gradebook, course.gradebook.with_name(course.gradebook.name + "-wal")
    for path in (*gradebook, *(course.root / name for name in OWN_FILES), *_folders(course)):
        try:
            facts = os.stat(path)
        except OSError:
            continue
        digest.update(f"{path}\0{facts.st_mtime_ns}\0{facts.st_size}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:20]


def _folders(course: Course) -> Iterator[Path | str]:
    """The folders whose content changes when something is released, handed in, marked or given back."""
    yield course.release
    for above in (course.submitted, course.feedback):
        yield above
        if above.is_dir():
            with os.scandir(above) as entries:
                yield from sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
