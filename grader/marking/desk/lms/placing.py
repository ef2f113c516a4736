"""Puts an upload into the folders of its students, by the road of collecting; what cannot be is named and kept."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from grader.marking.course.attempts import Attempt, NotCollected
from grader.marking.course.contents import contents, printable
from grader.marking.course.course import Course
from grader.marking.course.settings import due_of
from grader.marking.course.submissions import NBGRADERS_OWN
from grader.marking.course.times import time_in
from grader.marking.course.unknown_times import is_unknown, note_times
from grader.marking.desk.lms.download import NotTaken, free_name, remove
from grader.marking.desk.lms.placed import Placed, folder_of
from grader.marking.desk.lms.right_names import lay_out, settle
from grader.marking.desk.lms.uploads import Upload
from grader.marking.steps.nbgrader_adapter import TIMESTAMP, due_in_gradebook
from grader.marking.steps.plain_collect import PlainCollect

NOT_PLACED = "not-placed"
"""The folder, beside the downloads of a lesson, with what could not be placed."""
LATE = "_LATE"
"""Ends the name of what is kept and is late by the LMS."""


@dataclass
class Imported:
    """What came of an import.

    Attributes:
        placed: student → what it is called in the download.
        unchanged: students of whom the same is there already.
        older: lines about what is not newer than what is there.
        refused: lines about what could not be placed, each with the reason and the way out.
        remarks: lines about what was taken with a difference.
        unknown_times: students who are late by the LMS, and of whom only the time of packing is known.
        in_time: students of whom nothing says when they handed in, or that it was late: in time for any due date.
        late: students whom the LMS marks as late.
        missing: students on the list who have handed in nothing.
    """

    placed: dict[str, str] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unknown_times: list[str] = field(default_factory=list)
    in_time: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class Placing:
    """Places the uploads of one run.

    Args:
        course, lesson: where they go.
        collector: nbgrader's, which puts them there.
        known: what was imported before, by student; what is placed is added.
    """

    def __init__(self, course: Course, lesson: str, collector: PlainCollect, known: dict[str, Placed]) -> None:
        self.course, self.lesson, self.done = course, lesson, Imported()
        self.known, self._collector = known, collector
        self._entered = due_in_gradebook(course, lesson)
        self._taken: dict[str, Upload] = {}
        self._unknown: dict[str, datetime] = {}

    def refuse(self, upload: Upload, why: str, *, keep: bool = False) -> None:
        """Note why an upload was not placed; where it is not known whose it is, it is kept to be placed by hand."""
        way_out = ""
        if keep:
            try:
                kept = self._keep(upload)
                way_out = f". To place it by hand: `grader import {self.lesson} --as STUDENT '{kept}'`"
            except (NotTaken, OSError) as failure:
                way_out = f". It could not be kept either: {failure}"
        self.done.refused.append(f"{upload.said}: {why}{way_out}")

    def _keep(self, upload: Upload) -> Path:
        folder = folder_of(self.course, self.lesson) / NOT_PLACED
        folder.mkdir(parents=True, exist_ok=True)
        self.course.downloaded.chmod(0o700)
        target = folder / _as_folder(upload)
        draft = free_name(folder, f".{target.name}.{secrets.token_hex(4)}")
        draft.mkdir()
        try:
            lay_out(upload.files, draft)
            if (made := upload.when or upload.made) is not None:
                for path in draft.rglob("*"):
                    os.utime(path, (made.replace(tzinfo=UTC).timestamp(),) * 2)
            remove(target)
            draft.rename(target)
        finally:
            remove(draft)
        return target

    def is_kept(self, path: Path) -> bool:
        """Is it what an earlier run could not place?"""
        return path.resolve().parent == (folder_of(self.course, self.lesson) / NOT_PLACED).resolve()

    def place(self, upload: Upload, students: Sequence[str], *, by_hand: bool = False) -> bool:
        """Put an upload into the folders of those who handed it in; returns whether it is in all of them."""
        if not students:
            return False
        with tempfile.TemporaryDirectory(prefix="importing-") as scratch:
            stage = Path(scratch) / "stage"
            stage.mkdir()
            try:
                lay_out(upload.files, stage)
                lines = settle(stage, self.lesson)
                self._refuse_where_left_out(upload)
            except (NotTaken, OSError) as why:
                self.refuse(upload, str(why))
                return False
            placed = [self._place_one(upload, student, stage, by_hand) for student in students]
        if any(placed):
            self.done.remarks += [f"{upload.said}: {line}" for line in lines]
            if upload.typed:
                self.done.remarks.append(f"{upload.said}: a text that was typed beside the files is not taken")
        if all(placed):
            remove(folder_of(self.course, self.lesson) / NOT_PLACED / _as_folder(upload))
        return all(placed)

    def _refuse_where_left_out(self, upload: Upload) -> None:
        for left in upload.left_out:
            if left.name.casefold().endswith((".ipynb", ".zip")):
                raise NotTaken(f"{printable(left.name)}: {left.why}")
            self.done.remarks.append(f"{upload.said}: without {printable(left.name)}: {left.why}")

    def _place_one(self, upload: Upload, student: str, stage: Path, by_hand: bool) -> bool:
        place = self.course.submission(student, self.lesson)
        when = upload.when or upload.made or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        if student in self._taken:
            self._is_second(upload, student, stage, place)
            return False
        if not by_hand and (why := self._why_not(upload, student, stage, when)):
            if why == "unchanged":
                self.done.unchanged.append(student)
                self._remember(upload, student)
            else:
                self.done.older.append(f"{printable(student)}: {upload.said}: {why}")
            return False
        (stage / TIMESTAMP).write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
        try:
            self._collector.take(Attempt(student, when, stage), place)
        except (NotCollected, OSError) as why_not:
            self.refuse(upload, f"not put into the folder of {printable(student)}: {why_not}")
            return False
        finally:
            (stage / TIMESTAMP).unlink(missing_ok=True)
        self.done.placed[student] = upload.said
        if upload.late:
            self.done.late.append(student)
        if upload.when is None:
            (self.done.unknown_times if upload.late else self.done.in_time).append(student)
        if upload.when is None and not upload.late:
            self._unknown[student] = when
        self._remember(upload, student)
        return True

    def _is_second(self, upload: Upload, student: str, stage: Path, place: Path) -> None:
        """Say what becomes of another upload of a student's in this run: the newest counts, which came first."""
        first = self._taken[student]
        if place.is_dir() and _same(stage, place):
            return
        times = [one.when or one.made for one in (upload, first)]
        if times[0] != times[1]:
            self.done.older.append(f"{printable(student)}: {upload.said}: is older than {first.said}")
        else:
            self.refuse(upload, f"a second one of {printable(student)}; {first.said} is taken", keep=True)

    def _remember(self, upload: Upload, student: str) -> None:
        self._taken[student] = upload
        made = upload.made.isoformat() if upload.made else ""
        if upload.system != "file" or student not in self.known:
            self.known[student] = Placed(upload.system, upload.label, upload.paths, made)

    def note_times(self) -> None:
        """Keep of whom it is unknown when they handed in.

        Raises:
            OSError: it could not be written.
        """
        note_times(self.course, self.lesson, self._unknown, set(self.done.placed))

    def _due(self, student: str) -> datetime | None:
        """When it is due for the student, in UTC without a zone."""
        due = due_of(self.course, self.lesson, student)
        return due.astimezone(UTC).replace(tzinfo=None) if due is not None else self._entered

    def _why_not(self, upload: Upload, student: str, stage: Path, when: datetime) -> str:
        """Why what is there stays, or ""."""
        place = self.course.submission(student, self.lesson)
        if not os.path.lexists(place):
            return ""
        before, known = _time_of(place), self.known.get(student)
        if _same(stage, place):
            return "" if upload.when is not None and before != when else "unchanged"
        packed = known.packed if known is not None else None
        if packed and upload.made and upload.made != packed:
            return "" if upload.made > packed else f"is older than what is there (of {packed:%Y-%m-%d %H:%M} UTC)"
        if upload.when is None and not upload.late and not is_unknown(self.course, self.lesson, student, before):
            when = min(when, self._due(student) or when)  # what was packed later need not be newer
        if before is None or when > before:
            return ""
        return f"is not newer than what is there (of {before:%Y-%m-%d %H:%M} UTC)"


def _as_folder(upload: Upload) -> str:
    """What an upload is called as a folder."""
    plain = "".join(sign if sign.isalnum() or sign in "._- " else "-" for sign in upload.label).strip(". ")
    other = f"upload-{hashlib.sha256(upload.label.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return (plain[:80] or other) + (LATE if upload.late else "")


def _same(one: Path, other: Path) -> bool:
    """Do both folders hold the same files?"""
    return _digests(one) == _digests(other)


def _digests(folder: Path) -> dict[str, str]:
    found = contents(folder).without(NBGRADERS_OWN)
    return {file.name: hashlib.sha256((folder / file.name).read_bytes()).hexdigest() for file in found.files}


def _time_of(place: Path) -> datetime | None:
    try:
        return time_in(place / TIMESTAMP)
    except (OSError, ValueError):
        return None
