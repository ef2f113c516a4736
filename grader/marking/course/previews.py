"""Where JupyterLab, which shows the clone, finds the releases of a course that lies elsewhere: a link in the clone."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT

PREVIEWS = ROOT / "previews"


def preview_folder(course: Course) -> Path:
    """The course's releases as JupyterLab shows them: themselves where they lie in the clone, otherwise that link."""
    if course.release.is_relative_to(ROOT):
        return course.release
    digest = hashlib.sha256(str(course.root).encode()).hexdigest()[:6]
    return PREVIEWS / f"{course.root.name}-{digest}"


def link_previews(course: Course) -> None:
    """Make the link where one is needed; links to courses that are gone are removed. Without it Preview alone fails."""
    link = preview_folder(course)
    if link == course.release:
        return
    with suppress(OSError):
        PREVIEWS.mkdir(exist_ok=True)
        for old in PREVIEWS.iterdir():
            if old.is_symlink() and not old.readlink().parent.exists():
                old.unlink()
        if not link.is_symlink():
            link.symlink_to(course.release, target_is_directory=True)
