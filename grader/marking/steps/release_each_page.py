"""Put feedback pages into the exchange, each for itself."""

from __future__ import annotations

from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback

from grader.checks.odd_paths import LiteralGlob
from grader.marking.course.contents import printable

SECRET = "submission_secret.txt"


class ReleaseEachPage(ExchangeReleaseFeedback):
    """nbgrader's release of feedback, which one submission cannot stop.

    nbgrader names a page after the secret that came with the submission, and stops everybody's release at the first
    submission without one. What did not come through the exchange has no time of handing in, and is left where it is.

    Attributes:
        refused: student → why the page was not released.
    """

    refused: dict[str, str]
    src_path: str

    def copy_files(self) -> None:
        """Release the pages of each student.

        Raises:
            ExchangeError: some were not released; by then the others are.
        """
        self.refused, everybody = {}, self.src_path
        for folder in map(Path, sorted(LiteralGlob.glob(everybody))):
            if (folder / "timestamp.txt").exists():
                self._release(folder)
            else:
                self.log.warning("Not handed in through the exchange, and not released: %s", folder)
        self.src_path = everybody
        if self.refused:
            lines = "\n".join(f"{printable(student)}: {why}" for student, why in self.refused.items())
            self.fail(f"{len(self.refused)} not released:\n{lines}")

    def _release(self, folder: Path) -> None:
        why, self.src_path = unreleasable(folder), str(folder)
        if not why:
            try:
                super().copy_files()
            except (OSError, ValueError) as failure:
                why = str(failure)
        if why:
            self.refused[folder.parent.name] = why
            self.log.error("NOT RELEASED: %s: %s", printable(folder.parent.name), why)


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
