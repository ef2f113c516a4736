"""The report on a class: students × tasks, with the most frequent mistakes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from grader.checks.errors import GraderError
from grader.checks.task import all_tasks
from grader.checks.visible import visible
from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id, notebooks_of
from grader.marking.course.own_files import check_gradebook
from grader.marking.course.submissions import misplaced, submitters
from grader.marking.steps.audit_records import AuditRecords, Record, followed_through, in_need_of_a_look
from grader.marking.steps.late_penalty import LatePenalties
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook
from grader.marking.steps.other_files import other_files

FORMULA = re.compile(r"(^\s*|[;,|\t\n]\s*)([=+\-@＝＋－＠])")
"""The beginning of a cell, by whatever a spreadsheet separates them, with a sign that makes it a formula."""


@dataclass(frozen=True)
class Loss:
    """Why points are missing, in a line; ``unanswered``: since nothing was answered, or nothing could be marked."""

    what: str
    unanswered: bool = False


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

    @property
    def library_calls(self) -> str:
        """The library calls in a line: "gru.step: torch.gru_cell; …"."""
        return "; ".join(f"{task}: {', '.join(calls)}" for task, calls in self.library.items())

    def sum_of(self, names: Iterable[str]) -> float | None:
        """The points of these grade ids together; None where all of them wait for a person."""
        given = [points for name in names if (points := self.points.get(name)) is not None]
        return sum(given) if given else None


@dataclass(frozen=True)
class Mistake:
    """One mistake: what it is, in which tasks it cost points, and how many students made it."""

    what: str
    tasks: tuple[str, ...]
    students: int
    unanswered: bool = False


@dataclass(frozen=True)
class ClassReport:
    """The class: grade ids with their points, one row a student, and how often each mistake occurred."""

    lesson: str
    most: dict[str, float]
    rows: tuple[Row, ...]
    mistakes: tuple[Mistake, ...]
    """Most frequent first; what was not written, or not answered, last."""
    not_listed: tuple[str, ...] = ()
    """Lines about what lies where no command looks for a submission."""

    def mean(self, grade_id: str) -> float | None:
        """Mean of the points of those who have a mark there."""
        marked = [points for row in self.rows if (points := row.points.get(grade_id)) is not None]
        return sum(marked) / len(marked) if marked else None

    def by_notebook(self) -> dict[str, list[str]]:
        """The grade ids of each notebook: those that begin alike, such as "speech-dtw" and "speech-written"."""
        found: dict[str, list[str]] = {}
        for name in self.most:
            found.setdefault(name.partition("-")[0], []).append(name)
        return found

    def as_csv(self) -> str:
        """The table as CSV: one row a student, one column a grade id, then the total; "" where there is no mark.

        The last columns name the notebooks whose marks are of an earlier attempt, the grade ids whose points are
        follow-through, and the library calls. The total is less what is taken off for handing in late.
        """
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow(
            ["student", *self.most, "late penalty", "total", "old marks", "follow-through", "library calls"]
        )
        for row in self.rows:
            writer.writerow(
                [
                    _safe(row.student),
                    *("" if row.points[name] is None else row.points[name] for name in self.most),
                    row.late,
                    row.total,
                    " ".join(row.old),
                    " ".join(row.follow_through),
                    _safe(row.library_calls),
                ]
            )
        return out.getvalue()


def class_report(course: Course, lesson: str) -> ClassReport:
    """The report of a lesson, from the gradebook and the audit records.

    Raises:
        GraderError: no such lesson, or it was never released or marked.
    """
    lesson = lesson_id(lesson)
    check_gradebook(course)
    api = course_api(course)
    with course_gradebook(api) as gradebook:
        try:
            assignment = gradebook.find_assignment(lesson)
        except MissingEntry:
            raise GraderError(f"{lesson} is not in the gradebook: run `grader release {lesson}` first") from None
        cells = [cell for notebook in assignment.notebooks for cell in (*notebook.grade_cells, *notebook.task_cells)]
        cells = sorted((cell for cell in cells if cell.max_score), key=lambda cell: _place(lesson, cell.name))
        most = {cell.name: float(cell.max_score) for cell in cells}
        rows = tuple(
            _row(gradebook, AuditRecords(course, lesson), LatePenalties(api.config), submission.student.id, most)
            for submission in sorted_by_student(assignment.submissions)
        )
    return ClassReport(lesson, most, rows, tuple(_mistakes(rows)), tuple(_not_listed(course, lesson, rows)))


def _not_listed(course: Course, lesson: str, rows: Iterable[Row]) -> Iterator[str]:
    """Who handed in and is in no row, since nothing could be marked yet; and what lies in a wrong place."""
    listed = {row.student for row in rows}
    for student in submitters(course, lesson):
        if student not in listed:
            yield f"{printable(student)}: handed in, and nothing is marked: `grader autograde {lesson}` says why"
    yield from (one.what for one in misplaced(course, lesson))


def _mistakes(rows: tuple[Row, ...]) -> list[Mistake]:
    """Equal losses counted together: in which tasks, and by how many students."""
    mistakes = []
    for loss in sorted({loss for row in rows for loss in row.losses.values()}, key=lambda loss: loss.what):
        those = [[task for task, one in row.losses.items() if one == loss] for row in rows]
        tasks = dict.fromkeys(task for student in those for task in student)
        mistakes.append(Mistake(loss.what, tuple(tasks), sum(bool(student) for student in those), loss.unanswered))
    return sorted(mistakes, key=lambda one: (one.unanswered, -one.students, -len(one.tasks)))


def sorted_by_student(submissions: Iterable[Any]) -> list[Any]:
    return sorted(submissions, key=lambda submission: submission.student.id)


def _row(
    gradebook: Gradebook, records: AuditRecords, penalties: LatePenalties, student: str, most: dict[str, float]
) -> Row:
    points: dict[str, float | None] = dict.fromkeys(most)
    losses: dict[str, Loss] = {}
    library: dict[str, tuple[str, ...]] = {}
    followed: list[str] = []
    looks: list[str] = []
    old: list[str] = []
    late = 0.0
    for name in notebooks_of(records.lesson):
        try:
            notebook = gradebook.find_submission_notebook(name, records.lesson, student)
        except MissingEntry:
            continue
        for grade in (grade for grade in notebook.grades if grade.name in most):
            waits = grade.auto_score is None and grade.manual_score is None
            points[grade.name] = None if waits else float(grade.score)
        record = _record(records, student, name)
        losses |= {
            task: Loss(facts["reason"], facts.get("unanswered", False))
            for task, facts in record["tasks"].items()
            if facts["reason"]
        }
        looks += in_need_of_a_look(record, {grade.name for grade in notebook.grades if grade.needs_manual_grade})
        late += penalties.of(notebook)
        old += [name] if record.get("old") else []
        followed += [task.replace(".", "-") for task in followed_through(record)]
        library |= {task: tuple(facts["library"]) for task, facts in record["tasks"].items() if facts.get("library")}
        losses |= {what: Loss(f"not marked: {why}", unanswered=True) for what, why in record["not_marked"].items()}
    total = max(0.0, sum(value for value in points.values() if value is not None) - late)
    notes = (*_notes(records, student), *looks)
    return Row(student, points, total, losses, tuple(followed), library, notes, tuple(old), late)


def _record(records: AuditRecords, student: str, notebook: str) -> Record:
    """The audit record of a notebook; of one that is cut, or missing, none of the evidence."""
    try:
        return records.read(student, notebook) or {"tasks": {}, "not_marked": {}}
    except GraderError as cut:
        return {"tasks": {}, "not_marked": {notebook: str(cut)}}


def _notes(records: AuditRecords, student: str) -> tuple[str, ...]:
    try:
        return tuple(other_files(records.course, records.lesson, student).lines)
    except FileNotFoundError:
        again = f"put it back, or take the student out: `nbgrader db student remove {printable(student)} --force`"
        return (f"in the gradebook, and what was handed in is gone: {again}",)
    except OSError as failure:
        return (f"what was handed in cannot be read ({failure.strerror})",)


def _place(lesson: str, grade_id: str) -> tuple[int, str]:
    """Sort key of a lesson's grade cells: the tasks in their order, then what is marked by hand."""
    order = [task.grade_id for task in all_tasks().values() if task.lesson == lesson]
    return (order.index(grade_id) if grade_id in order else len(order), grade_id)


def _safe(text: str) -> str:
    """Text of which a spreadsheet takes no part for a formula, also where it separates by semicolons or tabs."""
    return FORMULA.sub(r"\1'\2", visible(text))
