"""The version of the grader: a digest of all code and data on which marks can depend, and of nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.checks.due import DUE_FILE
from grader.marking.course.course import Course
from grader.marking.course.paths import LESSON_FOLDER, ROOT, SOLUTIONS

DECIDING = (
    "checks",
    "inside",
    "marking/course",
    "marking/sandbox",
    "marking/answers/references",
    "marking/answers/misconceptions",
    "marking/judge",
    "marking/steps",
    "marking/autograde",
)
"""The parts of `grader` on which a mark can depend; feedback, desk (but for `STEPS`), authoring and proving none."""
REFERENCES = "marking/answers/references"
"""The part of them that says what is right, beside `SOLUTIONS`."""
STEPS = ("nbgrader_config.py", "grader/marking/desk/configuration.py")
"""The files that put the steps together."""
KINDS = (".py", ".json", ".npz")
SHOWN = 8
"""Characters by which a version is told from another."""
LEFT_BEHIND = (".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store")
"""What editors, Python and macOS leave behind."""


@cache
def grader_version() -> str:
    """SHA-256 of the files on which marks depend, and of NumPy's and PyTorch's versions."""
    folders = [*(ROOT / "grader" / part for part in DECIDING), SOLUTIONS]
    files = [path for folder in folders for path in files_of(folder) if path.suffix in KINDS]
    versions = f"{version('numpy')} {version('torch')}".encode()  # to import them for that takes a second
    return hashlib.sha256(digest_of(ROOT, [*files, *(ROOT / name for name in STEPS)]) + versions).hexdigest()


@cache
def versions() -> dict[str, str]:
    """What of the grader can change a mark, each with its version: "references", "grader" and "libraries"."""
    folders = {
        "references": [ROOT / "grader" / REFERENCES, SOLUTIONS],
        "grader": [ROOT / "grader" / part for part in DECIDING if part != REFERENCES],
    }
    files = {name: [path for one in some for path in files_of(one)] for name, some in folders.items()}
    files["grader"] += [ROOT / name for name in STEPS]
    digests = {
        name: digest_of(ROOT, [path for path in some if path.suffix in KINDS]).hex()[:SHOWN]
        for name, some in files.items()
    }
    digests["grader"] = f"{_own_version()} {digests['grader']}".strip()
    return digests | {"libraries": f"NumPy {version('numpy')}, PyTorch {version('torch')}"}


def _own_version() -> str:
    """The version of the installed package, "" where it runs without being installed."""
    with suppress(PackageNotFoundError):
        return version("rnn-workbook")
    return ""


@cache
def released(course: Course, lesson: str) -> str:
    """Digests of the lesson's release in that course, whenever it is due, and of its folder in the clone."""
    tops = course.release / lesson, LESSON_FOLDER / lesson
    return "".join(digest_of(top, (p for p in files_of(top) if p.name != DUE_FILE)).hex() for top in tops)


def files_of(folder: Path) -> list[Path]:
    """The regular files below a folder, except in `LEFT_BEHIND`."""
    found = (path for path in folder.rglob("*") if not set(LEFT_BEHIND) & set(path.relative_to(folder).parts))
    return [path for path in found if path.is_file() and not path.is_symlink()]


def digest_of(top: Path, paths: Iterable[Path]) -> bytes:
    """SHA-256 of the files' paths relative to ``top``, their sizes and contents."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(repr((path.relative_to(top).as_posix(), path.stat().st_size)).encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.digest()
