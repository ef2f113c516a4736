"""Mark again with eyes open: what would change, for every student and task, before anything is changed.

The lesson is marked on trial (`steps.take_over`), and those very marks are saved if somebody wants them.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nbgrader.api import Gradebook

from grader.checks.errors import GraderError
from grader.marking.autograde.autograde import autograde
from grader.marking.autograde.outcome import Outcome, Summary
from grader.marking.course.contents import MOST_ENTRIES, walk
from grader.marking.course.course import Course
from grader.marking.course.journal import LATE, Change, Mark, why_late
from grader.marking.course.lessons import lesson_id
from grader.marking.course.one_run import alone
from grader.marking.course.own_files import check_own_files
from grader.marking.course.rights import protect
from grader.marking.course.submissions import chosen
from grader.marking.course.trial import TrialCourse
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.sandbox.pool import Pool
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.keep_journal import journal_of, late_facts_in, marks_in, with_causes
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.take_over import CHANGED, State, take_over, trial_of

Late = dict[Mark, dict[str, Any]]
"""Of each notebook, from what its penalty is computed: `Change.late`."""
NEITHER = Change("", "", "", "", None, None)
LINK = "a link or a special file is in what was handed in; a preview leaves that as it is: mark this one without"


@dataclass(frozen=True)
class Preview:
    """What marking a lesson again would change.

    Attributes:
        lesson: its folder name.
        summary: what became of the submissions on trial.
        changes: the marks that would change, each with the reason, by student.
        before, after: student → the points of all they have, lateness included; of all whose marks are known.
    """

    lesson: str
    summary: Summary
    changes: tuple[Change, ...]
    before: dict[str, float]
    after: dict[str, float]
    _trial: TrialCourse
    _began: State
    _handed_in: str
    _db_url: str

    def count(self) -> dict[str, int]:
        """How many students' points go "up", go "down", are the "same", and how many are "not marked"."""
        found = dict.fromkeys(("up", "down", "same", "not marked"), 0)
        for outcome in self.summary.outcomes:
            found[self.direction(outcome)] += 1
        return found

    def direction(self, outcome: Outcome) -> str:
        """What becomes of a student's points: "up", "down", "same" or "not marked"."""
        if outcome.status == "not marked":
            return "not marked"
        more = self.after.get(outcome.student, 0.0) - self.before.get(outcome.student, 0.0)
        return "up" if more > 0 else "down" if more < 0 else "same"

    def save(self) -> None:
        """Save these marks: those of the gradebook, the audit records and the marked notebooks, and the journal.

        Raises:
            GraderError: the lesson was marked, released or handed in otherwise since; then nothing is saved.
        """
        course = self._trial.origin
        check_own_files(course)
        with alone(course, wait_seconds=10.0):
            if _handed_in(course, self.lesson) != self._handed_in:
                raise GraderError(CHANGED.format(what="something was collected, or released again"))
            take_over(self._trial, self.lesson, self._began, self._db_url, self.changes)
        protect(course)


@contextmanager
def preview(
    course: Course,
    lesson: str,
    students: Iterable[str] | None = None,
    *,
    force: bool = False,
    but: Mapping[str, int] = MappingProxyType({}),
    gpu: bool = False,
    workers: int | None = None,
    pool: Callable[[str], Pool] | None = None,
    on_progress: Callable[[Outcome], None] = lambda outcome: None,
) -> Iterator[Preview]:
    """Mark as `autograde` does, on trial; inside, the marks can be saved. Otherwise the course stays as it is.

    The arguments are those of `autograde`.

    Raises:
        GraderError: as of `autograde`.
    """
    lesson = lesson_id(lesson)
    check_own_files(course)
    wanted = chosen(course, lesson, students)
    linked = [student for student in wanted if _has_links(course, lesson, student)]
    rest = [student for student in wanted if student not in linked]
    make_pool = pool or (lambda lesson: LocalPool(course, lesson, workers, gpu))
    db_url = course_api(course).coursedir.db_url
    handed_in = _handed_in(course, lesson)
    with trial_of(course, lesson, db_url) as (trial, began):
        before, late_before = _marks(trial, lesson)
        summary = Summary(lesson)
        if rest:
            summary = autograde(
                trial, lesson, rest, force=force, but=but, gpu=gpu, workers=workers, pool=make_pool,
                on_progress=on_progress,
            )  # fmt: skip
        summary.outcomes += [Outcome(student, "not marked", reasons=(LINK,)) for student in linked]
        summary.outcomes.sort(key=lambda outcome: outcome.student)
        after, late_after = _marks(trial, lesson)
        changes = _changes(trial, lesson, before, after, (late_before, late_after))
        totals = _totals(before), _totals(after)
        yield Preview(lesson, summary, changes, *totals, trial, began, handed_in, db_url)


def _has_links(course: Course, lesson: str, student: str) -> bool:
    """Is there something that marking would set aside?"""
    try:
        modes = [entry.stat(follow_symlinks=False).st_mode for entry, *_ in walk(course.submission(student, lesson))]
    except OSError:
        return False  # marking says why it cannot be read
    return not all(stat.S_ISREG(mode) or stat.S_ISDIR(mode) for mode in modes)


def _handed_in(course: Course, lesson: str) -> str:
    """When all that was handed in and released was last changed, and how large it is."""
    folders = [*course.submitted.glob(f"*/{lesson}"), course.release / lesson]
    return repr(sorted(fact for folder in folders for fact in _facts(folder)))


def _facts(folder: Path) -> list[tuple[str, int, int, int]]:
    try:
        there = [(name, entry.stat(follow_symlinks=False)) for entry, name, _ in islice(walk(folder), MOST_ENTRIES)]
    except OSError:
        return []
    return [(f"{folder}/{name}", facts.st_ino, facts.st_mtime_ns, facts.st_size) for name, facts in there]


def _marks(trial: TrialCourse, lesson: str) -> tuple[dict[Mark, Change], Late]:
    """The marks, and from what what is taken off for lateness is computed, be it nothing."""
    api = course_api(trial)
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        return {mark.mark: mark for mark in marks_in(gradebook, lesson)}, late_facts_in(gradebook, lesson)


def _changes(
    trial: TrialCourse,
    lesson: str,
    before: Mapping[Mark, Change],
    after: Mapping[Mark, Change],
    late: tuple[Late, Late],
) -> tuple[Change, ...]:
    found, told = [], journal_of(trial.origin).last()  # a due date is put into the gradebook by whoever reads it next
    for mark in sorted({**before, **after}, key=lambda mark: (mark[2], mark[1])):
        old, new = before.get(mark), after.get(mark)
        was, now = (old.after if old else None), (new.after if new else None)
        if (was or 0.0) != (now or 0.0) if mark[3] == LATE else was != now:
            was_late = told[mark].late if old and mark in told else late[0].get(mark, {})
            found.append(_change(old, new, was_late, late[1].get(mark, {})))
    records = AuditRecords(trial.origin, lesson)
    last = {(one.student, one.notebook): records.good(one.student, one.notebook) for one in found}
    return tuple(with_causes(AuditRecords(trial, lesson), found, last))


def _change(old: Change | None, new: Change | None, late_before: dict[str, Any], late_after: dict[str, Any]) -> Change:
    """The change of one mark, of which at least one of the two is there."""
    was, now = (old.after if old else None), (new.after if new else None)
    change = replace(new or old or NEITHER, before=was, after=now)
    if change.grade != LATE:
        return change
    is_same = late_before.get("due") and late_before.get("handed in") == late_after.get("handed in")
    cause = why_late(late_after, late_before if old or is_same else {})
    return replace(change, causes=(cause,), late=late_after or change.late)


def _totals(marks: Mapping[Mark, Change]) -> dict[str, float]:
    found: dict[str, float] = {}
    for (_, _, student, _), mark in marks.items():
        found[student] = found.get(student, 0.0) + (mark.after or 0.0)
    return {student: max(0.0, total) for student, total in found.items()}
