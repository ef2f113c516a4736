"""The course folder: what a course produces, and where each thing lies in it."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from grader.marking.course.paths import ROOT

VARIABLE = "RNN_WORKBOOK_COURSE"
"""Environment variable with the course folder. Read where a program begins, by `Course.from_environment`."""
COURSE_ID = "rnn"
"""The course's name in nbgrader's exchange and gradebook."""


@dataclass(frozen=True)
class Course:
    """A course, by its folder. Nothing needs to be there yet.

    Attributes:
        root: the folder.
    """

    root: Path

    @classmethod
    def from_environment(cls) -> Course:
        """The course in the folder ``RNN_WORKBOOK_COURSE``, else in ``course`` in the clone."""
        return cls(Path(os.environ.get(VARIABLE) or ROOT / "course").resolve())

    @property
    def environment(self) -> dict[str, str]:
        """What another program must find in its environment to work on this course."""
        return {VARIABLE: str(self.root)}

    @property
    def release(self) -> Path:
        """Student versions, by lesson."""
        return self.root / "release"

    @property
    def submitted(self) -> Path:
        """What was handed in, by student and lesson."""
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        """Marked notebooks, by student and lesson."""
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        """Feedback pages, by student and lesson."""
        return self.root / "feedback"

    @property
    def exchange(self) -> Path:
        """nbgrader's exchange: students fetch from here, and hand in here."""
        return self.root / "exchange"

    @property
    def audit_records(self) -> Path:
        """What every mark rests on, by lesson and student."""
        return self.root / "verdicts"

    @property
    def gradebook(self) -> Path:
        """nbgrader's gradebook, an SQLite file."""
        return self.root / "gradebook.db"

    @property
    def db_url(self) -> str:
        """The gradebook's address."""
        return f"sqlite:///{self.gradebook}"

    @property
    def run_log(self) -> Path:
        """The log of marking."""
        return self.root / "autograde.log"

    def submission(self, student: str, lesson: str) -> Path:
        """The folder that a student handed in."""
        return self.submitted / student / lesson

    def make_exchange(self) -> Path:
        """The exchange, made if need be, open to every account of the machine."""
        self.exchange.mkdir(parents=True, exist_ok=True)
        self.exchange.chmod(0o777)
        return self.exchange

    def secret(self) -> bytes:
        """The secret from which hidden seeds are drawn: made once for a course, readable by the instructor only."""
        path = self.root / "secret.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return self.secret()
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
        return bytes.fromhex(path.read_text())
