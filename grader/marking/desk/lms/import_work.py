"""Take what an LMS gave out into the course: each upload to its student, by the road of collecting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, tzinfo
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

from grader.checks.errors import GraderError
from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.rights import protect
from grader.marking.course.roster import roster_of
from grader.marking.course.settings import settings_of
from grader.marking.course.students import why_no_id
from grader.marking.course.submissions import submitters
from grader.marking.desk.lms.download import Download, NotTaken, is_zip, opened, remove, single
from grader.marking.desk.lms.naming import Person, named
from grader.marking.desk.lms.participants import read_worksheet
from grader.marking.desk.lms.placed import FILE, folder_of, read_placed, write_placed
from grader.marking.desk.lms.placing import LATE, NOT_PLACED, Imported, Placing
from grader.marking.desk.lms.right_names import name_in
from grader.marking.desk.lms.uploads import Upload, each_upload
from grader.marking.desk.lms.who import Finder
from grader.marking.steps.nbgrader_adapter import collector_of, reader_of_names
from grader.student.submit import MANIFEST

NO_DOWNLOADS = (NOT_PLACED, "extracted", FILE)
"""What else lies there; `nbgrader zip_collect` writes "extracted", and reads what lies in "archive"."""


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
    write_placed(course, lesson, work.placing.known)
    work.placing.note_times()
    protect(course)
    there = set(submitters(course, lesson))
    work.placing.done.missing = [one for one in roster_of(course).students if one not in there]
    return work.placing.done


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
        self.course, self.lesson = course, lesson
        roster = roster_of(course)
        for student in students:
            if why := why_no_id(student):
                raise GraderError(f"{printable(student)!r} cannot name a student's folder: it {why}")
            if roster and student not in roster:
                raise GraderError(f"{printable(student)} is not on the list: see `grader roster`")
        self._roster, self._before = roster, set(submitters(course, lesson))
        self._finder = Finder(roster, self._before, {})
        self._times: dict[str, datetime] = {}
        collector = collector_of(course, lesson)
        self._reader, self._zone = reader_of_names(collector.config), settings_of(course).zone
        self.placing = Placing(course, lesson, collector, read_placed(course, lesson))

    def read_worksheets(self, paths: Iterable[Path]) -> None:
        people: dict[str, Person] = {}
        for path in paths:
            sheet = read_worksheet(path)
            people |= {number: sheet.person(number) for number in sheet.rows}
            times = {number: sheet.submitted(number, self._zone) for number in sheet.rows}
            self._times |= {number: when for number, when in times.items() if when is not None}
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
            upload.made = max((entry.when for _, entry in files if entry.when), default=None)
            kept = [path for path in paths if self.placing.is_kept(path)]
            upload.late = any(path.name.endswith(LATE) for path in kept) or None
            if self.placing.place(upload, students, by_hand=True):
                for path in kept:
                    remove(path)

    # --- all of a class

    def take_all(self, paths: list[Path]) -> None:
        with ExitStack() as stack:
            downloads = [one for path in paths for one in _downloads(path, self._reader, self._zone, stack)]
            uploads = []
            for upload, line in each_upload(downloads, self.lesson, self._reader):
                if upload is None:
                    self.placing.done.refused.append(line)
                else:
                    told = [when for one in upload.people if (when := self._times.get(one.participant))]
                    upload.when = max(told, default=upload.when)
                    uploads.append(upload)
            for upload in sorted(uploads, key=lambda one: one.when or one.made or datetime.min, reverse=True):
                self._take(upload)

    def _take(self, upload: Upload) -> None:
        if upload.typed and not upload.files:
            self.placing.refuse(upload, "a text or a link was typed in place of a file: ask for the file")
            return
        if not upload.files:
            return
        students: list[str] = []
        for person in upload.people:
            try:
                found = self._find(upload, person)
            except NotTaken as why:
                self.placing.refuse(upload, str(why), keep=True)
                continue
            if self._finder.differs(person, found) and upload.system != "file":
                name = printable(person.name)
                self.placing.done.remarks.append(
                    f"{upload.said}: taken for {printable(found)}'s, by number or address, not {name}'s"
                )
            if found not in students:
                students.append(found)
        if not upload.people:
            self.placing.refuse(upload, "whose it is stands nowhere", keep=True)
        self.placing.place(upload, students)

    def _find(self, upload: Upload, person: Person) -> str:
        if upload.system != "file":
            return self._finder.find(person)
        inside = next((name_in(entry) for name, entry in upload.files if name == MANIFEST), "")
        for claim in filter(None, (inside, upload.claim)):
            with suppress(NotTaken):
                return self._finder.find(Person(claim, claim, claim, claim), trusted=claim == inside)
        return self._finder.find(person, trusted=True)


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
