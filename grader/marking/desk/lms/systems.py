"""The systems to which points go."""

from __future__ import annotations

import enum


class Lms(enum.StrEnum):
    """Where it goes."""

    canvas = "canvas"
    moodle = "moodle"
    gradescope = "gradescope"
