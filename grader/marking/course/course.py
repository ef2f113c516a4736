"""The course folder: the paths of all that a course produces."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.checks.errors import GraderError
from grader.marking.course.paths import ROOT

if TYPE_CHECKING:
    from grader.marking.course.settings import CourseSettings

VARIABLE = "RNN_WORKBOOK_COURSE"
"""Environment variable that names the course folder; `Course.from_environment` reads it when a program starts."""
COURSE_ID = "rnn"
"""A course's name in nbgrader's exchange and gradebook, unless its settings name another."""
SETTINGS = ("course.toml", "extensions.csv")
"""The files of a course's settings, in its folder: `settings_of` reads them."""
KEY_BYTES = 32
"""Of a course's secret."""


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
    def whole(self) -> Path:
        """The folder in which all of the course lies, which no kernel may see."""
        return self.root

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
    def settings_folder(self) -> Path:
        """Where the files of its settings lie."""
        return self.root

    @property
    def settings(self) -> CourseSettings | None:
        """What ``course.toml`` and ``extensions.csv`` say; None where there is neither, which needs no package."""
        if not any((self.settings_folder / name).exists() for name in SETTINGS):
            return None
        from grader.marking.course.settings import settings_of

        return settings_of(self)

    @property
    def id(self) -> str:
        """The course's name in nbgrader's exchange and gradebook."""
        return self.settings.id if self.settings else COURSE_ID

    @property
    def exchange(self) -> Path:
        """nbgrader's exchange: students fetch from here, and hand in here."""
        elsewhere = self.settings.exchange if self.settings else None
        return elsewhere or self.root / "exchange"

    @property
    def downloaded(self) -> Path:
        """What an LMS gave out of what was handed in, by lesson."""
        return self.root / "downloaded"

    @property
    def roster(self) -> Path:
        """The list of the class."""
        return self.root / "roster.csv"

    @property
    def audit_records(self) -> Path:
        """Audit records, by lesson and student."""
        return self.root / "verdicts"

    @property
    def gradebook(self) -> Path:
        """nbgrader's gradebook, an SQLite file; there is none where the settings name a server."""
        _, sqlite, path = self.db_url.partition("sqlite:///")
        return Path(path) if sqlite else self.root / "gradebook.db"

    @property
    def db_url(self) -> str:
        """The gradebook's address."""
        elsewhere = self.settings.gradebook if self.settings else None
        return elsewhere or f"sqlite:///{self.root / 'gradebook.db'}"

    @property
    def run_log(self) -> Path:
        """The log of marking, one line a submission."""
        return self.root / "autograde.log"

    def submission(self, student: str, lesson: str) -> Path:
        """The folder that a student handed in."""
        return self.submitted / student / lesson

    def make_exchange(self) -> Path:
        """Create the exchange where there is none, writable by every account of the machine; returns its folder.

        Sticky: nobody may rename or remove what another account put there.
        """
        self.exchange.mkdir(parents=True, exist_ok=True)
        if self.exchange.stat().st_mode & 0o1777 != 0o1777:
            with contextlib.suppress(PermissionError):  # of one that others made, `grader doctor` says what is wrong
                self.exchange.chmod(0o1777)
        return self.exchange

    def secret(self) -> bytes:
        """The key of hidden seeds and of the seals on reports: made once for a course, readable by its owner only.

        Raises:
            GraderError: its file is not what this method writes, as where a disk was full or a copy was cut.
        """
        path = self.root / "secret.key"
        if not path.exists():
            _write_once(path, secrets.token_hex(KEY_BYTES))
        try:
            key = bytes.fromhex(path.read_text())
        except (OSError, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise GraderError(
                f"{path} is no key of {KEY_BYTES} bytes: hidden inputs and reports' seals would be worth nothing. "
                "Restore it from a backup; or remove it, and all submissions are marked again with a new one"
            )
        return key


def _write_once(path: Path, text: str) -> None:
    """Write a file whole and for its owner alone, or not at all; one that is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails where another process was faster
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            os.replace(draft, path)
    except OSError as failure:
        raise GraderError(
            f"{path} could not be written ({failure.strerror}): make room for it, then run again"
        ) from None
    finally:
        draft.unlink(missing_ok=True)
