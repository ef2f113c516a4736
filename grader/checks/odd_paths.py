"""nbgrader in a folder with brackets in its path, such as ``Course [2026]``: it takes the path for a pattern.

It looks for files by `glob`, and tells student and lesson by regular expressions, both made of the path as it is. On a
student's machine that concerns the exchange, on an instructor's all folders of the course.
"""

from __future__ import annotations

import glob
import importlib
import os
import re
from typing import Any

USERS = (
    "nbgrader.apps.api",
    "nbgrader.apps.validateapp",
    "nbgrader.converters.base",
    "nbgrader.exchange.default.collect",
    "nbgrader.exchange.default.exchange",
    "nbgrader.exchange.default.fetch_feedback",
    "nbgrader.exchange.default.list",
    "nbgrader.exchange.default.release_feedback",
    "nbgrader.utils",
)
"""nbgrader's modules that call ``glob.glob``."""


class LiteralGlob:
    """Stands for the module `glob` in nbgrader."""

    @staticmethod
    def glob(pattern: str) -> list[str]:
        """The paths that fit; what lies in folders whose names have brackets is found, too."""
        return glob.glob(literal(pattern))


def literal(pattern: str) -> str:
    """The pattern in which a name with brackets means itself, where something of that name is there.

    A name with an asterisk or a question mark stays a pattern: a student may call a folder ``*``.
    """
    if "[" not in pattern:
        return pattern
    parts, before = [], ""
    for name in pattern.split(os.sep):
        here = before + name
        means_itself = not set("*?") & set(name) and os.path.lexists(here)
        parts.append(glob.escape(name) if means_itself else name)
        before = here + os.sep
    return os.sep.join(parts)


def take_brackets_literally() -> None:
    """Change nbgrader in this process; once."""
    for name in USERS:
        module: Any = importlib.import_module(name)
        module.glob = LiteralGlob
    from nbgrader.coursedir import CourseDirectory

    if CourseDirectory.format_path is not _format_path:
        CourseDirectory.format_path_as_it_is = CourseDirectory.format_path
        CourseDirectory.format_path = _format_path


def _format_path(self: Any, nbgrader_step: str, student_id: str, assignment_id: str, escape: bool = False) -> str:
    """nbgrader's `format_path`; for a regular expression an absolute folder is escaped, too."""
    step = re.escape(nbgrader_step) if escape else nbgrader_step
    path: str = self.format_path_as_it_is(step, student_id, assignment_id, escape=escape)
    return path
