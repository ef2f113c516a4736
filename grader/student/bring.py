"""Where a lesson comes from: a released folder, a zip of one, or whatever else can write a student version."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from grader.checks.due import DUE_FILE
from grader.checks.errors import GraderError
from grader.student import notebook
from grader.student.given import plain_files

MOST_FILES, MOST_BYTES = 5000, 10**9
"""What a lesson's zip may hold."""


@dataclass(frozen=True)
class Source:
    """A lesson that can be brought.

    Attributes:
        lesson: its folder's name, such as "01-srn".
        typed: what stands behind `grader start` to name it.
        bring: writes its student version into an empty folder.
        notebook: the notebook to begin with, where one of several was named.
    """

    lesson: str
    typed: str
    bring: Callable[[Path], None]
    notebook: str = ""


def source_at(path: Path) -> Source:
    """The lesson in a released folder or in a zip.

    Raises:
        GraderError: neither lies there.
    """
    if path.is_dir():
        return Source(path.resolve().name, f'"{path}"', partial(_from_folder, path))
    if not zipfile.is_zipfile(path):
        raise GraderError(f"{path} is neither a folder nor a zip: ask your instructor for the lesson's released folder")
    with zipfile.ZipFile(path) as packed:
        names = _names(packed, path)
    return Source(_top(names) or path.stem, f'"{path}"', partial(_from_zip, path))


def _from_folder(folder: Path, target: Path) -> None:
    for name in (*plain_files(folder), *([DUE_FILE] if (folder / DUE_FILE).is_file() else [])):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target / name)
    _check(target, folder)


def _from_zip(path: Path, target: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        names = _names(packed, path)
        inside = _top(names)
        for name in names:
            place = target / (name.removeprefix(f"{inside}/") if inside else name)
            place.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(name) as read, place.open("wb") as written:
                shutil.copyfileobj(read, written)
    _check(target, path)


def _names(packed: zipfile.ZipFile, path: Path) -> list[str]:
    """The files in a zip.

    Raises:
        GraderError: it is too large, or would write beside the folder.
    """
    files = [each for each in packed.infolist() if not each.is_dir()]
    if len(files) > MOST_FILES or sum(each.file_size for each in files) > MOST_BYTES:
        raise GraderError(f"{path} holds more than a lesson does: it was not unpacked")
    parts = [PurePosixPath(each.filename.replace("\\", "/")) for each in files]
    if any(part.is_absolute() or ".." in part.parts or ":" in part.parts[0] for part in parts):
        raise GraderError(f"{path} would write outside its folder: it was not unpacked")
    return [each.filename for each in files if not each.filename.startswith("__MACOSX/")]


def _top(names: list[str]) -> str:
    """The one folder that all files lie in, or ""."""
    tops = {name.partition("/")[0] for name in names}
    return tops.pop() if len(tops) == 1 and all("/" in name for name in names) else ""


def _check(folder: Path, where: Path) -> None:
    """Raises a GraderError where that is no student version of a lesson."""
    cells = [cell for path in folder.glob("*.ipynb") for cell in notebook.read(path)["cells"]]
    if not any(notebook.is_answer(cell) for cell in cells):
        raise GraderError(f"{where} holds no notebook with exercises: a released lesson is wanted, such as 01-srn.zip")
    if notebook.is_the_instructors(cells):
        raise GraderError(
            f"{where} holds the answers: start from the released version, in a clone by `grader start 01`"
        )
