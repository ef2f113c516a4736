"""Puts a finished folder into another's place in one step, so that at no moment neither is there."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2
UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
"""What ``renameat2`` says where the system or the file system does not know how to exchange."""


def put_in_place(draft: Path, place: Path) -> None:
    """Move the folder ``draft`` to ``place``; what was there is called ``draft`` afterwards.

    Raises:
        OSError: it could not be moved; then ``place`` is as it was.
    """
    if not os.path.lexists(place):
        os.rename(draft, place)
        return
    exchange(draft, place)


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that can be; never raises."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:  # folders deeper than Python calls itself
        subprocess.run(["rm", "-rf", "--", folder], check=False, capture_output=True)


def exchange(one: Path, other: Path) -> None:
    """Exchange two paths, by ``renameat2``; where that is unknown by three renames, which end whole or as they began.

    Raises:
        OSError: both are as they were.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is not None:
        if rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
            return
        code = ctypes.get_errno()
        if code not in UNSUPPORTED:
            raise OSError(code, os.strerror(code), str(other))
    _by_renames(one, other)


def _by_renames(one: Path, other: Path) -> None:
    aside = one.with_name(f"{one.name}.aside")
    os.rename(other, aside)
    try:
        os.rename(one, other)
    except OSError:
        os.rename(aside, other)
        raise
    os.rename(aside, one)
