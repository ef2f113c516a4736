"""The class's figures: computed once, and again when something in the course folder has changed since."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.feedback.class_report import ClassReport, class_report

OWN_FILES = ("gradebook.db", "gradebook.db-wal", "autograde.log", "course.toml", "roster.csv", "extensions.csv")
"""Files of a course on which figures depend."""


@dataclass
class Figures:
    """The figures of a course, kept while nothing changes. For one thread at a time.

    Args:
        course: the course.
    """

    course: Course
    _kept: dict[str, tuple[str, ClassReport | None]] = field(default_factory=dict, init=False, repr=False)

    def report(self, lesson: str) -> ClassReport | None:
        """The report of a lesson; None where it was never released."""
        now = state_of(self.course)
        if (kept := self._kept.get(lesson)) is None or kept[0] != now:
            kept = self._kept[lesson] = now, self._report(lesson)
        return kept[1]

    def _report(self, lesson: str) -> ClassReport | None:
        if not self.course.gradebook.exists():
            return None
        try:
            return class_report(self.course, lesson)
        except GraderError:
            if self.is_released(lesson):
                raise
            return None

    def is_released(self, lesson: str) -> bool:
        """Has the lesson a student version?"""
        return (self.course.release / lesson).is_dir()


def state_of(course: Course) -> str:
    """A digest of when what figures depend on last changed: of the gradebook, the submissions, the pages."""
    digest = hashlib.sha256()
    for path in (*(course.root / name for name in OWN_FILES), *_folders(course)):
        try:
            facts = os.stat(path)
        except OSError:
            continue
        digest.update(f"{path}\0{facts.st_mtime_ns}\0{facts.st_size}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _folders(course: Course) -> Iterator[Path | str]:
    """The folders whose content changes when something is released, handed in, marked or given back."""
    yield course.release
    for above in (course.submitted, course.feedback):
        yield above
        if above.is_dir():
            with os.scandir(above) as entries:
                yield from sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
