"""The rows of the report on a class: one a student, with points, why some are missing, and where the work stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from grader.marking.autograde.run_log import as_logged, seconds_taken
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.roster import NOT_ON_LIST, roster_of
from grader.marking.course.settings import settings_of
from grader.marking.course.submissions import submitters
from grader.marking.course.unknown_times import is_unknown
from grader.marking.feedback.class_facts import ClassFacts, ClassSums, zoned
from grader.marking.feedback.class_files import FilesOfOne, count_attempts, files_of_class
from grader.marking.feedback.given_feedback import Given, given_feedback, is_outdated
from grader.marking.feedback.pages.lesson_text import lesson_text
from grader.marking.steps.audit_records import Record, followed_through, in_need_of_a_look
from grader.marking.steps.class_records import class_records
from grader.marking.steps.not_ready import NEWER
from grader.marking.steps.submitted_rows import GradeRow, NotebookRow, SubmissionRow

Status = Literal["marked", "waits", "not marked", "nothing handed in"]
"""All is marked; some of it waits for a person; it, or some of it, could not be marked; there is nothing to mark."""


@dataclass(frozen=True)
class Loss:
    """Why points are missing, in a line; ``unanswered``: since nothing was answered, or nothing could be marked.

    ``says``: the sentence about it for the student, or "".
    """

    what: str
    unanswered: bool = False
    says: str = field(default="", compare=False)


@dataclass(frozen=True)
class Row:
    """One student: points by grade id (None: waits for a person), their sum, and why points are missing, by task.

    ``follow_through``: the grade ids whose points are those of a right answer that uses a wrong earlier one;
    ``library``: by task the library calls in place of code that the exercise asks for.
    """

    student: str
    points: dict[str, float | None]
    total: float
    losses: dict[str, Loss]
    follow_through: tuple[str, ...] = ()
    library: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What else was handed in, and is not marked; and what a person must look at."""
    old: tuple[str, ...] = ()
    """The notebooks whose marks are of an earlier attempt, as the newest could not be marked."""
    late: float = 0.0
    """Points that are taken off the total for handing in late."""
    name: str = ""
    """What the student is called; "" where nobody said."""
    status: Status = "marked"
    handed_in: datetime | None = None
    """When, with its zone; None where nothing was, or where what was does not say."""
    late_seconds: float = 0.0
    """After the due date, the student's extension included."""
    attempts: int | None = None
    """How often it was handed in through the exchange; None where it came by another road, or not at all."""
    waiting: tuple[str, ...] = ()
    """The grade ids that wait for a person."""
    not_marked: tuple[str, ...] = ()
    """What could not be marked, and why."""
    feedback: Given = "none"
    seconds: float | None = None
    """How long it ran and was marked when it was last marked; None where the log does not know."""

    @property
    def has_marks(self) -> bool:
        """Does anything have points, so that the total says something?"""
        return any(points is not None for points in self.points.values())

    @property
    def library_calls(self) -> str:
        """The library calls in a line: "gru.step: torch.gru_cell; …"."""
        return "; ".join(f"{task}: {', '.join(calls)}" for task, calls in self.library.items())

    def sum_of(self, names: Iterable[str]) -> float | None:
        """The points of these grade ids together; None where all of them wait for a person."""
        given = [points for name in names if (points := self.points.get(name)) is not None]
        return sum(given) if given else None


def class_rows(facts: ClassFacts) -> tuple[Row, ...]:
    """A row for every student of the course, and for everybody who handed in, in the order of their ids."""
    there = submitters(facts.course, facts.lesson)
    students = sorted({*facts.names, *facts.submissions, *there})
    records = class_records(facts.course, facts.lesson, students)
    in_hand = sorted({*facts.submissions, *there})
    files = files_of_class(facts.course, facts.lesson, in_hand)
    given = given_feedback(facts.course, facts.lesson, facts.submissions)
    seconds = seconds_taken(facts.course.run_log, facts.lesson)
    attempts = count_attempts(facts.course, facts.lesson)
    names, settings, roster = notebooks_of(facts.lesson), settings_of(facts.course), roster_of(facts.course)
    text, rows = lesson_text(facts.lesson).digest, []
    for student in students:
        known = Known(
            facts.names.get(student, ""),
            files.get(student),
            attempts.get(student),
            given.get(student, "none"),
            seconds.get(as_logged(student)),
            facts.due_of(student),
            (f"handed in, and is {NOT_ON_LIST}",) if roster and student not in roster else (),
        )
        if (submission := facts.submissions.get(student)) is not None:
            own = records.get(student, {})
            if known.feedback != "none" and is_outdated(facts.course, facts.penalties, settings, submission, own, text):
                known = replace(known, feedback="outdated")
            rows.append(_marked(facts, submission, {name: own.get(name, EMPTY) for name in names}, known))
        else:
            rows.append(_unmarked(facts, student, student in there, known))
    return tuple(rows)


@dataclass(frozen=True)
class Known:
    """What is known of a student apart from the marks."""

    name: str
    files: FilesOfOne | None
    attempts: int | None
    feedback: Given
    seconds: float | None
    due: datetime | None
    unlisted: tuple[str, ...] = ()

    @property
    def handed_in(self) -> datetime | None:
        return self.files.handed_in if self.files is not None else None


EMPTY: Record = {"tasks": {}, "not_marked": {}}
"""The record of a notebook that has none."""


def _unmarked(facts: ClassFacts, student: str, is_there: bool, known: Known) -> Row:
    """The row of a student who is not in the gradebook's list of submissions."""
    points: dict[str, float | None] = dict.fromkeys(facts.most)
    if not is_there:
        return Row(student, points, 0.0, {}, name=known.name, status="nothing handed in")
    why = f"handed in, and nothing is marked: `grader autograde {facts.lesson}` says why"
    handed_in = told_time(facts, student, known.handed_in)
    return Row(
        student,
        points,
        0.0,
        {},
        notes=(why, *known.unlisted),
        name=known.name,
        status="not marked",
        handed_in=handed_in,
        late_seconds=seconds_late(handed_in, known.due),
        attempts=known.attempts,
        not_marked=(why,),
    )


def _marked(facts: ClassFacts, submission: SubmissionRow, records: Mapping[str, Record], known: Known) -> Row:
    notebooks = [notebook for notebook in submission.notebooks if notebook.name in records]
    each = [(notebook, records[notebook.name]) for notebook in notebooks]
    points: dict[str, float | None] = dict.fromkeys(facts.most)
    for grade in (grade for notebook in notebooks for grade in notebook.grades if grade.name in points):
        points[grade.name] = None if grade.waits else float(grade.score)
    late = sum(facts.penalties.of(notebook) for notebook in notebooks)
    not_marked = _not_marked(facts, submission, each, known)
    waiting = tuple(grade.name for notebook in notebooks for grade in notebook.grades if _waits(grade, points))
    handed_in = told_time(facts, submission.student.id, known.handed_in or zoned(submission.timestamp))
    return Row(
        submission.student.id,
        points,
        max(0.0, sum(value for value in points.values() if value is not None) - late),
        {task: loss for _, record in each for task, loss in _losses(record).items()},
        tuple(task.replace(".", "-") for _, record in each for task in followed_through(record)),
        {task: tuple(facts["library"]) for _, record in each for task, facts in _with_library(record)},
        (
            *known.unlisted,
            *(known.files.lines if known.files else ()),
            *(line for one in each for line in _looks(*one)),
        ),
        tuple(notebook.name for notebook, record in each if record.get("old")),
        late,
        name=known.name,
        status=status_of(bool(not_marked), bool(waiting)),
        handed_in=handed_in,
        late_seconds=seconds_late(handed_in, known.due),
        attempts=known.attempts,
        waiting=waiting,
        not_marked=not_marked,
        feedback=known.feedback,
        seconds=known.seconds,
    )


def _waits(grade: GradeRow, points: Mapping[str, float | None]) -> bool:
    return grade.name in points and bool(grade.max_score) and (grade.needs_manual_grade or grade.waits)


def _losses(record: Record) -> dict[str, Loss]:
    found = {
        task: Loss(facts["reason"], facts.get("unanswered", False), facts.get("says", ""))
        for task, facts in record["tasks"].items()
        if facts.get("reason")
    }
    return found | {what: Loss(f"not marked: {why}", unanswered=True) for what, why in record["not_marked"].items()}


def _with_library(record: Record) -> list[tuple[str, Record]]:
    return [(task, facts) for task, facts in record["tasks"].items() if facts.get("library")]


def _looks(notebook: NotebookRow, record: Record) -> list[str]:
    return in_need_of_a_look(record, {grade.name for grade in notebook.grades if grade.needs_manual_grade})


def _not_marked(
    facts: ClassFacts, submission: SubmissionRow, each: Iterable[tuple[NotebookRow, Record]], known: Known
) -> tuple[str, ...]:
    """Lines about what could not be marked, and about a newer attempt that nobody has marked yet."""
    lines = [f"{what}: {why}" for _, record in each for what, why in record["not_marked"].items()]
    if is_newer(known.handed_in, submission):
        lines.append(f"{NEWER}: `grader autograde {facts.lesson}`")
    return tuple(lines)


def is_newer(handed_in: datetime | None, submission: SubmissionRow) -> bool:
    """Was it handed in anew after what is marked?"""
    marked = zoned(submission.timestamp)
    return marked is not None and handed_in is not None and handed_in > marked


def status_of(is_not_marked: bool, waits: bool) -> Status:
    """The status of a submission that is in the gradebook."""
    return "not marked" if is_not_marked else "waits" if waits else "marked"


def told_time(facts: ClassFacts | ClassSums, student: str, when: datetime | None) -> datetime | None:
    """When it was handed in; None where that is only when an LMS packed it, by which nobody is late."""
    return None if is_unknown(facts.course, facts.lesson, student, when) else when


def seconds_late(handed_in: datetime | None, due: datetime | None) -> float:
    """How long after the due date it was handed in."""
    return 0.0 if handed_in is None or due is None else max(0.0, (handed_in - due).total_seconds())
