"""What a mark depends on, as one number: the submission, the lesson as it was released, and the grader itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy
import torch

from grader.marking.course.paths import LESSON_FOLDER, ROOT, SOLUTIONS, course_folder, course_secret
from grader.marking.sandbox.bubblewrap import Limits

GRADER = ("checks", "inside", "marking")
KINDS = (".py", ".json", ".npz")


def fingerprint(lesson: str, student: str, limits: Limits) -> str:
    """The same number again means that marking again would give the same marks."""
    digest = hashlib.sha256()
    for part in (grader_version(), released(course_folder(), lesson), course_secret().hex(), repr(limits)):
        digest.update(part.encode())
    submitted = course_folder() / "submitted" / student / lesson
    digest.update(of_files(path for path in submitted.rglob("*") if path.is_file() and not path.is_symlink()))
    return digest.hexdigest()


@cache
def grader_version() -> str:
    """A number of all that decides about marks in this project, and of the libraries that compute."""
    folders = [*(ROOT / "grader" / part for part in GRADER), SOLUTIONS]
    files = (path for folder in folders for path in folder.rglob("*") if path.suffix in KINDS)
    versions = f"{numpy.__version__} {torch.__version__}".encode()
    return hashlib.sha256(of_files([*files, ROOT / "nbgrader_config.py"]) + versions).hexdigest()


@cache
def released(course: Path, lesson: str) -> str:
    """A number of the lesson as that course's students got it, and of the files beside it."""
    folders = (course / "release" / lesson, LESSON_FOLDER / lesson)
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return of_files(path for path in found if "__pycache__" not in path.parts).hex()


def of_files(paths: Iterable[Path]) -> bytes:
    """A number of the names and contents of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(repr((path.name, path.parent.name, path.stat().st_size)).encode())
        digest.update(path.read_bytes())
    return digest.digest()
