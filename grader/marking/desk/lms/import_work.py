"""Take what an LMS gave out into the course: each upload to its student, by the road of collecting."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

from grader.checks.errors import GraderError
from grader.marking.course.attempts import Attempt, NotCollected
from grader.marking.course.contents import contents, printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.rights import protect
from grader.marking.course.roster import roster_of
from grader.marking.course.settings import due_of, settings_of
from grader.marking.course.students import why_no_id
from grader.marking.course.submissions import NBGRADERS_OWN, submitters
from grader.marking.course.times import time_in
from grader.marking.desk.lms.download import Download, NotTaken, free_name, is_zip, opened, remove, single
from grader.marking.desk.lms.naming import Person, named
from grader.marking.desk.lms.participants import read_worksheet
from grader.marking.desk.lms.placed import FILE, Placed, folder_of, read_placed, write_placed
from grader.marking.desk.lms.right_names import lay_out, name_in, settle
from grader.marking.desk.lms.uploads import Upload, each_upload
from grader.marking.desk.lms.who import Finder
from grader.marking.steps.nbgrader_adapter import TIMESTAMP, collector_of, due_in_gradebook, reader_of_names
from grader.student.submit import MANIFEST

NOT_PLACED = "not-placed"
"""The folder, beside the downloads of a lesson, with what could not be placed."""
NO_DOWNLOADS = (NOT_PLACED, "extracted", FILE)
"""What else lies there; `nbgrader zip_collect` writes "extracted", and reads what lies in "archive"."""


@dataclass
class Imported:
    """What came of an import.

    Attributes:
        placed: student → what it is called in the download.
        unchanged: students of whom the same is there already.
        older: lines about what is not newer than what is there.
        refused: lines about what could not be placed, each with the reason and the way out.
        remarks: lines about what was taken with a difference.
        unknown_times: students of whom it is not known when they handed in, but when the LMS packed it.
        in_time: students whose time is the due date, as it was packed later and nothing says that they were late.
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


def import_work(course: Course, lesson: str, paths: Iterable[Path] = (), *, students: Sequence[str] = ()) -> Imported:
    """Put what was handed in elsewhere into the course.

    Args:
        course: the course.
        lesson: the lesson, as `lesson_id` takes it.
        paths: downloads, folders of them, single files, and Moodle's grading worksheet (.csv); otherwise all that lies
            in ``downloaded/<lesson>`` in the course folder.
        students: it is theirs, whatever it is called, and takes the place of what is there.

    Raises:
        GraderError: no such lesson; there is nothing, or something cannot be read.
    """
    lesson = lesson_id(lesson)
    given = [Path(path) for path in paths] or _lying_there(course, lesson)
    work = _Import(course, lesson, students)
    sheets = [path for path in given if path.suffix.casefold() == ".csv"]
    work.read_worksheets(sheets)
    files = [path for path in given if path not in sheets]
    if students:
        work.take_as(students, files)
    else:
        work.take_all(files)
    write_placed(course, lesson, work.known)
    protect(course)
    there = set(submitters(course, lesson))
    work.done.missing = [one for one in roster_of(course).students if one not in there]
    return work.done


def _lying_there(course: Course, lesson: str) -> list[Path]:
    folder = folder_of(course, lesson)
    found: list[Path] = []
    for place in (folder, folder / "archive"):
        if place.is_dir():
            found += [path for path in sorted(place.iterdir()) if not path.name.startswith(".")]
    found = [path for path in found if path.name not in (*NO_DOWNLOADS, "archive")]
    if not found:
        raise GraderError(
            f"nothing to import lies in {folder}: put there what the LMS gave out, or name it: "
            f"`grader import {lesson} download.zip`"
        )
    return found


class _Import:
    """One run."""

    def __init__(self, course: Course, lesson: str, students: Sequence[str]) -> None:
        self.course, self.lesson, self.done = course, lesson, Imported()
        self.known = read_placed(course, lesson)
        roster = roster_of(course)
        for student in students:
            if why := why_no_id(student):
                raise GraderError(f"{printable(student)!r} cannot name a student's folder: it {why}")
            if roster and student not in roster:
                raise GraderError(f"{printable(student)} is not on the list: see `grader roster`")
        self._roster, self._before = roster, set(submitters(course, lesson))
        self._finder = Finder(roster, self._before, {})
        self._taken: dict[str, Upload] = {}
        self._collector = collector_of(course, lesson)
        self._reader = reader_of_names(self._collector.config)
        self._zone = settings_of(course).zone
        self._entered = due_in_gradebook(course, lesson)

    def read_worksheets(self, paths: Iterable[Path]) -> None:
        people: dict[str, Person] = {}
        for path in paths:
            sheet = read_worksheet(path)
            people |= {number: sheet.person(number) for number in sheet.rows}
        self._finder = Finder(self._roster, self._before, people)

    # --- by hand

    def take_as(self, students: Sequence[str], paths: list[Path]) -> None:
        """Take all of it as one student's, or one group's."""
        files = []
        with ExitStack() as stack:
            for path in paths:
                download = stack.enter_context(opened(path)) if path.is_dir() else single(path)
                files += [(entry.path, entry) for entry in download.entries]
            upload = Upload("file", ", ".join(path.name for path in paths), (), files)
            times = [entry.when for _, entry in files if entry.when]
            upload.made = max(times, default=None)
            if self._place(upload, students, by_hand=True):
                for path in paths:
                    if path.parent.name == NOT_PLACED and path.parent.parent == folder_of(self.course, self.lesson):
                        remove(path)

    # --- all of a class

    def take_all(self, paths: list[Path]) -> None:
        with ExitStack() as stack:
            downloads = [one for path in paths for one in _downloads(path, self._reader, self._zone, stack)]
            uploads = []
            for upload, line in each_upload(downloads, self.lesson, self._reader):
                if upload is None:
                    self.done.refused.append(line)
                else:
                    uploads.append(upload)
            for upload in sorted(uploads, key=lambda one: one.when or one.made or datetime.min, reverse=True):
                self._take(upload)

    def _take(self, upload: Upload) -> None:
        if upload.typed and not upload.files:
            self._refuse(upload, "a text or a link was typed in place of a file: ask for the file")
            return
        if not upload.files:
            return
        students: list[str] = []
        for person in upload.people:
            try:
                found = self._find(upload, person)
            except NotTaken as why:
                self._refuse(upload, str(why), keep=True)
                continue
            if self._finder.differs(person, found) and upload.system != "file":
                name = printable(person.name)
                self.done.remarks.append(
                    f"{upload.said}: taken for {printable(found)}'s, by number or address, not {name}'s"
                )
            if found not in students:
                students.append(found)
        if not upload.people:
            self._refuse(upload, "whose it is stands nowhere", keep=True)
        self._place(upload, students)

    def _find(self, upload: Upload, person: Person) -> str:
        if upload.system != "file":
            return self._finder.find(person)
        inside = next((name_in(entry) for name, entry in upload.files if name == MANIFEST), "")
        for claim in filter(None, (inside, upload.claim)):
            with suppress(NotTaken):
                return self._finder.find(Person(claim, claim, claim, claim), trusted=claim == inside)
        return self._finder.find(person, trusted=True)

    def _refuse(self, upload: Upload, why: str, *, keep: bool = False) -> None:
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
        target = folder / _as_folder(upload.label)
        draft = free_name(folder, f".{target.name}.{secrets.token_hex(4)}")
        draft.mkdir()
        try:
            lay_out(upload.files, draft)
            remove(target)
            draft.rename(target)
        finally:
            remove(draft)
        return target

    def _place(self, upload: Upload, students: Sequence[str], *, by_hand: bool = False) -> bool:
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
                self._refuse(upload, str(why))
                return False
            placed = [self._place_one(upload, student, stage, by_hand) for student in students]
        if any(placed):
            self.done.remarks += [f"{upload.said}: {line}" for line in lines]
            if upload.typed:
                self.done.remarks.append(f"{upload.said}: a text that was typed beside the files is not taken")
        remove(folder_of(self.course, self.lesson) / NOT_PLACED / _as_folder(upload.label))
        return all(placed)

    def _refuse_where_left_out(self, upload: Upload) -> None:
        for left in upload.left_out:
            if left.name.casefold().endswith((".ipynb", ".zip")):
                raise NotTaken(f"{printable(left.name)}: {left.why}")
            self.done.remarks.append(f"{upload.said}: without {printable(left.name)}: {left.why}")

    def _place_one(self, upload: Upload, student: str, stage: Path, by_hand: bool) -> bool:
        place = self.course.submission(student, self.lesson)
        when = self._time(upload, student)
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
            self._refuse(upload, f"not put into the folder of {printable(student)}: {why_not}")
            return False
        finally:
            (stage / TIMESTAMP).unlink(missing_ok=True)
        self.done.placed[student] = upload.said
        if upload.late:
            self.done.late.append(student)
        if upload.when is None:
            packed = upload.made is None or upload.made <= when
            (self.done.unknown_times if packed else self.done.in_time).append(student)
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
            self._refuse(upload, f"a second one of {printable(student)}; {first.said} is taken", keep=True)

    def _remember(self, upload: Upload, student: str) -> None:
        self._taken[student] = upload
        made = upload.made.isoformat() if upload.made else ""
        if upload.system != "file" or student not in self.known:
            self.known[student] = Placed(upload.system, upload.label, upload.paths, made)

    def _time(self, upload: Upload, student: str) -> datetime:
        """When it was handed in; where that is not known, when it was packed, but nobody is late by that."""
        if upload.when is not None:
            return upload.when
        packed = upload.made or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        due = self._due(student)
        return packed if due is None or upload.late else min(packed, due)

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
        if before is None or when > before:
            return ""
        return f"is not newer than what is there (of {before:%Y-%m-%d %H:%M} UTC)"


def _downloads(
    path: Path, reader: FileNameCollectorPlugin | None, zone: tzinfo, stack: ExitStack
) -> Iterator[Download]:
    """A path's download; a folder's zips are downloads of their own, but for those that an LMS named."""
    download = stack.enter_context(opened(path, zone))
    if path.is_dir():
        inner = [one.path for one in download.entries if _is_download(one.path, reader)]
        download.entries = [one for one in download.entries if one.path not in inner]
        for name in inner:
            yield stack.enter_context(opened(path / name, zone))
    yield download


def _is_download(name: str, reader: FileNameCollectorPlugin | None) -> bool:
    return "/" not in name and is_zip(Path(name)) and named(name, reader) is None


def _as_folder(label: str) -> str:
    """A label as a folder's name."""
    plain = "".join(sign if sign.isalnum() or sign in "._- " else "-" for sign in label).strip(". ")
    return plain[:80] or f"upload-{hashlib.sha256(label.encode('utf-8', 'replace')).hexdigest()[:8]}"


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
