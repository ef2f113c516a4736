"""Replaces links in a submission by a text, before anything follows them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from grader.marking.course.contents import in_bytes, walk

LARGEST_TIME = 1000
"""Bytes of a file with the time of handing in."""
SET_ASIDE = "Here was"
"""Beginning of the text that replaces a link."""


def set_links_aside(*, notebooks: Iterable[str], **_: object) -> None:
    """Replace every link and special file in the submissions of those notebooks by a text that says what was there.

    nbgrader copies a submission's files and follows links: a link to the gradebook would put the gradebook into the
    student's feedback. Called before nbgrader touches a submission.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        for entry, name, _depth in walk(folder):
            path, facts = folder / name, entry.stat(follow_symlinks=False)
            if name == "timestamp.txt" and stat.S_ISREG(facts.st_mode) and facts.st_size > LARGEST_TIME:
                path.rename(folder / "timestamp.txt.set-aside")  # nbgrader would read all of it as a time
                _say(path, f"a file of {in_bytes(facts.st_size)}")
            elif not stat.S_ISREG(facts.st_mode) and not stat.S_ISDIR(facts.st_mode):
                what = f"a link to {os.readlink(path)}" if stat.S_ISLNK(facts.st_mode) else "a special file"
                path.unlink()
                if path.name != "timestamp.txt":
                    _say(path, what)


def _say(path: Path, what: str) -> None:
    path.write_text(f"{SET_ASIDE} {what}. It was not followed.\n", encoding="utf-8", errors="replace")
