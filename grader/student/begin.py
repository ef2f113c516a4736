"""What to type to begin a lesson: in the clone by its number, elsewhere with the file that the instructor gave."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

FOLDER = "my-lessons"
"""Where one's own lessons lie."""


def here_is_the_clone() -> bool:
    """Is the instructor's side there, too? Students install theirs alone."""
    return find_spec("grader.marking") is not None


def command(lesson: str, into: Path | None = None) -> str:
    """What to type.

    Args:
        lesson: the lesson's folder name, such as "01-srn".
        into: the folder of one's lessons, where one was named.
    """
    what = lesson.partition("-")[0] if here_is_the_clone() else f"{lesson}.zip"
    return f"grader start {what}{option(into)}"


def how_to_begin(lesson: str, into: Path | None = None) -> str:
    """The same, as the end of a sentence that says where a lesson comes from."""
    if here_is_the_clone():
        return f"begin: {command(lesson, into)}"
    return (
        f"begin with the file that you have from your instructor: {command(lesson, into)}; "
        "or fetch it in JupyterLab (Nbgrader → Assignment List)"
    )


def option(into: Path | None) -> str:
    """The option that names the folder of one's lessons, to be typed behind a command; "" where none was named."""
    if into is None:
        return ""
    return f' --into "{into}"' if " " in str(into) else f" --into {into}"
