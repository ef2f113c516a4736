"""The extensions that were given by command: a table of student, lesson and new due date in the course folder."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Mapping
from datetime import datetime, tzinfo
from pathlib import Path

from grader.checks.errors import GraderError
from grader.marking.course.course import SETTINGS
from grader.marking.course.lessons import lesson_id
from grader.marking.course.times import moment

EXTENSIONS = SETTINGS[1]
"""The file's name."""
COLUMNS = ["student", "lesson", "until"]
Extensions = dict[tuple[str, str], datetime]
"""Due dates by lesson and student."""


def read_extensions(path: Path, zone: tzinfo) -> Extensions:
    """What the file says; nothing where there is none. A date without a zone is in the course's.

    Raises:
        GraderError: it cannot be read; the message names the line and what is wrong with it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as why:
        raise GraderError(f"{path} cannot be read as UTF-8 text: {why}") from None
    rows = csv.reader(io.StringIO(text))
    if (head := next(rows, [])) != COLUMNS:
        raise GraderError(f"{path}: the first line must be {','.join(COLUMNS)}, not {','.join(head)!r:.80}")
    found: Extensions = {}
    for row in rows:
        if row:
            try:
                student, lesson, until = (cell.strip() for cell in row)
                found[lesson_id(lesson), student] = moment(until, zone)
            except (ValueError, GraderError) as why:
                reason = why if len(row) == len(COLUMNS) else f"it must be {','.join(COLUMNS)}"
                raise GraderError(f"{path}, line {rows.line_num}: {reason}; correct it or remove the line") from None
    return found


def write_extensions(path: Path, extensions: Mapping[tuple[str, str], datetime]) -> None:
    """Write the file whole, sorted by lesson and student; a new one is for its owner alone."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (lesson, student), until in sorted(extensions.items()):
        writer.writerow([student, lesson, until.isoformat(" ", "minutes")])
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    mode = path.stat().st_mode & 0o660 if path.exists() else 0o600
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text.getvalue())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
