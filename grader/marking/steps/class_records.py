"""The audit records of a whole class, cut to what a report needs, and kept: those that did not change are read once.

A record has all evidence, 50 KB a notebook. Of 1,000 students that is a second for each look at the class.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.steps.audit_records import AuditRecords, Record

OF_RECORD = ("marked", "not_marked", "elsewhere", "earlier", "old", "scores", "untouched")
OF_TASK = ("reason", "says", "unanswered", "library", "misconceptions")
"""What is kept of a record, and of each task in it."""
FORM = 1
"""Of the file in which they are kept; one of another form is made anew."""
WORTH_A_FILE = 20
"""So many records that were read anew are worth a file."""

RACE_SECONDS = 1.0
"""A folder that was changed so lately is read again: a second change may have left it with the same time."""

State = tuple[int, int]
"""A folder's time and number: a record is written by putting a new file in its place, which changes its folder's."""


@dataclass(frozen=True)
class _Kept:
    """A student's records by notebook, and the state of their folder when they were read; None: too new to say."""

    state: State | None
    records: dict[str, Record]


_kept: dict[tuple[Path, str], dict[str, _Kept]] = {}
"""Course folder and lesson → the records that this process has seen, by student."""


def class_records(course: Course, lesson: str, students: Iterable[str]) -> dict[str, dict[str, Record]]:
    """Student → notebook → the record as it is now, cut; of one that is damaged, that it is.

    What was read is kept in this process, and of a large class beside the records, in ``verdicts/LESSON.read.json``.
    """
    records, place = AuditRecords(course, lesson), course.audit_records / f"{lesson}.read.json"
    top = os.path.join(course.audit_records, lesson)
    known = _kept.get((course.root, lesson)) or _from_file(place)
    there: dict[str, _Kept] = {}
    new = 0
    for student in students:
        folder = os.path.join(top, student)
        state = _state(folder)
        if state is None:
            continue
        kept = known.get(student)
        if kept is None or kept.state != state:
            new += 1
            kept = _Kept(state if _is_old(state) else None, _read_all(records, folder, student))
        there[student] = kept
    _kept[course.root, lesson] = there
    if new >= WORTH_A_FILE:
        _to_file(place, there)
    return {student: kept.records for student, kept in there.items()}


def _state(folder: str) -> State | None:
    """The state of a folder; None where there is none."""
    try:
        facts = os.stat(folder)
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_ino


def _is_old(state: State) -> bool:
    return time() - state[0] / 1e9 > RACE_SECONDS


def _read_all(records: AuditRecords, folder: str, student: str) -> dict[str, Record]:
    try:
        names = sorted(name.removesuffix(".json") for name in os.listdir(folder) if name.endswith(".json"))
    except OSError:
        return {}
    return {name: _read(records, student, name) for name in names}


def _read(records: AuditRecords, student: str, notebook: str) -> Record:
    try:
        return cut(records.read(student, notebook) or {"tasks": {}, "not_marked": {}})
    except GraderError as damaged:
        return {"tasks": {}, "not_marked": {notebook: str(damaged)}}


def cut(record: Record) -> Record:
    """A record without its evidence; a task about which it says nothing is left out."""
    tasks = {name: _cut_task(facts) for name, facts in record["tasks"].items()}
    return {key: record[key] for key in OF_RECORD if key in record} | {
        "tasks": {name: facts for name, facts in tasks.items() if facts}
    }


def _cut_task(facts: Record) -> Record:
    found = {key: facts[key] for key in OF_TASK if facts.get(key)}
    return found | ({"follow_through": True} if facts.get("follow_through") else {})


def _from_file(place: Path) -> dict[str, _Kept]:
    """What was kept; nothing, where there is no such file, or it is cut."""
    try:
        found: Any = json.loads(place.read_bytes())
        if found["form"] != FORM:
            return {}
        return {one: _Kept((when, number), records) for one, ((when, number), records) in found["records"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _to_file(place: Path, there: Mapping[str, _Kept]) -> None:
    """Keep them; where that cannot be done, they are read again the next time."""
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    known = {student: (kept.state, kept.records) for student, kept in there.items() if kept.state is not None}
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"form": FORM, "records": known}, file)
        draft.replace(place)
    except OSError:
        with suppress(OSError):
            draft.unlink()
