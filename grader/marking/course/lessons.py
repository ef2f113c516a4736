"""A lesson by its name: its folder, its notebooks, the files beside them, and the solutions that it may import."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from grader.checks.lesson_names import lesson_id as lesson_id
from grader.checks.task import modules_before, modules_of
from grader.checks.validate import EXPERIMENT
from grader.marking.course.paths import LESSON_FOLDER, SOLUTIONS


def notebooks_of(lesson: str) -> list[str]:
    """The names of a lesson's notebooks, without ``.ipynb``."""
    return sorted(path.stem for path in (LESSON_FOLDER / lesson).glob("*.ipynb"))


def lesson_files(lesson: str) -> list[str]:
    """The files beside a lesson's notebooks, as paths relative to its folder: no notebooks, links or hidden files.

    Editors' backups are left out too: they may be copies of the notebook with its answers.
    """
    folder = LESSON_FOLDER / lesson
    return sorted(_files_in(folder)) if folder.is_dir() else []


def _files_in(folder: Path, above: str = "") -> Iterator[str]:
    """Their paths, each with what is above in front of it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if _leftover(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files_in(folder / entry.name, f"{above}{entry.name}/")
            elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(".ipynb"):
                yield above + entry.name


def lesson_folders(lesson: str) -> set[str]:
    """The folders in which a lesson's files lie, as paths relative to its own."""
    return {parent.as_posix() for name in lesson_files(lesson) for parent in Path(name).parents[:-1]}


def released_experiments(release: Path) -> Iterator[str]:
    """The sources of the experiments in a lesson's release: all that want to try the lesson have them.

    Args:
        release: the folder; there need be none.
    """
    for path in sorted(release.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code" and EXPERIMENT in cell["metadata"].get("tags", ()):
                yield "".join(cell["source"])


def _leftover(name: str) -> bool:
    """Is it hidden, an editor's backup, or a cache?"""
    return name.startswith((".", "#", "__pycache__")) or name.endswith("~")


def _toolbox(lesson: str) -> list[Path]:
    """The toolbox's own file and rooms; that of the applications, which builds on all lessons, for their own alone."""
    parts = sorted((SOLUTIONS / "toolbox").iterdir())
    rooms = [part for part in parts if part.name == "__init__.py" or (part / "__init__.py").exists()]
    needed = any(module.startswith("applications.") for module in modules_of(lesson))
    return [room for room in rooms if needed or room.name != "applications"]


def visible_solutions(lesson: str) -> list[Path]:
    """Paths of what lesson k may import and its release contains: the toolbox, the solutions of lessons before k."""
    earlier = dict.fromkeys(module.partition(".")[0] for module in modules_before(lesson))
    parts = [SOLUTIONS / "__init__.py", *_toolbox(lesson)]
    for module in earlier:
        parts.append(SOLUTIONS / module if (SOLUTIONS / module).is_dir() else SOLUTIONS / f"{module}.py")
    return parts
