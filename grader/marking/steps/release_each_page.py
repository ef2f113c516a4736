"""Put feedback pages into the exchange, each for itself."""

from __future__ import annotations

import glob
import stat
from contextlib import suppress
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash
from traitlets import Bool, Instance

from grader.checks.odd_paths import LiteralGlob
from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.given_out import note
from grader.marking.steps.not_ready import not_ready

SECRET = "submission_secret.txt"
PASS = 0o011
"""Rights of all accounts in the folders above a page: to pass through, not to list them."""
FOR_ALL_WHO_KNOW_ITS_NAME = 0o644
"""Rights of a page in the exchange, whose folder nobody can list: its name comes of the submission's secret."""


class ReleaseEachPage(ExchangeReleaseFeedback):
    """nbgrader's release of feedback, which one submission cannot stop.

    nbgrader names a page after the secret that came with the submission, and stops everybody's release at the first
    submission without one. What did not come through the exchange has no time of handing in, and is left where it is.
    Whose work waits for a person, or is not marked, is named in the log. A student can read the page whatever the umask
    of whoever releases it, and ``given-out.jsonl`` in the course folder says that it was given out.

    Attributes:
        refused: student → why the page was not released.
    """

    course = Instance(Course, help="The course whose pages are released.").tag(config=True)
    names_unready = Bool(True, help="Name in the log those whose work is not marked to its end?").tag(config=True)
    refused: dict[str, str]
    src_path: str
    dest_path: str

    def copy_files(self) -> None:
        """Release the pages of each student.

        Raises:
            ExchangeError: some were not released; by then the others are.
        """
        self.refused, everybody = {}, self.src_path
        folders = [Path(folder) for folder in sorted(LiteralGlob.glob(everybody))]
        if self.names_unready:
            self._warn([folder.parent.name for folder in folders if (folder / "timestamp.txt").exists()])
        for folder in folders:
            if (folder / "timestamp.txt").exists():
                self._release(folder)
            else:
                self.log.warning("Not handed in through the exchange, and not released: %s", folder)
        self.src_path = everybody
        if self.refused:
            lines = "\n".join(f"{printable(student)}: {why}" for student, why in self.refused.items())
            self.fail(f"{len(self.refused)} not released:\n{lines}")

    def _warn(self, students: list[str]) -> None:
        """Name in the log those whose work is not marked to its end."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            for student, why in not_ready(self.course, gradebook, self.coursedir.assignment_id, students).items():
                self.log.warning("RELEASED BEFORE IT IS READY: %s: %s", printable(student), why)

    def _release(self, folder: Path) -> None:
        why, self.src_path = unreleasable(folder), glob.escape(str(folder))
        if not why:
            try:
                super().copy_files()
                self._open_and_note(folder)
            except (OSError, ValueError) as failure:
                why = str(failure)
        if why:
            self.refused[folder.parent.name] = why
            self.log.error("NOT RELEASED: %s: %s", printable(folder.parent.name), why)

    def _open_and_note(self, folder: Path) -> None:
        """Give the pages in the exchange the rights by which a student can read them, and note that they are there."""
        pages = [(notebook, page) for notebook, page in pages_of(folder) if (Path(self.dest_path) / page).exists()]
        for _, page in pages:
            path = Path(self.dest_path) / page
            path.chmod(FOR_ALL_WHO_KNOW_ITS_NAME | (0o020 if self.coursedir.groupshared else 0))
        for above in (Path(self.dest_path), Path(self.dest_path).parent):
            with suppress(OSError):  # it may be another instructor's
                if (mode := stat.S_IMODE(above.stat().st_mode)) & PASS != PASS:
                    above.chmod(mode | PASS)
        student, lesson = folder.parent.name, self.coursedir.assignment_id
        note(self.course, lesson, "given out", ((student, notebook, page) for notebook, page in pages))


def pages_of(folder: Path) -> list[tuple[str, str]]:
    """The notebooks of which a page lies in ``feedback/STUDENT/LESSON``, each with the page's name in the exchange."""
    secret = (folder / SECRET).read_text(encoding="utf-8")
    return [(path.stem, page_name(secret, path.stem)) for path in sorted(folder.glob("*.html"))]


def page_name(secret: str, notebook: str) -> str:
    """The name that a page has in the exchange."""
    return f"{notebook_hash(secret=secret, notebook_id=notebook)}.html"


def unreleasable(folder: Path) -> str:
    """Why the pages in a folder ``feedback/STUDENT/LESSON`` cannot be released, or ""."""
    try:
        secret = (folder / SECRET).read_text(encoding="utf-8")
    except FileNotFoundError:
        return _without("is missing")
    except UnicodeDecodeError:
        return _without("is not text")
    return "" if secret else _without("is empty")


def _without(fault: str) -> str:
    return f"{SECRET}, by which JupyterLab finds the page, {fault}; give the page out in another way"
