"""An upload as the lesson has it: unpacked, out of the folders that only wrap it, notebooks with their own names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from grader.checks.errors import GraderError
from grader.checks.task import tasks_by_grade_id
from grader.marking.course.contents import MB, MOST_FILES, in_bytes, printable
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.course.submissions import NBGRADERS_OWN
from grader.marking.desk.lms.download import Entry, NotTaken, free_name, is_zip, move_up, unpacked
from grader.student import notebook
from grader.student.given import sha256
from grader.student.submit import FORMAT, MANIFEST

MOST = 500 * MB
"""Bytes of an upload that are unpacked; of these, those are kept that marking takes."""
ENOUGH = 0.5
"""Of a notebook's graded cells, the share by which it is known again."""
MANIFEST_LARGEST = 10 * MB


def lay_out(files: Iterable[tuple[str, Entry]], folder: Path) -> None:
    """Write the files of an upload into an empty folder; those of the same name side by side.

    Raises:
        NotTaken: they are too many, too large, or one is damaged.
    """
    left = MOST
    for number, (name, entry) in enumerate(files):
        if number > 10 * MOST_FILES:
            raise NotTaken(f"more than {10 * MOST_FILES} files")
        above, _, last = name.rpartition("/")
        place = folder / above
        place.mkdir(parents=True, exist_ok=True)
        left -= entry.copy_to(free_name(place, last))
        if left < 0:
            raise NotTaken(f"its files have more than {in_bytes(MOST)} together")


def settle(folder: Path, lesson: str) -> list[str]:
    """Unpack what is packed, and give the lesson's notebooks their names; returns what to say of it.

    Raises:
        NotTaken: no notebook of the lesson is in it, or it is not sure which is meant; or a zip in it cannot be taken.
    """
    lines = _unpack(folder) if not _notebooks(folder) else []
    if (about := _manifest_of(folder)) is not None:
        _check_files(folder, lesson, about)
    for name in NBGRADERS_OWN:  # they are nbgrader's to write, not a student's
        (folder / name).unlink(missing_ok=True)
    if not (folder / lesson).is_dir() or len(list(folder.iterdir())) == 1:
        move_up(folder)
    else:
        _merge_up(folder, folder / lesson)
    lines += _named_rightly(folder, lesson)
    if not any((folder / f"{name}.ipynb").is_file() for name in notebooks_of(lesson)):
        raise NotTaken(_without(folder, lesson))
    return lines


def _notebooks(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.casefold() == ".ipynb" and path.is_file())


def _merge_up(folder: Path, inner: Path) -> None:
    """Move what lies in the lesson's folder beside it, as far as nothing of the name lies there."""
    for path in sorted(inner.iterdir()):
        if not (folder / path.name).exists():
            path.rename(folder / path.name)
    if not any(inner.iterdir()):
        inner.rmdir()


# --- zips in it -----------------------------------------------------------------------------------------------------


def _unpack(folder: Path) -> list[str]:
    """Put what is in the zip of an upload in its place; a zip in that stays one."""
    zips = sorted(path for path in folder.rglob("*") if is_zip(path) and path.is_file())
    if not zips:
        return []
    if len(zips) > 1:
        raise NotTaken(f"several zips: {_list(zips, folder)}; ask which one is meant")
    packed, inside = zips[0], free_name(folder, "unpacked")
    inside.mkdir()
    with unpacked(packed) as found:
        if found.left_out:
            raise NotTaken(f"in {printable(packed.name)}, {printable(found.left_out[0].name)}: {found.left_out[0].why}")
        lay_out(((entry.path, entry) for entry in found.entries), inside)
    packed.unlink()
    for path in sorted(inside.iterdir()):
        path.rename(free_name(folder, path.name))
    inside.rmdir()
    nested = [path for path in folder.rglob("*") if is_zip(path)]
    return [f"{_list(nested, folder)}: a zip in a zip, which stays as it is"] if nested else []


def name_in(entry: Entry) -> str:
    """What the student is called in the list of a file that `grader submit` made; "" where it is no such list."""
    try:
        about = _manifest(entry.content(MANIFEST_LARGEST))
    except NotTaken:
        return ""
    return str(about.get("name") or "") if about else ""


def _manifest_of(folder: Path) -> dict[str, Any] | None:
    path = folder / MANIFEST
    return _manifest(path.read_bytes()) if path.is_file() and path.stat().st_size <= MANIFEST_LARGEST else None


def _manifest(text: bytes) -> dict[str, Any] | None:
    """The list that `grader submit` writes; None where it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    ours = isinstance(found, dict) and found.get("format") == FORMAT and isinstance(found.get("files"), dict)
    return found if ours else None


def _check_files(folder: Path, lesson: str, about: dict[str, Any]) -> None:
    """Check the files of `grader submit` against its list, which then is no longer needed.

    Raises:
        NotTaken: it is another lesson's, or a file is not what it was.
    """
    if about.get("lesson") != lesson:
        other = printable(str(about.get("lesson")))
        raise NotTaken(f"`grader submit` made it of lesson {other}: import it there")
    for file, facts in about["files"].items():
        told = facts.get("sha256") if isinstance(facts, dict) else None
        path = folder / lesson / str(file)
        inside = ".." not in path.parts and path.is_relative_to(folder)
        if not inside or not path.is_file() or sha256(path.read_bytes()) != told:
            raise NotTaken(
                f"{printable(str(file))} is not what `grader submit` put there: ask for the file again; or unpack it, "
                f"take {MANIFEST} away, and import the folder with --as"
            )
    (folder / MANIFEST).unlink()


# --- names ----------------------------------------------------------------------------------------------------------


def _named_rightly(folder: Path, lesson: str) -> list[str]:
    lines = []
    for wanted in notebooks_of(lesson):
        place = folder / f"{wanted}.ipynb"
        if place.exists():
            continue
        fits = [path for path in _notebooks(folder) if _is_one(path, lesson, wanted)]
        if len({sha256(path.read_bytes()) for path in fits}) > 1:
            raise NotTaken(f"several notebooks may be {place.name}: {_list(fits, folder)}; ask which one is meant")
        if fits:
            lines.append(f"{_list(fits[:1], folder)} is {place.name}, by its cells")
            fits[0].rename(place)
    return lines


def _is_one(path: Path, lesson: str, wanted: str) -> bool:
    """Are most cells of the lesson's notebook in that one, and does it not bear the name of another of the lesson's?"""
    if path.stem != wanted and path.stem in notebooks_of(lesson):
        return False
    wants = _graded(LESSON_FOLDER / lesson / f"{wanted}.ipynb")
    return bool(wants) and len(_ids(path) & wants) >= ENOUGH * len(wants)


@cache
def _graded(path: Path) -> frozenset[str]:
    return _ids(path)


def _ids(path: Path) -> frozenset[str]:
    """The names of a notebook's cells that nbgrader knows; none of what is no notebook."""
    try:
        return frozenset(filter(None, map(notebook.grade_id, notebook.read(path)["cells"])))
    except (GraderError, OSError):
        return frozenset()


def _is_notebook(path: Path) -> bool:
    try:
        return bool(notebook.read(path))
    except (GraderError, OSError):
        return False


def _without(folder: Path, lesson: str) -> str:
    """Why there is no notebook of the lesson in it."""
    there = _notebooks(folder)
    if damaged := [path for path in there if not _is_notebook(path)]:
        return f"{_list(damaged, folder)}: is no notebook, or a damaged one: ask for it again"
    if not there:
        kinds = [path for path in folder.rglob("*") if path.is_file()]
        return f"no notebook is in it, but {_list(kinds, folder) or 'nothing'}: ask for it"
    tasks = tasks_by_grade_id()
    found = Counter(tasks[name].lesson for path in there for name in _ids(path) if name in tasks)
    other = [name for name, _ in found.most_common(1) if name != lesson]
    what = f"its cells are those of lesson {other[0]}" if other else f"its cells are not those of {lesson}"
    return f"{_list(there, folder)}: {what}"


def _list(paths: list[Path], folder: Path) -> str:
    names = [printable(path.relative_to(folder).as_posix()) for path in paths[:4]]
    return ", ".join(names) + (f" and {len(paths) - 4} more" if len(paths) > 4 else "")
