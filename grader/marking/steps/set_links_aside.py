"""Replaces links in a submission by a text, before anything follows them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

SET_ASIDE = "Here was"
"""Beginning of the text that replaces a link."""


def set_links_aside(*, notebooks: Iterable[str], **_: object) -> None:
    """Replace every link and special file in the submissions of those notebooks by a text that says what was there.

    nbgrader copies a submission's files and follows links: a link to the gradebook would put the gradebook into the
    student's feedback. Called before nbgrader touches a submission.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        for path in sorted(folder.rglob("*")):
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
                continue
            what = f"a link to {os.readlink(path)}" if stat.S_ISLNK(mode) else "a special file"
            path.unlink()
            if path.name == "timestamp.txt":  # nbgrader's own, read as a time
                continue
            path.write_text(f"{SET_ASIDE} {what}. It was not followed.\n", encoding="utf-8", errors="replace")
