"""Feedback pages in a zip, named as an LMS wants them to be.

Canvas  "Upload Submissions" of the gradebook: each file begins with the student's and the attachment's number, as in
        the download, and becomes a comment on that submission. Canvas shows it under the name of the file that was
        handed in (`infer_comment_context_from_filename`): so where that was a zip, the page lies in a zip.
Moodle  "Upload multiple feedback files in a zip": a folder for each participant, called as in the download
        (`mod/assign/feedback/file/importziplib.php`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.marking.course.course import Course
from grader.marking.desk.lms.naming import CANVAS, named
from grader.marking.desk.lms.placed import Placed

BEGINNING = (1980, 1, 1, 0, 0, 0)


def pages_of(course: Course, lesson: str, student: str) -> list[Path]:
    """The feedback pages of a student."""
    return sorted((course.feedback / student / lesson).glob("*.html"))


def canvas_names(placed: Placed, pages: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Each page under the name by which Canvas knows whose it is; nothing where no file came from Canvas."""
    files = [path.rpartition("/")[2] for path in placed.paths if placed.system == "Canvas"]
    parts = [(file, found) for file in files if (found := CANVAS.fullmatch(file)) and found["file"]]
    parts.sort(key=lambda one: not one[1]["file"].casefold().endswith((".ipynb", ".zip")))
    if not parts:
        return
    file, found = parts[0]
    beginning = file.removesuffix(found["file"])
    if found["file"].casefold().endswith(".zip"):
        yield f"{beginning}feedback.zip", packed((page.name, page.read_bytes()) for page in pages)
    else:
        yield from ((beginning + page.name, page.read_bytes()) for page in pages)


def moodle_names(folder: str, pages: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Each page in the folder of a participant, such as "Anna Ott_204"."""
    yield from ((f"{folder}_assignsubmission_file_/{page.name}", page.read_bytes()) for page in pages)


def moodle_folder(placed: Placed) -> str:
    """ "Anna Ott_204"; "" where nothing came from Moodle."""
    return placed.upload if placed.system == "Moodle" else ""


def participant_of(placed: Placed) -> str:
    """Moodle's number of the participant, or ""."""
    found = next((found for path in placed.paths if (found := named(path)) and found.system == "Moodle"), None)
    return found.people[0].participant if found and placed.system == "Moodle" else ""


def packed(files: Iterable[tuple[str, bytes]], modes: dict[str, int] | None = None) -> bytes:
    """A zip of these files; the same files make the same zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (modes or {}).get(name, 0o644) << 16
            made.writestr(entry, content)
    return out.getvalue()
