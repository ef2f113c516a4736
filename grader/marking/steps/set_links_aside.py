"""Replaces links in a submission by a text, before anything follows them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from grader.marking.course.contents import walk
from grader.marking.course.lessons import lesson_folders

SET_ASIDE = "Here was"
"""Beginning of the text that replaces a link."""


def set_links_aside(*, notebooks: Iterable[str], assignment: str, **_: object) -> None:
    """Replace every link and special file in the submissions of those notebooks by a text that says what was there.

    nbgrader copies a submission's files and follows links: a link to the gradebook would put the gradebook into the
    student's feedback. Called before nbgrader touches a submission. One that cannot be replaced stays, and keeps no
    other from being replaced: `contents` leaves it out.
    """
    folders = lesson_folders(assignment)
    for folder in {Path(notebook).parent for notebook in notebooks}:
        if folder.parent.is_symlink():  # what lies there is another's
            continue
        for entry, name, _depth in walk(folder):
            facts = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(facts.st_mode) and not stat.S_ISDIR(facts.st_mode):
                with suppress(OSError):
                    _replace(folder / name, facts, in_place=name not in folders)


def _replace(path: Path, facts: os.stat_result, in_place: bool) -> None:
    """Remove a link or special file, and say so in its place, or beside it, where a folder of the lesson belongs."""
    what = f"a link to {os.readlink(path)}" if stat.S_ISLNK(facts.st_mode) else "a special file"
    path.unlink()
    if path.name != "timestamp.txt":
        said = path if in_place else path.with_name(path.name + ".set-aside")
        said.write_text(f"{SET_ASIDE} {what}. It was not followed.\n", encoding="utf-8", errors="replace")
