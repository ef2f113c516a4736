"""A line for each lesson of a course: how far it is, and how its points are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, median

from grader.checks.task import lessons
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.submissions import submitters
from grader.marking.feedback.class_facts import ClassSums, class_sums, zoned
from grader.marking.feedback.class_files import handed_in
from grader.marking.feedback.class_rows import Row, Status, is_newer, seconds_late, status_of, told_time
from grader.marking.feedback.given_feedback import Given, given_feedback
from grader.marking.feedback.histogram import Bar, histogram
from grader.marking.feedback.pages.lesson_text import lesson_text
from grader.marking.steps.audit_records import Record
from grader.marking.steps.class_records import class_records
from grader.marking.steps.submitted_rows import GradeRow, NotebookRow, SubmissionRow, SumRow


@dataclass(frozen=True)
class LessonFigures:
    """One lesson of a course.

    Attributes:
        lesson, title: its folder's name, and what it is called.
        released: can students fetch it, or could they once?
        due: when it was to be handed in, with its zone; extensions apart.
        students: all who are in the course, or handed it in.
        handed_in, late: how many did, and how many of them late.
        marked, waits, not_marked: of those who handed in, by `class_rows.Status`.
        feedback: for how many there are feedback pages.
        most: the points that it can give.
        mean, median: of the totals of those who have marks; None where nobody has.
        histogram: of these totals.
    """

    lesson: str
    title: str
    released: bool
    due: datetime | None = None
    students: int = 0
    handed_in: int = 0
    late: int = 0
    marked: int = 0
    waits: int = 0
    not_marked: int = 0
    feedback: int = 0
    most: float = 0.0
    mean: float | None = None
    median: float | None = None
    histogram: tuple[Bar, ...] = field(default=())


@dataclass(frozen=True)
class Standing:
    """Where one student stands in a lesson; ``total`` is None where nothing has marks."""

    status: Status
    is_late: bool = False
    has_feedback: bool = False
    total: float | None = None


def class_overview(course: Course) -> tuple[LessonFigures, ...]:
    """A line for each lesson that the course teaches, also for one that was never released, in the lessons' order.

    It is that of the lesson's own report, `ClassReport.figures`, without making its rows.

    Raises:
        GraderError: the gradebook is damaged.
    """
    settings = course.settings
    taught = [lesson for lesson in lessons() if settings is None or settings.lesson(lesson).taught]
    known = class_sums(course, taught)
    return tuple(_of(known[lesson]) if lesson in known else unreleased(course, lesson) for lesson in taught)


def unreleased(course: Course, lesson: str) -> LessonFigures:
    """The line of a lesson that the gradebook does not have: when it is due, course.toml may say already."""
    due = course.settings.lesson(lesson).due if course.settings is not None else None
    return LessonFigures(lesson, title_of(lesson), (course.release / lesson).is_dir(), due)


def _of(sums: ClassSums) -> LessonFigures:
    there = set(submitters(sums.course, sums.lesson))
    students = {*sums.names, *sums.submissions, *there}
    records = class_records(sums.course, sums.lesson, sums.submissions)
    given = given_feedback(sums.course, sums.lesson, sums.submissions)
    names = notebooks_of(sums.lesson)
    standings = [
        _standing(sums, student, {name: records.get(student, {}).get(name) for name in names}, given[student])
        if student in sums.submissions
        else _unmarked(sums, student, student in there)
        for student in students
    ]
    return figures(sums.lesson, sums.most, standings, sums.due)


def _unmarked(sums: ClassSums, student: str, is_there: bool) -> Standing:
    if not is_there:
        return Standing("nothing handed in")
    when = told_time(sums, student, handed_in(sums.course, sums.lesson, student))
    late = seconds_late(when, sums.due_of(student)) > 0
    return Standing("not marked", late)


def _standing(sums: ClassSums, student: str, records: Mapping[str, Record | None], given: Given) -> Standing:
    submission, every = sums.submissions[student]
    notebooks = [notebook for notebook in every if notebook.name in records]
    when = handed_in(sums.course, sums.lesson, student)
    not_marked = is_newer(when, submission) or any(
        record["not_marked"] for notebook in notebooks if (record := records[notebook.name]) is not None
    )
    total = None
    if any(notebook.given for notebook in notebooks):
        late = sum(_penalty(sums, submission, notebook) for notebook in notebooks)
        total = max(0.0, sum(notebook.points for notebook in notebooks) - late)
    return Standing(
        status_of(not_marked, any(notebook.waiting for notebook in notebooks)),
        seconds_late(told_time(sums, student, when or zoned(submission.timestamp)), zoned(submission.duedate)) > 0,
        given != "none",
        total,
    )


def _penalty(sums: ClassSums, submission: SubmissionRow, notebook: SumRow) -> float:
    """The penalty of a notebook: it depends on the sum of its grades alone, which stand here as one."""
    if submission.total_seconds_late <= 0:
        return 0.0
    grade = GradeRow("", 0.0, notebook.points, None, None, False)
    return sums.penalties.of(NotebookRow(notebook.name, submission, [grade]))


def figures_of(lesson: str, most: float, rows: Iterable[Row], due: datetime | None) -> LessonFigures:
    """The line of a lesson that was released, from its rows."""
    standings = [
        Standing(row.status, row.late_seconds > 0, row.feedback != "none", row.total if row.has_marks else None)
        for row in rows
    ]
    return figures(lesson, most, standings, due)


def figures(lesson: str, most: float, standings: Sequence[Standing], due: datetime | None) -> LessonFigures:
    """The line of a lesson that was released, from where each student stands."""
    status = Counter(one.status for one in standings)
    totals = [one.total for one in standings if one.total is not None]
    return LessonFigures(
        lesson,
        title_of(lesson),
        True,
        due,
        len(standings),
        len(standings) - status["nothing handed in"],
        sum(one.is_late for one in standings),
        status["marked"],
        status["waits"],
        status["not marked"],
        sum(one.has_feedback for one in standings),
        most,
        fmean(totals) if totals else None,
        median(totals) if totals else None,
        histogram(totals, most),
    )


def title_of(lesson: str) -> str:
    """What a lesson is called: its notebook's heading; of one with several notebooks the lesson's own name."""
    titles = list(lesson_text(lesson).titles.values())
    return titles[0] if len(titles) == 1 else lesson
