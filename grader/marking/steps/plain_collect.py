"""Collect what students handed in: their own plain files, checked in a draft beside what was collected before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.exchange.default import ExchangeCollect

from grader.marking.course.attempts import Attempt, NotCollected, attempts
from grader.marking.course.contents import Contents, printable
from grader.marking.course.copy_plain import copy_plain
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.submissions import note_of_collecting
from grader.marking.course.swap_folders import put_in_place, remove_folder
from grader.marking.course.times import time_in


class PlainCollect(ExchangeCollect):
    """nbgrader's collect, which one attempt cannot stop, and which never loses what it collected before.

    The newest attempt of each student counts; where it cannot be collected, the one before it. Each is copied into a
    draft (`copy_plain`), and takes the place of an older one in one step.

    Attributes:
        collected: names of the students of whom an attempt was collected now.
        refused: name of an attempt's folder → why it was not collected.
    """

    collected: list[str]
    refused: dict[str, str]

    def start(self) -> None:
        """Collect.

        Raises:
            ExchangeError: there is no such course, or some attempts were not collected; by then the others are.
        """
        self.collected, self.refused = [], {}
        super().start()
        if self.refused:
            lines = "\n".join(f"{name}: {why}" for name, why in self.refused.items())
            self.fail(f"{len(self.refused)} not collected:\n{lines}")

    def init_src(self) -> None:
        """Find the attempts of each student, those that count first."""
        inbound = Path(self.root, self.coursedir.course_id, "inbound")
        if not inbound.is_dir() or not os.access(inbound, os.R_OK | os.X_OK):
            self.fail(f"Course not found, or closed to you: {inbound}")
        due = self._due_date() if self.before_duedate else None
        only = self.coursedir.student_id
        self.tries: dict[str, list[Attempt]] = {}
        for name, found in attempts(inbound, self.coursedir.assignment_id):
            if isinstance(found, NotCollected):
                self._refuse(name, found)
            elif only in ("", "*", found.student):
                self.tries.setdefault(found.student, []).append(found)
        for some in self.tries.values():
            some.sort(key=lambda attempt: (due is None or attempt.when <= due, attempt.when), reverse=True)

    def _due_date(self) -> datetime | None:
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                due: datetime | None = gradebook.find_assignment(self.coursedir.assignment_id).duedate
            except MissingEntry:
                return None
        return due

    def copy_files(self) -> None:
        """Collect one attempt of each student, if it is to be collected."""
        for student, some in sorted(self.tries.items()):
            place = Path(
                self.coursedir.format_path(self.coursedir.submitted_directory, student, self.coursedir.assignment_id)
            )
            self._first_that_can_be(some, place)

    def _first_that_can_be(self, some: Iterable[Attempt], place: Path) -> None:
        before = _time_of(place)
        for attempt in some:
            if not self._is_wanted(attempt, place, before):
                return
            try:
                self.take(attempt, place)
            except (OSError, NotCollected) as why:
                self._refuse(attempt.path.name, why)
            else:
                self.collected.append(attempt.student)
                return

    def _is_wanted(self, attempt: Attempt, place: Path, before: datetime | None) -> bool:
        """Is it another one than was collected before, and shall it take its place?"""
        if not os.path.lexists(place):
            return True
        newer = before is None or attempt.when > before
        return bool((self.update and newer) or (self.before_duedate and attempt.when != before))

    def take(self, attempt: Attempt, place: Path) -> None:
        """Put an attempt there, in place of what is there.

        Raises:
            NotCollected: it cannot be taken; then what was there is as it was.
            OSError: likewise.
        """
        owner = attempt.owner(is_checked=self.check_owner)
        with _draft_beside(place) as draft:
            found = copy_plain(
                attempt.path,
                draft,
                owner,
                wanted=lambda name: (
                    not any(fnmatch(part, one) for part in name.split("/") for one in self.coursedir.ignore)
                ),
                largest=1000 * self.coursedir.max_file_size,
                most=1000 * self.coursedir.max_dir_size,
                shared=self.coursedir.groupshared,
            )
            self._check(found)
            place.parent.mkdir(exist_ok=True)
            put_in_place(draft, place)
        note_of_collecting(place, found.left_out)
        for left in found.left_out:
            self.log.warning("Left out of %s: %s", attempt.path.name, left)
        self.log.info("Collected: %s", attempt.path.name)

    def _check(self, found: Contents) -> None:
        """Raise where a notebook is missing that was handed in, or everything."""
        names = {f"{name}.ipynb" for name in notebooks_of(self.coursedir.assignment_id)}
        for left in found.left_out:
            if left.name in names or not found.files:
                raise NotCollected(f"{left}; ask for it again")
        if not found.files:
            raise NotCollected("no file is in it; ask for it again")

    def _refuse(self, name: str, why: Exception) -> None:
        """Note why an attempt was not collected."""
        said = str(why)
        if isinstance(why, OSError) and why.strerror:
            at = Path(os.fsdecode(why.filename)).name if why.filename else "it"
            said = f"{printable(at)} cannot be read or written ({why.strerror}); ask for it again"
        self.refused[printable(name)] = said
        self.log.error("NOT COLLECTED: %s: %s", printable(name), said)


@contextmanager
def _draft_beside(place: Path) -> Iterator[Path]:
    """An empty folder on the disk of STUDENT/LESSON, removed afterwards with what is then in it."""
    students = place.parent.parent
    students.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".collecting-", dir=students))
    try:
        (folder / "draft").mkdir()
        yield folder / "draft"
    finally:
        remove_folder(folder)


def _time_of(place: Path) -> datetime | None:
    """When what was collected before was handed in; None where it does not say."""
    try:
        return time_in(place / "timestamp.txt")
    except (OSError, ValueError):
        return None
