"""Copies a student's folder with an instructor's rights: nothing but the student's own plain files."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from grader.marking.course.contents import Contents, PlainFile, contents

CHUNK = 1 << 20


def copy_plain(
    source: Path,
    draft: Path,
    owner: int,
    *,
    wanted: Callable[[str], bool],
    largest: int,
    most: int,
    shared: bool = False,
) -> Contents:
    """Copy a folder's plain files; sizes are asked before anything is copied.

    The copies belong to whoever copies, with rights of their own: no setuid bit, no program, nobody else's to read.

    Args:
        source: the folder.
        draft: an empty folder.
        owner: the user id to whom every file must belong.
        wanted: asked of each file's path.
        largest, most: bytes of a file, and of all together.
        shared: may the group of whoever copies read and write them?

    Returns:
        what was copied, and what was left out.

    Raises:
        OSError: something cannot be read, changed while it was copied, or there is no room for it.
    """
    found = contents(source, owners={owner}, largest=largest)
    found.files = [file for file in found.files if wanted(file.name)]
    found = found.within(most)
    for file in found.files:
        target = draft / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(source / file.name, target, owner, file)
    for path in (draft, *draft.rglob("*")):
        path.chmod((0o2770 if shared else 0o700) if path.is_dir() else (0o660 if shared else 0o600))
    return found


def _copy(source: Path, target: Path, owner: int, listed: PlainFile) -> None:
    """Copy one file that is still what was listed: the student may exchange it, or a folder above it, meanwhile."""
    handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as reading, target.open("xb") as writing:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or (facts.st_uid, facts.st_nlink, facts.st_size) != (owner, 1, listed.size):
            raise OSError(f"{listed.name} changed while it was copied")
        left = listed.size
        while left and (part := reading.read(min(CHUNK, left))):
            writing.write(part)
            left -= len(part)
        if left:
            raise OSError(f"{listed.name} became shorter while it was copied")
