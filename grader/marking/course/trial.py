"""A course on trial: a lesson is marked in a folder beside the course, and the course itself stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.marking.course.course import Course


@dataclass(frozen=True)
class TrialCourse(Course):
    """A course of which gradebook, records, marked notebooks and log lie elsewhere; releases and submissions are read.

    Attributes:
        origin: the course that is tried.
    """

    origin: Course

    @property
    def whole(self) -> Path:
        """The folder of the course itself: the trial's lies in it."""
        return self.origin.root

    @property
    def settings_folder(self) -> Path:
        """Where the files of its settings lie: the course's own hold."""
        return self.origin.settings_folder

    @property
    def release(self) -> Path:
        """Student versions, by lesson: the course's own."""
        return self.origin.release

    @property
    def submitted(self) -> Path:
        """What was handed in: the course's own."""
        return self.origin.submitted

    @property
    def db_url(self) -> str:
        """The gradebook's address: always a file in the trial's folder."""
        return f"sqlite:///{self.root / 'gradebook.db'}"
