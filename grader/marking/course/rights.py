"""Who may read and write what in a course folder: the exchange is for all accounts, everything else for instructors."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.marking.course.course import SETTINGS, VARIABLE, Course

PASS_THROUGH = 0o711
"""Of the course folder: students reach the exchange in it, and cannot list what lies beside."""
EXCHANGE = 0o1777
"""Of the exchange: everybody writes, and nobody removes or renames what is another's (the sticky bit)."""
INBOUND = 0o3733
"""Of the folder that students hand in to: as nbgrader makes it, and sticky too."""
FOLDER, FILE = 0o700, 0o600


def wanted(course: Course) -> dict[Path, int]:
    """What is there of a course → the rights that it should have.

    A group keeps its rights where it may write: then the course is shared by several instructors.
    """
    work = (course.submitted, course.autograded, course.feedback, course.audit_records)
    private = (course.release, course.downloaded, *work)
    files = (course.gradebook, course.run_log, course.roster, course.root / "secret.key")
    kept = (course.root / "given-out.jsonl", course.root / "journal.jsonl")
    settings = (course.root / name for name in SETTINGS)
    inside = course.exchange.is_relative_to(course.root)
    found = {course.root: _with_group(course.root, PASS_THROUGH if inside else FOLDER)}
    found |= {path: _with_group(path, FOLDER) for path in private}
    found |= {path: _with_group(path, FILE) for path in (*files, *kept, *settings)}
    found |= {course.exchange: EXCHANGE, course.exchange / course.id / "inbound": INBOUND}
    return {path: mode for path, mode in found.items() if path.exists() and not path.is_symlink()}


def _with_group(path: Path, mode: int) -> int:
    """The rights, with what a group has of them that may write there."""
    with contextlib.suppress(OSError):
        now = stat.S_IMODE(path.stat().st_mode)
        return mode | now & 0o2070 if now & stat.S_IWGRP else mode
    return mode


def wrong_rights(course: Course) -> Iterator[tuple[Path, int, int]]:
    """Each path whose rights are not the `wanted`: the path, its rights, and those it should have."""
    for path, mode in wanted(course).items():
        now = stat.S_IMODE(path.stat().st_mode)
        if now & ~0o2000 != mode & ~0o2000:  # setgid folders hand their group on, which harms nobody
            yield path, now, mode


def protect(course: Course) -> None:
    """Give everything of a course that is there the rights it should have; what belongs to others stays as it is."""
    for path, _, mode in list(wrong_rights(course)):
        with contextlib.suppress(OSError):
            os.chmod(path, mode)


def reach_the_exchange(closed: Path) -> str:
    """The way out where a folder above the exchange is closed."""
    elsewhere = f"set {VARIABLE} to a folder elsewhere, or `exchange` in course.toml"
    return f"For students with accounts of their own: chmod o+x '{closed}', or {elsewhere}"


def closed_folder(course: Course) -> Path | None:
    """The folder above the exchange through which other accounts cannot pass, if there is one."""
    above = [path for path in course.exchange.parents if path.exists()]
    return next((path for path in reversed(above) if not path.stat().st_mode & stat.S_IXOTH), None)
