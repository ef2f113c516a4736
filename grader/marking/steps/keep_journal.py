"""Writes the journal of points, whatever changes them: a run of marking, Formgrader, the desk's pages, an extension.

All of them save through nbgrader's gradebook, so it is SQLAlchemy that tells what was saved. Outside of a run a mark
that changed was given by hand. In a run what a submission's marks come to is one change each, with its cause from the
audit record; nbgrader's own road saves 0 and takes it back in between.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import event, func
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import ORMExecuteState, Session, object_session
from sqlalchemy.orm.attributes import get_history
from traitlets.config import Config

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.journal import DUE_BEFORE, LATE, LATE_TIME, MADE_FROM, Change, Journal, Mark
from grader.marking.course.trial import TrialCourse
from grader.marking.steps.audit_records import AuditRecords, Record

GRADE_CELL, TASK_CELL = GradeCell.__table__, TaskCell.__table__
PENDING = "rnn_workbook_changes"
"""The name, among a session's facts, of what it has not committed yet: mark → change."""
TOUCHED = "rnn_workbook_touched"
"""Likewise: what UPDATEs change, as class → primary keys."""
MOVED = "rnn_workbook_moved"
"""Likewise: lesson → the due date from which it was moved."""
MOST_KEYS = 500
Before = dict[tuple[str, str], Record | None]
"""Student and notebook → its audit record before a run, of an attempt that was marked; None where there is none."""
_kept: dict[Course, Config] = {}
_journals: dict[Course, Journal] = {}
_runs: dict[Course, JournalledRun] = {}


def keep_journal(course: Course, config: Config) -> None:
    """Keep that course's journal in this process.

    Args:
        course: which course; of one that is on trial none is kept.
        config: nbgrader's configuration; where its gradebook lies may be said later.
    """
    if not isinstance(course, TrialCourse):
        _kept[course] = config


def journal_of(course: Course) -> Journal:
    """The course's journal; the same object for all who ask in this process."""
    return _journals.setdefault(course, Journal(course))


class JournalledRun:
    """What the marks of a lesson come to in a run.

    Args:
        course, lesson: which lesson of which course.
    """

    def __init__(self, course: Course, lesson: str) -> None:
        self.course, self.records = course, AuditRecords(course, lesson)
        self.pending: dict[Mark, Change] = {}
        self._before: Before = {}

    def hold(self, changes: Iterable[Change]) -> None:
        """Keep changes that are committed, and the audit records before: the new ones are written later."""
        for change in changes:
            first = self.pending.get(change.mark, change)
            self.pending[change.mark] = replace(change, before=first.before)
            key = change.student, change.notebook
            if key not in self._before:
                self._before[key] = self.records.good(*key)

    def write(self) -> None:
        """Write what changed since, when the submissions' audit records are written."""
        changes, self.pending = list(self.pending.values()), {}
        before, self._before = self._before, {}
        _write(self.course, with_causes(self.records, changes, before))


@contextmanager
def journalled(course: Course, lesson: str, gradebook: Gradebook) -> Iterator[JournalledRun]:
    """Inside, marks that change are held until `JournalledRun.write`; before, what no journal was kept of is noted."""
    run = JournalledRun(course, lesson)
    if isinstance(course, TrialCourse):
        yield run
        return
    try:
        catch_up(course, gradebook, lesson)
    except DatabaseError as locked:  # the run itself says so, if it stays so
        logging.getLogger("grader.journal").warning("the journal of points may lack changes: %s", locked)
    gradebook.db.rollback()  # it was only read, and no transaction stays open
    _runs[course] = run
    try:
        yield run
    finally:
        run.write()
        del _runs[course]


def catch_up(course: Course, gradebook: Gradebook, lesson: str) -> None:
    """Note the marks of a lesson that are others than the journal says, as where a backup was put in place."""
    last = {mark: change for mark, change in journal_of(course).last().items() if mark[0] == lesson}
    there = {change.mark: change for change in marks_in(gradebook, lesson)}
    gone = [replace(last[mark], after=None) for mark in last if mark not in there]
    changes = [replace(change, causes=("found",), versions={}, says="", at="", by="") for change in gone]
    _write(course, changes + [replace(change, causes=("found",)) for change in there.values()])


def marks_in(gradebook: Gradebook, lesson: str) -> Iterator[Change]:
    """The marks of a lesson as they are: each a change from nothing to what it is."""
    yield from _graded_rows(gradebook.db, Assignment.name == lesson)
    yield from _late_rows(
        gradebook.db, Assignment.name == lesson, SubmittedNotebook.late_submission_penalty.is_not(None)
    )


def late_facts_in(gradebook: Gradebook, lesson: str) -> dict[Mark, dict[str, Any]]:
    """From what the penalty of each notebook of a lesson is computed, be it none; see `course.journal.Change.late`."""
    return {change.mark: change.late for change in _late_rows(gradebook.db, Assignment.name == lesson)}


def _of_submissions(query: Any, *which: Any) -> Any:
    """A query of grades or submitted notebooks, with what they belong to."""
    return (
        query.join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(*which)
    )


def _graded_rows(session: Any, *which: Any) -> Iterator[Change]:
    """The grades of which that holds, each a change from nothing to what it is."""
    scores = Grade.auto_score, Grade.manual_score, Grade.extra_credit
    most = func.coalesce(GRADE_CELL.c.max_score, TASK_CELL.c.max_score)
    query = (
        session.query(SubmittedAssignment.student_id, Assignment.name, Notebook.name, BaseCell.name, most, *scores)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .outerjoin(GRADE_CELL, GRADE_CELL.c.id == BaseCell.id)
        .outerjoin(TASK_CELL, TASK_CELL.c.id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
    )
    for student, lesson, notebook, grade, highest, *points in _of_submissions(query, *which):
        yield Change(student, lesson, notebook, grade, None, points_of(*points), highest)


def _late_rows(session: Any, *which: Any) -> Iterator[Change]:
    """What is taken off the submitted notebooks of which that holds, likewise."""
    given = func.coalesce(Grade.manual_score, Grade.auto_score, 0.0) + func.coalesce(Grade.extra_credit, 0.0)
    sums = session.query(Grade.notebook_id.label("id"), func.sum(given).label("points")).group_by(Grade.notebook_id)
    points = sums.subquery()
    query = session.query(
        SubmittedAssignment.student_id,
        Assignment.name,
        Notebook.name,
        SubmittedNotebook.late_submission_penalty,
        Assignment.duedate,
        SubmittedAssignment.extension,
        SubmittedAssignment.timestamp,
        points.c.points,
    ).select_from(SubmittedNotebook)
    query = query.outerjoin(points, points.c.id == SubmittedNotebook.id)
    for student, lesson, notebook, penalty, *facts in _of_submissions(query, *which):
        yield Change(student, lesson, notebook, LATE, None, -(penalty or 0.0), late=_late_facts(*facts))


def points_of(auto: float | None, manual: float | None, extra: float | None) -> float | None:
    """The points of a grade, as nbgrader's ``score`` has them; None where it waits for a person."""
    given = auto if manual is None else manual
    return None if given is None else float(given) + float(extra or 0.0)  # Formgrader sends text


# --- what the gradebook saves ---------------------------------------------------------------------------------------


@event.listens_for(Session, "after_flush")
def _note(session: Session, _: object) -> None:
    """Note what changed; it counts when it is committed."""
    if _course_of(session) is None:
        return
    pending: dict[Mark, Change] = session.info.setdefault(PENDING, {})
    for change in _changes(session):
        pending[change.mark] = replace(change, before=pending.get(change.mark, change).before)
    for row in session.dirty:
        if isinstance(row, Assignment) and _has_changed(row, "duedate") and (due := _before(row, "duedate")):
            session.info.setdefault(MOVED, {})[row.name] = due


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    """Note which rows an UPDATE will change: no row of this session tells."""
    if not state.is_update or state.bind_mapper is None or _course_of(state.session) is None:
        return
    kind = state.bind_mapper.class_
    if kind in (Grade, SubmittedNotebook):
        touched: dict[type, set[str]] = state.session.info.setdefault(TOUCHED, {})
        touched.setdefault(kind, set()).update(_keys(state, kind))


def _keys(state: ORMExecuteState, kind: Any) -> Iterable[str]:
    """The primary keys of the rows that an UPDATE will change: it names them, or says what holds of them."""
    if isinstance(state.parameters, list):
        return [row["id"] for row in state.parameters if "id" in row]
    statement: Any = state.statement
    query = state.session.query(kind.id)
    if statement.whereclause is not None:
        query = query.filter(statement.whereclause)
    return [key for (key,) in query]


@event.listens_for(Session, "before_commit")
def _note_touched(session: Session) -> None:
    """Note what became of the rows that UPDATEs changed."""
    touched: dict[type, set[str]] = session.info.pop(TOUCHED, {})
    pending: dict[Mark, Change] = session.info.setdefault(PENDING, {})
    for kind, rows, cause in ((Grade, _graded_rows, ("by hand",)), (SubmittedNotebook, _late_rows, ())):
        for keys in batched(sorted(touched.get(kind, ()))):
            for change in rows(session, kind.id.in_(keys)):
                before = pending.get(change.mark, change).before
                pending[change.mark] = replace(change, before=before, causes=cause)


def batched(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """The keys, so many at a time as any database takes in one statement."""
    return (keys[start : start + MOST_KEYS] for start in range(0, len(keys), MOST_KEYS))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(PENDING, None)
    session.info.pop(TOUCHED, None)


@event.listens_for(Session, "after_commit")
def _write_committed(session: Session) -> None:
    """Write what was committed, or hold it for the run that it belongs to."""
    pending: dict[Mark, Change] = session.info.pop(PENDING, {})
    course = _course_of(session) if pending else None
    if course is None:
        return
    run = _runs.get(course)
    if run is None:
        _write(course, pending.values())
    else:
        run.hold(pending.values())


def _course_of(session: Session) -> Course | None:
    """The course whose gradebook that is; the one whose run is on, where several have one gradebook."""
    if not _kept:
        return None
    url = session.get_bind().engine.url
    found = [course for course, config in _kept.items() if make_url(str(config.CourseDirectory.db_url)) == url]
    return next((course for course in found if course in _runs), found[-1] if found else None)


def _changes(session: Session) -> Iterator[Change]:
    rows = [*((row, False) for row in (*session.new, *session.dirty)), *((row, True) for row in session.deleted)]
    for row, is_gone in rows:
        # of a row that is taken out with those it belongs to; what Formgrader was sent, and is no number
        with suppress(AttributeError, TypeError, ValueError):
            if isinstance(row, Grade) and (is_gone or _has_changed(row, "auto_score", "manual_score", "extra_credit")):
                yield _graded(row, is_gone)
            elif isinstance(row, SubmittedNotebook) and _has_changed(row, "late_submission_penalty"):
                yield _late(row)


def _has_changed(row: Any, *names: str) -> bool:
    return any(get_history(row, name).has_changes() for name in names)


def _graded(grade: Grade, is_gone: bool) -> Change:
    own = grade.notebook.assignment
    by_hand = "by hand" if _has_changed(grade, "manual_score", "extra_credit") else "found"
    now = points_of(grade.auto_score, grade.manual_score, grade.extra_credit)
    return Change(
        own.student_id or own.student.id,
        own.assignment.name,
        grade.notebook.notebook.name,
        grade.cell.name,
        points_of(*(_before(grade, name) for name in ("auto_score", "manual_score", "extra_credit"))),
        None if is_gone else now,
        getattr(grade.cell, "max_score", None),
        ("removed",) if is_gone else (by_hand,),
    )


def _before(row: Any, name: str) -> Any:
    history = get_history(row, name)
    return next(iter((*history.deleted, *history.unchanged)), None)


def _late(notebook: SubmittedNotebook) -> Change:
    own = notebook.assignment
    earned = sum(points_of(g.auto_score, g.manual_score, g.extra_credit) or 0.0 for g in notebook.grades)
    facts = _late_facts(own.assignment.duedate, own.extension, own.timestamp, earned)
    session = object_session(notebook)
    if session is not None and (due := session.info.get(MOVED, {}).get(own.assignment.name)):
        facts[DUE_BEFORE] = _iso(due)
    where = own.student_id or own.student.id, own.assignment.name, notebook.notebook.name, LATE
    return Change(*where, None, -(notebook.late_submission_penalty or 0.0), late=facts)


def _late_facts(due: Any, extension: Any, handed_in: Any, points: float | None) -> dict[str, Any]:
    """What a penalty is computed from, as `Change.late` has it."""
    return {
        "due": _iso(due),
        "extension": extension.total_seconds() if extension else None,
        "handed in": _iso(handed_in),
        "points": points or 0.0,
    }


def _iso(when: Any) -> str | None:
    return f"{when:{LATE_TIME}}" if when else None


def _write(course: Course, changes: Iterable[Change]) -> None:
    """Write into the journal; the marks are saved by now, and the next run notes what could not be written."""
    try:
        journal_of(course).add(changes)
    except OSError as why:
        logging.getLogger("grader.journal").warning("the journal of points cannot be written: %s", why)


# --- why a run changed them -----------------------------------------------------------------------------------------


def with_causes(records: AuditRecords, changes: Iterable[Change], before: Before) -> Iterator[Change]:
    """The changes of a run, each with its causes, versions and sentence from the audit record.

    Args:
        records: as they are after the run.
        changes: the changes.
        before: the audit record of each notebook before the run.
    """
    read: dict[tuple[str, str], Record] = {}
    for change in changes:
        if change.grade == LATE or "removed" in change.causes:
            yield change
            continue
        key = change.student, change.notebook
        if key not in read:
            read[key] = _record(records, *key)
        yield _with_cause(change, read[key], before.get(key))


def _record(records: AuditRecords, student: str, notebook: str) -> Record:
    with suppress(GraderError):
        return records.read(student, notebook) or {}
    return {}


def _with_cause(change: Change, record: Record, last: Record | None) -> Change:
    """The change with its causes; the last record may be too old to say of what marks were made: by another grader."""
    task, now, before = _task(record, change.grade), record.get("made_from", {}), (last or {}).get("made_from")
    versions: dict[str, tuple[str, str]] = {}
    if before:
        versions = {name: (before.get(name, ""), now.get(name, "")) for name in MADE_FROM}
        versions = {name: pair for name, pair in versions.items() if pair[0] != pair[1]}
    if record.get("not_marked"):
        causes = ["submission"]
    elif last is None:
        causes = ["first"]
    else:
        causes = [*versions] or (["again"] if before else ["grader"])
    follows, followed = (bool(_task(one, change.grade).get("follow_through")) for one in (record, last or {}))
    if follows != followed:
        causes.append("follow-through" if follows else "no follow-through")
    says = task.get("says") or task.get("reason", "")
    return replace(change, causes=tuple(causes), versions=versions, says=says)


def _task(record: Record, grade: str) -> Record:
    """What an audit record says of the task with that grade id."""
    tasks: dict[str, Record] = record.get("tasks", {})
    return next((facts for name, facts in tasks.items() if name.replace(".", "-") == grade), {})
