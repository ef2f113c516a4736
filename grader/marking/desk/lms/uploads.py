"""The files of a download, put together by who handed them in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nbgrader.plugins import FileNameCollectorPlugin

from grader.marking.course.contents import LeftOut, printable
from grader.marking.course.lessons import notebooks_of
from grader.marking.desk.lms.download import Download, Entry, NotTaken
from grader.marking.desk.lms.gradescope import METADATA, Submitted, submissions
from grader.marking.desk.lms.naming import Named, Person, System, named
from grader.student.submit import MANIFEST

A_DOWNLOAD = timedelta(hours=1)
"""How long an LMS takes at most to pack a class. Where the times of all files lie within, they are when it packed them:
Canvas and Moodle give each file the time of packing."""


@dataclass
class Upload:
    """What one student, or one group, handed in.

    Attributes:
        system: whose way of naming it is.
        label: what it is called in the download.
        people: who handed it in.
        files: name as the student gave it → file.
        late: does the LMS say that it is late? None: it says nothing of it.
        when: when it was handed in, in UTC without a zone; None where that is not known.
        made: when the LMS packed it.
        typed: was a text typed in place of a file?
        left_out: what of it is not taken.
        claim: what the name of the whole download claims, where it is all that was downloaded.
        paths: where its files lie in the download.
    """

    system: System
    label: str
    people: tuple[Person, ...]
    files: list[tuple[str, Entry]] = field(default_factory=list)
    late: bool | None = None
    when: datetime | None = None
    made: datetime | None = None
    typed: bool = False
    left_out: list[LeftOut] = field(default_factory=list)
    claim: str = ""

    @property
    def paths(self) -> list[str]:
        return [entry.path for _, entry in self.files]

    @property
    def said(self) -> str:
        """What it is called, as it may be printed."""
        return printable(self.label)


def uploads_of(
    download: Download, lesson: str, collector: FileNameCollectorPlugin | None = None
) -> tuple[list[Upload], list[str]]:
    """The uploads of a download, and lines about what belongs to none of them.

    Raises:
        NotTaken: Gradescope's list is damaged.
    """
    found: dict[str, Upload] = {}
    rest: list[Entry] = []
    listed = _Gradescope(download.entries)
    top = _common_top(download)
    for entry in download.entries:
        if entry is listed.metadata:
            continue
        name = listed.named(entry.path) or named(entry.path.removeprefix(top), collector) or named(entry.path)
        if name is None:
            rest.append(entry)
        else:
            _add(found, name, entry)
    plain = _Plain(download, lesson, rest)
    for entry in rest:
        _add(found, plain.named(entry.path), entry)
    lines = []
    for left in download.left_out:
        name = listed.named(left.name) or named(left.name.removeprefix(top)) or plain.named(left.name)
        if name.upload in found:
            found[name.upload].left_out.append(left)
        else:
            lines.append(f"{printable(left.name)}: {left.why}")
    _set_times(found.values(), listed)
    if len(found) == 1:
        next(iter(found.values())).claim = _claim(download.name, lesson)
    return list(found.values()), lines


def _common_top(download: Download) -> str:
    """The folder in which all lies, with its slash; "" where there is none."""
    tops = {entry.path.partition("/")[0] for entry in download.entries}
    nested = all("/" in entry.path for entry in download.entries)
    return f"{tops.pop()}/" if len(tops) == 1 and nested else ""


def _add(found: dict[str, Upload], name: Named, entry: Entry) -> None:
    upload = found.setdefault(name.upload, Upload(name.system, name.upload, name.people, late=name.late))
    upload.late = upload.late or name.late
    if name.file:
        upload.files.append((name.file, entry))
    else:
        upload.typed = True


def _set_times(found: Iterable[Upload], listed: _Gradescope) -> None:
    """When each was handed in, as far as that is known: never by what one student alone may have packed, and set."""
    uploads = list(found)
    times = {upload.label: [entry.when for _, entry in upload.files if entry.when] for upload in uploads}
    all_times = [when for some in times.values() for when in some]
    told = len(uploads) > 1 and bool(all_times) and max(all_times) - min(all_times) > A_DOWNLOAD
    for upload in uploads:
        upload.made = max(times[upload.label], default=None)
        when = listed.when(upload.label) or (upload.made if told else None)
        upload.when = when.replace(microsecond=0) if when else None


# --- Gradescope -----------------------------------------------------------------------------------------------------


class _Gradescope:
    """Gradescope's export, if a download is one."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.metadata = next((entry for entry in entries if entry.name == METADATA), None)
        self._above = self.metadata.path.removesuffix(METADATA) if self.metadata else ""
        self._folders: dict[str, Submitted] = submissions(self.metadata) if self.metadata else {}

    def named(self, path: str) -> Named | None:
        if self.metadata is None or not path.startswith(self._above):
            return None
        folder, _, file = path.removeprefix(self._above).partition("/")
        if folder not in self._folders:
            return None
        return Named("Gradescope", folder, self._folders[folder].people, file or folder)

    def when(self, folder: str) -> datetime | None:
        return self._folders[folder].when if folder in self._folders else None


# --- without an LMS -------------------------------------------------------------------------------------------------


class _Plain:
    """Files that no LMS named: a folder for each student, a file for each, or one student's files."""

    def __init__(self, download: Download, lesson: str, entries: list[Entry]) -> None:
        self._download, self._lesson = download.name, lesson
        paths = [entry.path for entry in entries]
        while (top := _only_folder(paths)) and not self._are_one_students(paths) and not _of_lesson(top, lesson):
            below = [path.partition("/")[2] for path in paths]
            if any("/" not in path for path in below):  # that folder is a student's
                break
            paths = below
        self._above = entries[0].path.removesuffix(paths[0]) if entries else ""
        self._one = self._are_one_students(paths)

    def _are_one_students(self, paths: list[str]) -> bool:
        """Do these lie there as in a student's folder?"""
        own = {f"{name}.ipynb" for name in notebooks_of(self._lesson)} | {MANIFEST}
        return any(path in own or path.partition("/")[0] == self._lesson for path in paths)

    def named(self, path: str) -> Named:
        path = path.removeprefix(self._above)
        top, slash, file = path.partition("/")
        if self._one:
            return _claimed(self._download, self._lesson, path)
        return _claimed(top, self._lesson, file) if slash else _claimed(path, self._lesson, path)


def _only_folder(paths: list[str]) -> str:
    tops = {path.partition("/")[0] for path in paths}
    return tops.pop() if len(tops) == 1 and all("/" in path for path in paths) else ""


def _of_lesson(name: str, lesson: str) -> bool:
    return name.casefold() == lesson


def _claimed(text: str, lesson: str, file: str) -> Named:
    """What the name of a folder or a file claims: it may be an id, a name, an address or a number."""
    claim = _claim(text, lesson)
    return Named("file", text, (Person(claim, claim, claim, claim),), file)


def _claim(text: str, lesson: str) -> str:
    """ "anna" of "01-srn-anna (1).zip"."""
    bare = re.sub(r"\.(zip|ipynb)$", "", text, flags=re.IGNORECASE)
    bare = re.sub(r"\s*\(\d+\)$|[-_]Copy\d+$", "", bare)
    names = sorted({lesson, *notebooks_of(lesson)}, key=len, reverse=True)
    pattern = "|".join(re.escape(name) for name in names)
    return re.sub(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", "", bare, flags=re.IGNORECASE).strip(" -_+.")


def each_upload(
    downloads: Iterable[Download], lesson: str, collector: FileNameCollectorPlugin | None
) -> Iterator[tuple[Upload | None, str]]:
    """Each upload of several downloads, or a line about what is none."""
    for download in downloads:
        try:
            found, lines = uploads_of(download, lesson, collector)
        except NotTaken as why:
            yield None, f"{printable(download.name)}: {why}"
            continue
        yield from ((None, line) for line in lines)
        yield from ((upload, "") for upload in found)
