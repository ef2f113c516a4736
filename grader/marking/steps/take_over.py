"""Takes the marks of a trial over into its course: all of them, or none, even where the program is ended meanwhile.

First a note says what is to be done, then the gradebook's rows are committed, then each folder takes the place of the
course's own in one step. Whoever comes next finds the note of a program that was ended: where the rows are committed
the rest is done, and otherwise nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.journal import Change
from grader.marking.course.one_run import alone
from grader.marking.course.swap_folders import put_in_place, remove_folder
from grader.marking.course.trial import TrialCourse
from grader.marking.course.version import digest_of, files_of
from grader.marking.steps import gradebook_rows
from grader.marking.steps.gradebook_rows import Rows
from grader.marking.steps.keep_journal import journal_of

PREFIX, LOCK, NOTE = ".trial-", "lock", "take-over.json"
COPIED = (".toml", ".csv", ".key", ".json")
"""Endings of the files straight in the course folder that marking reads."""
CHANGED = "what was marked on trial is no longer what is there ({what}): nothing was saved; preview again"


@dataclass(frozen=True)
class State:
    """What a trial began with.

    Attributes:
        rows: the gradebook's of the lesson.
        folders: path of a folder of marked notebooks or records → digest of what is in it.
    """

    rows: Rows
    folders: dict[str, str]


@contextmanager
def trial_of(course: Course, lesson: str, db_url: str) -> Iterator[tuple[TrialCourse, State]]:
    """A copy of what marking that lesson changes, in a folder that is gone afterwards.

    Raises:
        GraderError: the gradebook cannot be read.
    """
    root = Path(tempfile.mkdtemp(prefix=PREFIX, dir=course.root))
    trial = TrialCourse(root, course)
    try:
        with (root / LOCK).open("w") as lock:
            with suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield trial, _copy(course, trial, lesson, db_url)
    finally:
        if not (root / NOTE).exists():
            remove_folder(root)


def _copy(course: Course, trial: TrialCourse, lesson: str, db_url: str) -> State:
    for folder in (course.autograded, course.audit_records):
        if folder.exists() and folder.stat().st_dev != course.root.stat().st_dev:
            raise GraderError(f"{folder} lies on another disk than {course.root}: mark without a preview")
    for path in course.root.iterdir():
        if path.suffix in COPIED and path.is_file() and not path.is_symlink():
            shutil.copy2(path, trial.root)
    folders = folders_of(course, lesson)
    for name in folders:
        shutil.copytree(course.root / name, trial.root / name, symlinks=True)
    with gradebook_rows.opened(db_url) as connection:
        rows = gradebook_rows.rows_of(connection, lesson)
    gradebook_rows.copy_rows(rows, trial.db_url)
    return State(rows, folders)


def folders_of(course: Course, lesson: str) -> dict[str, str]:
    """The folders of a lesson's marked notebooks and audit records, relative to the course's, with their digests."""
    tops = (*course.autograded.glob(f"*/{lesson}"), *(course.audit_records / lesson).glob("*"))
    return {str(top.relative_to(course.root)): digest_of(top, files_of(top)).hex() for top in tops if top.is_dir()}


def take_over(trial: TrialCourse, lesson: str, began: State, db_url: str, changes: Iterable[Change]) -> None:
    """Save the marks of a trial in its course, which is locked against other runs meanwhile (`alone`).

    Args:
        trial, lesson: what was marked.
        began: what the trial began with.
        db_url: the course's gradebook.
        changes: the marks that change, for the journal.

    Raises:
        GraderError: the lesson's rows, records or marked notebooks were changed since; then nothing is saved.
        OSError: a folder could not be put in place; the next run does it.
    """
    course = trial.origin
    with gradebook_rows.opened(trial.db_url) as connection:
        after = gradebook_rows.rows_of(connection, lesson)
    with gradebook_rows.opened(db_url, to_write=True) as connection:
        if gradebook_rows.differ(gradebook_rows.rows_of(connection, lesson), began.rows):
            raise GraderError(CHANGED.format(what="somebody marked in the gradebook, or released again"))
        if folders_of(course, lesson) != began.folders:
            raise GraderError(CHANGED.format(what="another run marked it"))
        now = folders_of(trial, lesson)
        names = sorted({*now, *began.folders})
        moves = {name: now.get(name, "") for name in names if now.get(name) != began.folders.get(name)}
        note = {
            "lesson": lesson,
            "rows": gradebook_rows.edits(began.rows, after),
            "folders": moves,
            "changes": [asdict(change) for change in changes],
        }
        _write(trial.root / NOTE, note)
        gradebook_rows.apply(connection, began.rows, after)
        connection.commit()
    _finish(trial, note)


def finish_take_overs(course: Course, db_url: str) -> None:
    """Do the rest of what a program was doing that was ended; remove the trials of those that are gone.

    Another run is left to do it itself.
    """
    if isinstance(course, TrialCourse) or not (waiting := list(course.root.glob(f"{PREFIX}*"))):
        return
    with suppress(GraderError), alone(course):
        for root in waiting:
            if _is_left_behind(root):
                _finish_or_drop(TrialCourse(root, course), db_url)


def _is_left_behind(root: Path) -> bool:
    """Is the program gone that made that trial?"""
    try:
        with (root / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def _finish_or_drop(trial: TrialCourse, db_url: str) -> None:
    try:
        note: dict[str, Any] = json.loads((trial.root / NOTE).read_text(encoding="utf-8"))
        with gradebook_rows.opened(trial.db_url) as connection:
            after = gradebook_rows.rows_of(connection, note["lesson"])
        with gradebook_rows.opened(db_url) as connection:
            is_committed = gradebook_rows.are_applied(connection, [(t, key) for t, key in note["rows"]], after)
    except (FileNotFoundError, ValueError, TypeError, KeyError):  # none was written, or it is none
        is_committed, note = False, {}
    if is_committed:
        _finish(trial, note)
    else:
        remove_folder(trial.root)


def _finish(trial: TrialCourse, note: dict[str, Any]) -> None:
    """Put the folders in place, write journal and log, and remove the trial; once more changes nothing."""
    course = trial.origin
    for name, digest in note["folders"].items():
        place, draft = course.root / name, trial.root / name
        if (digest_of(place, files_of(place)).hex() if place.is_dir() else "") == digest:
            continue
        if draft.is_dir() and digest:
            place.parent.mkdir(parents=True, exist_ok=True)
            put_in_place(draft, place)
        else:
            os.rename(place, trial.root / f"gone-{len(list(trial.root.iterdir()))}")
    journal_of(course).add(_change(facts) for facts in note["changes"])
    if trial.run_log.exists():
        with course.run_log.open("a", encoding="utf-8") as log:
            log.write(trial.run_log.read_text(encoding="utf-8"))
        trial.run_log.unlink()
    (trial.root / NOTE).unlink(missing_ok=True)
    remove_folder(trial.root)


def _change(facts: dict[str, Any]) -> Change:
    versions = {name: (old, new) for name, (old, new) in facts["versions"].items()}
    return Change(**facts | {"versions": versions, "causes": tuple(facts["causes"])})


def _write(path: Path, content: object) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(content), encoding="utf-8")
    os.replace(draft, path)
