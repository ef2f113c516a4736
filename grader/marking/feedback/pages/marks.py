"""The marks on a feedback page: read from the gradebook and the audit records once a submission."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from traitlets.config import Config

from grader.checks.due import duration, moment_in_words
from grader.checks.task import all_tasks
from grader.marking.course.course import Course
from grader.marking.course.settings import CourseSettings, settings_of
from grader.marking.course.unknown_times import is_unknown
from grader.marking.steps.audit_records import AuditRecords, Record
from grader.marking.steps.late_penalty import LatePenalties

ROUNDED = 6
"""Digits of sums: the same one differs behind them by whether the database or Python added it up."""


@dataclass(frozen=True)
class Mark:
    """What one exercise has.

    Attributes:
        points, of: the points, of how many.
        waits: has nobody marked it yet, so that the points are no verdict?
        says: the one sentence that helps most, where the grader has one.
    """

    points: float
    of: float
    waits: bool = False
    says: str = ""


@dataclass(frozen=True)
class Said:
    """A comment on an answer: its Markdown, and whether a person wrote it."""

    text: str
    by_person: bool = False


@dataclass(frozen=True)
class Sum:
    """One notebook's points, of how many, how many of them wait for a person, and whether it has a page."""

    points: float
    of: float
    waiting: float = 0.0
    has_page: bool = True


@dataclass(frozen=True)
class Marks:
    """One notebook's marks, and what is known of the submission.

    Attributes:
        marks, comments: by grade id.
        sum: of this notebook, with the penalty taken off.
        late_penalty: points that are taken off for handing in late.
        notebooks: the sums of all notebooks of the submission.
        student: the name, where the gradebook has one.
        handed_in, due: moments in words, or "".
        late: how long after the due date it was handed in, in words, or "".
        rule: what handing in late costs, in words, where it was late and the course's settings say so; or "".
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, Said] = field(default_factory=dict)
    sum: Sum = Sum(0.0, 0.0)
    late_penalty: float = 0.0
    notebooks: dict[str, Sum] = field(default_factory=dict)
    student: str = ""
    handed_in: str = ""
    due: str = ""
    late: str = ""
    rule: str = ""


def read_marks(gradebook: Gradebook, config: Config, lesson: str, student: str) -> dict[str, Marks]:
    """Notebook's name → its marks, of one submission; gradebook and audit records are only read."""
    submission, course = gradebook.find_submission(lesson, student), _course(config)
    names, records = [str(notebook.name) for notebook in submission.notebooks], AuditRecords(course, lesson)
    folder = course.autograded / student / lesson
    paged = {name for name in names if (folder / f"{name}.ipynb").is_file()}
    good = {name: records.good(student, name) for name in names}
    is_timed = not is_unknown(course, lesson, student, submission.timestamp)
    return marks_of(submission, LatePenalties(config), settings_of(course), good, paged, is_timed=is_timed)


def marks_of(
    submission: SubmittedAssignment,
    penalties: LatePenalties,
    settings: CourseSettings,
    records: Mapping[str, Record | None],
    paged: Container[str],
    *,
    is_timed: bool = True,
) -> dict[str, Marks]:
    """Notebook's name → its marks.

    Args:
        submission: nbgrader's, or a row of `submitted_rows` with its comments.
        penalties, settings: of the course.
        records: the audit records of its notebooks that were marked once, by name.
        paged: the notebooks that have a page, as they are marked.
        is_timed: is it known when it was handed in?
    """
    of_each = sorted(submission.notebooks, key=lambda notebook: str(notebook.name))
    late = {notebook.name: round(penalties.of(notebook), ROUNDED) for notebook in of_each}
    sums = {notebook.name: _sum(notebook, late[notebook.name], notebook.name in paged) for notebook in of_each}
    about = _about(submission, settings, is_timed)
    return {
        notebook.name: Marks(
            dict(_marks(notebook, _sentences(records.get(notebook.name)))),
            dict(_comments(notebook, records.get(notebook.name))),
            sums[notebook.name],
            late[notebook.name],
            sums,
            **about,
        )
        for notebook in of_each
    }


def _course(config: Config) -> Course:
    course: Course = config.CourseStep.course
    return course


def _sum(notebook: SubmittedNotebook, penalty: float, has_page: bool) -> Sum:
    waiting = sum(float(grade.max_score) for grade in notebook.grades if _waits(grade))
    score = round(float(notebook.score - penalty), ROUNDED)
    return Sum(score, round(float(notebook.max_score), ROUNDED), waiting, has_page)


def _waits(grade: Grade) -> bool:
    return grade.auto_score is None and grade.manual_score is None and bool(grade.max_score)


def _marks(notebook: SubmittedNotebook, says: dict[str, str]) -> Iterator[tuple[str, Mark]]:
    """A sentence on lost points is told where they are lost: a person may have given them."""
    for grade in notebook.grades:
        lost = grade.score < grade.max_score or grade.auto_score == grade.max_score
        told = says.get(grade.name, "") if lost else ""
        yield grade.name, Mark(float(grade.score), float(grade.max_score), _waits(grade), told)


def _comments(notebook: SubmittedNotebook, record: Record | None) -> Iterator[tuple[str, Said]]:
    """The comments; that a person will mark is told until a person has."""
    announced = {*(record or {}).get("earlier", {}), *(record or {}).get("elsewhere", {})}
    done = announced & {grade.name for grade in notebook.grades if grade.manual_score is not None}
    for comment in notebook.comments:
        is_past = comment.manual_comment is None and comment.name.removesuffix("-answer") in done
        if not is_past and (said := _said(comment)) is not None:
            yield comment.name, said


def _said(comment: Comment) -> Said | None:
    text = comment.comment
    return Said(text, comment.manual_comment is not None) if text else None


def _sentences(record: Record | None) -> dict[str, str]:
    """Grade id → the sentence that helps most, as an audit record has it."""
    known = all_tasks()
    tasks = record["tasks"].items() if record else ()
    return {known[name].grade_id: facts.get("says", "") for name, facts in tasks if name in known}


def _about(submission: SubmittedAssignment, settings: CourseSettings, is_timed: bool) -> dict[str, str]:
    """Whose it is, when it was handed in, and what holds where that was late, in words."""
    person, seconds = submission.student, submission.total_seconds_late
    rule = settings.late_rule(submission.assignment.name) if seconds > 0 else None
    due = _moment(submission.duedate, settings)
    due = f"{due}, with more time than others" if due and submission.extension else due
    return {
        "student": " ".join(name for name in (person.first_name, person.last_name) if name),
        "handed_in": _moment(submission.timestamp, settings) if is_timed else "",
        "due": due if is_timed else "",
        "late": duration(seconds) if seconds > 0 else "",
        "rule": str(rule) if rule else "",
    }


def _moment(when: datetime | None, settings: CourseSettings) -> str:
    """ "12 October 2026, 18:31 UTC"; the gradebook's times are in UTC, and shown in the course's zone."""
    if when is None:
        return ""
    return moment_in_words(when.replace(tzinfo=UTC).astimezone(settings.zone), settings.timezone)
