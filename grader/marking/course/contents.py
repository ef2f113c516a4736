"""What lies in a folder that somebody else filled: its plain files by name and size, and what is left out, and why.

Nothing is opened, no link is followed, and the walk ends whatever lies there: a folder inside itself, 1,500 folders
deep, a file of a terabyte, a name that is no text.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

from grader.marking.course.version import LEFT_BEHIND

MB = 10**6
MOST_FILES = 1000
"""Files of a submission that are taken."""
MOST_ENTRIES = 100_000
"""Files and folders of a submission that are looked at."""
DEEPEST = 24
"""Folders inside each other that are entered."""
LONGEST_PATH = 1000
"""Bytes of a path inside a submission."""
LARGEST_FILE = 100 * MB
"""Bytes of a file that is taken, as nbgrader's ``CourseDirectory.max_file_size`` has it; a hole in it counts too."""
CLOSED = "cannot be read (its rights forbid it)"


@dataclass(frozen=True)
class PlainFile:
    """A file that may be read: its path relative to the folder, and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class LeftOut:
    """What is not taken: its path in characters that can be printed, and why, in words."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


@dataclass
class Contents:
    """What lies in a folder: `files` in the order of their names; `left_out` likewise."""

    files: list[PlainFile] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def without(self, names: Collection[str]) -> Contents:
        """The same without these files, or files in these folders."""
        rest = [file for file in self.files if not {file.name, file.name.partition("/")[0]} & set(names)]
        return Contents(rest, self.left_out)

    def within(self, most: int, files: int = MOST_FILES) -> Contents:
        """So many files, and so many bytes together, that is the smallest of them; the others are left out."""
        kept: list[PlainFile] = []
        many: list[PlainFile] = []
        large: list[LeftOut] = []
        size = 0
        for file in sorted(self.files, key=lambda file: (file.size, file.name)):
            if len(kept) == files:
                many.append(file)
            elif size + file.size > most:
                why = f"{in_bytes(file.size)}; of all files together {in_bytes(most)} are taken, the smallest first"
                large.append(LeftOut(printable(file.name), why))
            else:
                size += file.size
                kept.append(file)
        if many:
            first = printable(min(file.name for file in many))
            large.append(LeftOut(f"{first} and others", f"{len(many)} files more than the {files} that are taken"))
        return Contents(by_name(kept), by_name(self.left_out + large))


Named = TypeVar("Named", PlainFile, LeftOut)


def by_name(found: Iterable[Named]) -> list[Named]:
    return sorted(found, key=lambda one: one.name)


def contents(folder: Path, *, owners: Collection[int] | None = None, largest: int = LARGEST_FILE) -> Contents:
    """What lies in a folder, except in `LEFT_BEHIND`.

    Args:
        folder: where to look; a link there is no folder.
        owners: user ids to whom a file must belong; anybody's, if None.
        largest: bytes of the largest file.

    Raises:
        OSError: the folder itself cannot be read.
    """
    found = Contents()
    for seen, (entry, name, depth) in enumerate(walk(folder)):
        if seen == MOST_ENTRIES:
            found.left_out.append(LeftOut("the rest", f"more than {MOST_ENTRIES} files and folders"))
            break
        facts = entry.stat(follow_symlinks=False)
        why = _why_not(entry, name, facts, depth, owners, largest)
        if why:
            found.left_out.append(LeftOut(printable(name), why))
        elif stat.S_ISREG(facts.st_mode):
            found.files.append(PlainFile(name, facts.st_size))
    return Contents(by_name(found.files), by_name(found.left_out))


def walk(folder: Path) -> Iterator[tuple[os.DirEntry[str], str, int]]:
    """Each entry with its path relative to the folder, and how deep it lies; folders that are left out stay closed.

    Raises:
        OSError: the folder itself cannot be read.
    """
    if folder.is_symlink():
        return
    waiting = [("", 0)]
    while waiting:
        inside, depth = waiting.pop()
        with os.scandir(folder / inside) as entries:
            there = sorted((entry for entry in entries if entry.name not in LEFT_BEHIND), key=lambda one: one.name)
        for entry in there:
            name = f"{inside}/{entry.name}" if inside else entry.name
            yield entry, name, depth
            if entry.is_dir(follow_symlinks=False) and not _odd_name(name) and depth < DEEPEST and _may_read(entry):
                waiting.append((name, depth + 1))


def _why_not(
    entry: os.DirEntry[str], name: str, facts: os.stat_result, depth: int, owners: Collection[int] | None, largest: int
) -> str:
    """Why that is left out, or ""."""
    if odd := _odd_name(name):
        return odd
    if stat.S_ISDIR(facts.st_mode):
        if depth >= DEEPEST:
            return f"{DEEPEST} folders deep; what lies deeper is not taken"
        return "" if _may_read(entry) else CLOSED
    if stat.S_ISLNK(facts.st_mode):
        return f"a link to {printable(os.readlink(entry))}, which is not followed"
    if not stat.S_ISREG(facts.st_mode):
        return "no file, but a pipe or a device"
    if facts.st_nlink > 1:
        return "a file with more than one name (a hard link), which may be another's"
    if owners is not None and facts.st_uid not in owners:  # anybody may have put it there
        return "belongs to another account"
    if not _may_read(entry):
        return CLOSED
    return f"{in_bytes(facts.st_size)}; a file may have {in_bytes(largest)}" if facts.st_size > largest else ""


def _may_read(entry: os.DirEntry[str]) -> bool:
    """May whoever asks read that file, or enter and list that folder?"""
    wanted = os.R_OK | os.X_OK if entry.is_dir(follow_symlinks=False) else os.R_OK
    return os.access(entry.path, wanted, effective_ids=True)


def _odd_name(name: str) -> str:
    if len(os.fsencode(name)) > LONGEST_PATH:
        return f"its path has more than {LONGEST_PATH} bytes"
    return "" if is_text(name) else "its name is not UTF-8"


def is_text(name: str) -> bool:
    """Is a file's name text, in UTF-8?"""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(name: str, longest: int = 100) -> str:
    """A file's name as it may be printed: control characters and bytes that are no text are shown as ``\\x1b``."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= longest else f"{text[: longest // 2]}…{text[-longest // 2 :]}"


def in_bytes(size: int) -> str:
    """1,234,567 → "1.2 MB"."""
    for unit, name in ((10**12, "TB"), (10**9, "GB"), (MB, "MB"), (1000, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"


def is_below_a_link(path: Path, top: Path) -> bool:
    """Is that path, or a folder between it and ``top``, a link?"""
    relative = PurePosixPath(os.path.relpath(path, top))
    return any((top / part).is_symlink() for part in (relative, *relative.parents))
