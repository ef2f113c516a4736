"""The files of a download: of a zip, of a folder, or a single one. Listed without unpacking, and read with limits.

What an LMS packs are files that students named and filled: a path may lead out of the folder, an entry may be a link,
and a few kilobytes may unpack to terabytes.
"""

from __future__ import annotations

import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO

from grader.checks.errors import GraderError
from grader.marking.course.contents import (
    DEEPEST,
    LARGEST_FILE,
    LONGEST_PATH,
    MOST_ENTRIES,
    LeftOut,
    contents,
    in_bytes,
    is_text,
    printable,
)
from grader.marking.course.version import LEFT_BEHIND

ENCRYPTED, UTF8 = 0x1, 0x800
"""Flags of a zip's entry."""
UNIX_TIME = 0x5455
"""The extra field of an entry with its time in UTC."""
BEGINNING = (1980, 1, 1)
"""The date of an entry that says none."""
CHUNK = 1 << 20


class NotTaken(Exception):
    """What is not taken; the message is the reason, and the way out."""


@dataclass(frozen=True)
class Entry:
    """A file of a download.

    Attributes:
        path: where it lies in the download, its parts joined by "/".
        size: bytes, as is said; while it is read nothing more is believed.
        when: its time, in UTC without a zone; None where it has none.
        opened: gives the file to read.
    """

    path: str
    size: int
    when: datetime | None
    opened: Callable[[], IO[bytes]] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def copy_to(self, target: Path, largest: int = LARGEST_FILE) -> int:
        """Write the file to a new one; returns its bytes.

        Raises:
            NotTaken: it is damaged, or has more bytes than it may.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        left = largest
        try:
            with self.opened() as reading, target.open("xb") as writing:
                while part := reading.read(min(CHUNK, left + 1)):
                    left -= len(part)
                    if left < 0:
                        raise NotTaken(f"{printable(self.path)} has more than {in_bytes(largest)}")
                    writing.write(part)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as why:
            raise NotTaken(f"{printable(self.path)} is damaged in the zip ({why}): download it again") from None
        return largest - left

    def content(self, largest: int) -> bytes:
        """The file's bytes.

        Raises:
            NotTaken: it is damaged, or has more bytes than it may.
        """
        try:
            with self.opened() as reading:
                found = reading.read(largest + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as why:
            raise NotTaken(f"{printable(self.path)} is damaged in the zip ({why}): download it again") from None
        if len(found) > largest:
            raise NotTaken(f"{printable(self.path)} has more than {in_bytes(largest)}")
        return found


@dataclass
class Download:
    """What was downloaded.

    Attributes:
        name: what its file or folder is called.
        entries: its files, by path.
        left_out: what is not taken of it, with the reason; its path may say whose it is.
    """

    name: str
    entries: list[Entry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


@contextmanager
def opened(path: Path, zone: tzinfo = UTC) -> Iterator[Download]:
    """The files of a zip, of a folder, or a single file.

    Args:
        path: the zip, the folder or the file.
        zone: the time zone of a zip's entries that do not say theirs.

    Raises:
        GraderError: there is nothing, or it cannot be read.
    """
    try:
        if path.is_dir():
            yield _folder(path)
        elif is_zip(path):
            with closing(_opened_zip(path)) as packed:
                yield _zip(path.name, packed, zone)
        else:
            yield single(path)
    except OSError as failure:
        raise GraderError(f"{printable(str(path), 400)} cannot be read ({failure.strerror or failure})") from None


def is_zip(path: Path) -> bool:
    return path.suffix.casefold() == ".zip"


def single(path: Path) -> Download:
    """A file as it is, also where it is a zip.

    Raises:
        GraderError: there is none, or it cannot be read.
    """
    try:
        return Download(path.name, [_file(path, path.name)])
    except OSError as failure:
        raise GraderError(f"{printable(str(path), 400)} cannot be read ({failure.strerror})") from None


def _file(path: Path, name: str) -> Entry:
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise GraderError(f"{printable(str(path), 400)} is neither a file nor a folder")
    when = datetime.fromtimestamp(facts.st_mtime, UTC).replace(tzinfo=None)
    return Entry(name, facts.st_size, when, lambda: path.open("rb"))


def _folder(path: Path) -> Download:
    found = contents(path)
    return Download(path.name, [_file(path / one.name, one.name) for one in found.files], found.left_out)


# --- zips -----------------------------------------------------------------------------------------------------------


def _opened_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as why:
        raise GraderError(f"{printable(path.name)} is no zip, or a damaged one ({why}): download it again") from None


@contextmanager
def unpacked(file: Path, zone: tzinfo = UTC) -> Iterator[Download]:
    """A zip that was handed in.

    Raises:
        NotTaken: it is none, or a damaged one.
    """
    try:
        packed = _opened_zip(file)
    except GraderError as why:
        raise NotTaken(str(why)) from None
    with closing(packed):
        yield _zip(file.name, packed, zone)


def _zip(name: str, packed: zipfile.ZipFile, zone: tzinfo) -> Download:
    found = Download(name)
    entries = [(one, _path(one)) for one in packed.infolist()[:MOST_ENTRIES] if not one.is_dir()]
    entries = [(one, path) for one, path in entries if not _left_behind(path)]
    often = Counter(path.casefold() for _, path in entries)
    for one, path in {path: (one, path) for one, path in entries}.values():
        why = _why_not(one, path) or (often[path.casefold()] > 1 and "is in the zip more than once")
        if why:
            found.left_out.append(LeftOut(path, why))
        else:
            opens = _opener(packed, one)
            found.entries.append(Entry(path, one.file_size, _time(one, zone), opens))
    if len(packed.infolist()) > MOST_ENTRIES:
        found.left_out.append(LeftOut("the rest", f"more than {MOST_ENTRIES} files"))
    return found


def _opener(packed: zipfile.ZipFile, one: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: packed.open(one)


def _path(one: zipfile.ZipInfo) -> str:
    """The entry's path; Canvas writes UTF-8 and does not say so, for which Python takes the letters of DOS."""
    name = one.orig_filename
    if not one.flag_bits & UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _left_behind(path: str) -> bool:
    parts = path.split("/")
    return any(part in LEFT_BEHIND or part.startswith("._") for part in parts)


def _why_not(one: zipfile.ZipInfo, path: str) -> str:
    """Why an entry is not taken, or ""."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or (len(path) > 1 and path[1] == ":" and path[0].isalpha()):
        return "its path leads out of the folder"
    if any(part in ("", ".") for part in parts) or not is_text(path) or "\0" in path or not path.isprintable():
        return "its path is none"
    if len(path.encode()) > LONGEST_PATH or len(parts) > DEEPEST or any(len(part.encode()) > 255 for part in parts):
        return "its path is too long"
    if one.flag_bits & ENCRYPTED:
        return "is encrypted: ask for it without a password"
    kind = stat.S_IFMT(one.external_attr >> 16)
    if stat.S_ISLNK(kind):
        return "a link, which is not followed"
    if kind and not stat.S_ISREG(kind):
        return "no file, but a pipe or a device"
    if one.file_size > LARGEST_FILE:
        return f"{in_bytes(one.file_size)}; a file may have {in_bytes(LARGEST_FILE)}"
    return ""


def _time(one: zipfile.ZipInfo, zone: tzinfo) -> datetime | None:
    """When an entry was changed, in UTC without a zone."""
    exact = _unix_time(one.extra)
    try:
        if exact is not None:
            return datetime.fromtimestamp(exact, UTC).replace(tzinfo=None)
        if one.date_time[:3] <= BEGINNING:
            return None
        return datetime(*one.date_time, tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None


def _unix_time(extra: bytes) -> int | None:
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == UNIX_TIME and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return int(struct.unpack("<i", extra[5:9])[0])
        extra = extra[4 + size :]
    return None


def free_name(folder: Path, name: str) -> Path:
    """A path in a folder at which nothing lies: that name, or the name with a number."""
    stem, dot, ending = name.rpartition(".")
    target, number = folder / name, 1
    while os.path.lexists(target):
        number += 1
        target = folder / (f"{stem} ({number}){dot}{ending}" if stem else f"{name} ({number})")
    return target


def move_up(folder: Path) -> None:
    """Move what lies in the only folder of a folder up, and so on."""
    while True:
        there = list(folder.iterdir())
        if len(there) != 1 or not there[0].is_dir() or there[0].is_symlink():
            return
        aside = folder.with_name(f"{folder.name}.up")
        there[0].rename(aside)
        folder.rmdir()
        aside.rename(folder)


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
