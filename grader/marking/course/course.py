"""The course folder: the paths of all that a course produces."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from grader.marking.course.paths import ROOT

VARIABLE = "RNN_WORKBOOK_COURSE"
"""Environment variable that names the course folder; `Course.from_environment` reads it when a program starts."""
COURSE_ID = "rnn"
"""The course's name in nbgrader's exchange and gradebook."""


@dataclass(frozen=True)
class Course:
    """A course, by its folder, which need not exist yet.

    Attributes:
        root: the folder.
    """

    root: Path

    @classmethod
    def from_environment(cls) -> Course:
        """The course whose folder ``RNN_WORKBOOK_COURSE`` names; where it is not set, ``course`` in the clone."""
        return cls(Path(os.environ.get(VARIABLE) or ROOT / "course").resolve())

    @property
    def environment(self) -> dict[str, str]:
        """The environment variable by which another program finds this course."""
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
        """Audit records, by lesson and student."""
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
        """The log of marking, one line a submission."""
        return self.root / "autograde.log"

    def submission(self, student: str, lesson: str) -> Path:
        """The folder that a student handed in."""
        return self.submitted / student / lesson

    def make_exchange(self) -> Path:
        """Create the exchange where there is none, writable by every account of the machine; returns its folder."""
        self.exchange.mkdir(parents=True, exist_ok=True)
        self.exchange.chmod(0o777)
        return self.exchange

    def secret(self) -> bytes:
        """The key of hidden seeds and of the seals on reports: made once for a course, readable by its owner only."""
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
