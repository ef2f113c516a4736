"""What is taken off for handing in late, from the due date and the marks as they are now: the same number everywhere.

nbgrader computes it once, when a submission is marked; later the due date may move, and a person adds marks. So whoever
reads the gradebook has it settled first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isclose
from types import SimpleNamespace
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.plugins import CsvExportPlugin, LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import func, or_
from sqlalchemy.orm import joinedload, selectinload
from traitlets import Instance, Unicode
from traitlets.config import Config

from grader.checks.visible import visible
from grader.marking.course.course import Course
from grader.marking.course.no_formulas import safe
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.due_dates import put_due_dates, put_extension
from grader.marking.steps.shared_gradebook import open_gradebook

_WITH = (
    selectinload(SubmittedNotebook.grades).load_only(Grade.auto_score, Grade.manual_score, Grade.extra_credit),
    joinedload(SubmittedNotebook.assignment).joinedload(SubmittedAssignment.assignment),
    joinedload(SubmittedNotebook.notebook),
)
"""What the journal wants to know of a notebook, in few questions for all."""


class CourseLateRule(LateSubmissionPlugin):
    """The late rule of a course's settings; where they have none, nbgrader's own (``penalty_method``)."""

    course = Instance(Course, allow_none=True, help="The course whose rule holds.").tag(config=True)
    lesson = Unicode(help="The lesson whose submissions are looked at.")

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Points to be taken off."""
        settings = self.course.settings if self.course else None
        rule = settings.late_rule(self.lesson) if settings else None
        if rule is None:
            penalty: float | None = super().late_submission_penalty(student_id, score, total_seconds_late)
            return penalty
        return round(score * rule.taken(total_seconds_late), 6)


class LatePenalties:
    """The penalties of a course, by the plugin that its configuration names (``AssignLatePenalties.plugin_class``).

    Args:
        config: nbgrader's configuration.
    """

    def __init__(self, config: Config) -> None:
        of_plugins = Config({name: of for name, of in config.items() if name != "NbConvertBase"})  # an exporter's
        step = AssignLatePenalties(config=of_plugins)
        step.init_plugin()
        self._plugin = step.plugin_inst
        self._course = course_of(config)

    def of(self, notebook: SubmittedNotebook) -> float:
        """Points to be taken off for a notebook: none where it is not late, at most all that it has."""
        submission = notebook.assignment
        late, lesson = submission.total_seconds_late, submission.assignment.name
        return self.for_points(points(notebook), lesson, submission.student.id, late)

    def for_points(self, score: float, lesson: str, student: str, late: float) -> float:
        """Points to be taken off so many for being so many seconds late."""
        if late <= 0:
            return 0.0
        if isinstance(self._plugin, CourseLateRule):
            self._plugin.lesson = lesson
        penalty = self._plugin.late_submission_penalty(student, score, late)
        return min(max(float(penalty or 0.0), 0.0), score)

    def settle(self, submission: SubmittedAssignment) -> None:
        """Put extension and penalties into the gradebook's rows of a submission; whoever calls saves them."""
        if self._course is not None:
            put_extension(submission, self._course)
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = self.of(notebook) or None

    def settle_all(self, gradebook: Gradebook) -> None:
        """Put all dates, extensions and penalties into the gradebook's rows that are not so; whoever calls saves them.

        Of all submissions it reads only what is late, or has a penalty, in two queries.
        """
        if self._course is not None:
            put_due_dates(gradebook, self._course)
            gradebook.db.flush()
        changed = {}
        for each in _late_notebooks(gradebook):
            penalty = self.for_points(each.points, each.lesson, each.student, each.seconds)
            if not isclose(penalty, each.penalty or 0.0, rel_tol=1e-6):
                changed[each.notebook] = penalty or None
        for some in _by_hundreds(list(changed)):  # as objects, of which the journal of points notes what changes
            for row in gradebook.db.query(SubmittedNotebook).options(*_WITH).filter(SubmittedNotebook.id.in_(some)):
                row.late_submission_penalty = changed[row.id]


@dataclass(frozen=True)
class _LateNotebook:
    """A notebook that is late, or for which something is taken off; ``points`` are those before that."""

    notebook: str
    lesson: str
    student: str
    penalty: float | None
    points: float
    seconds: float


def _by_hundreds(names: list[str]) -> Iterator[list[str]]:
    """As many as a database takes in one question."""
    return (names[start : start + 500] for start in range(0, len(names), 500))


def _late_notebooks(gradebook: Gradebook) -> Iterator[_LateNotebook]:
    """Those that were handed in after the lesson's due date, or have a penalty."""
    points = _points_by_notebook(gradebook)
    rows = _of_late(
        gradebook.db.query(
            SubmittedNotebook.id,
            SubmittedNotebook.late_submission_penalty,
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            Assignment.duedate,
            Assignment.name,
        )
    )
    for notebook, penalty, student, timestamp, extension, due, lesson in rows:
        seconds = _seconds_late(timestamp, due, extension)
        yield _LateNotebook(notebook, lesson, student, penalty, points.get(notebook, 0.0), seconds)


def _of_late(query: Any) -> Any:
    """The query, which begins at the notebooks, for those that are late or have a penalty."""
    is_late = SubmittedAssignment.timestamp > Assignment.duedate
    return (
        query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(or_(is_late, SubmittedNotebook.late_submission_penalty.isnot(None)))
    )


def _points_by_notebook(gradebook: Gradebook) -> Mapping[str, float]:
    """The `points` of those notebooks."""
    given = func.coalesce(Grade.manual_score, Grade.auto_score)
    of_grade = given + func.coalesce(Grade.extra_credit, 0.0)
    query = gradebook.db.query(SubmittedNotebook.id, func.sum(of_grade))
    query = _of_late(query.join(Grade, Grade.notebook_id == SubmittedNotebook.id)).filter(given.isnot(None))
    return {notebook: float(total) for notebook, total in query.group_by(SubmittedNotebook.id)}


def _seconds_late(timestamp: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
    if timestamp is None or due is None:
        return 0.0
    return max(0.0, (timestamp - due - (extension or timedelta())).total_seconds())


def course_of(config: Config) -> Course | None:
    """The course for which nbgrader is configured; None where it is another project's configuration."""
    course = config.CourseStep.get("course")
    return course if isinstance(course, Course) else None


def points(notebook: SubmittedNotebook) -> float:
    """The points of a notebook before a penalty, as nbgrader's ``score`` has them once they are saved."""
    given = (
        (grade.auto_score if grade.manual_score is None else grade.manual_score, grade) for grade in notebook.grades
    )
    return sum(float(score + (grade.extra_credit or 0.0)) for score, grade in given if score is not None)


def settle_late_penalties(gradebook: Gradebook, config: Config, lesson: str, student: str) -> None:
    """Put a submission's extension and penalties into the gradebook, if it has it; whoever calls saves them."""
    try:
        submission = gradebook.find_submission(lesson, student)
    except MissingEntry:
        return
    LatePenalties(config).settle(submission)


class AssignCoursePenalties(AssignLatePenalties):
    """AssignLatePenalties by the course's settings: of the whole submission, with the student's extension."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Save what is taken off for handing in late; the notebook stays as it is."""
        about = resources["nbgrader"]
        with open_gradebook(about["db_url"]) as gradebook:
            settle_late_penalties(gradebook, self.config, about["assignment"], about["student"])
            gradebook.db.commit()
        return nb, resources


class _SafeNames:
    """A gradebook whose students' names and addresses are cells of a table, for nbgrader writes them as they are."""

    def __init__(self, gradebook: Gradebook) -> None:
        self._gradebook = gradebook

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gradebook, name)

    @property
    def students(self) -> list[SimpleNamespace]:
        words = "last_name", "first_name", "email"
        return [
            SimpleNamespace(id=one.id, **{name: _cell(getattr(one, name)) for name in words})
            for one in self._gradebook.students
        ]


def _cell(text: str | None) -> str:
    plain = safe(text or "")
    return '"{}"'.format(plain.replace('"', '""')) if set(plain) & set(',"\r\n') else plain


class ExportWithPenalties(CsvExportPlugin):
    """nbgrader's export, of penalties as they are now, and without formulas; it says which marks are of an earlier
    attempt.
    """

    def export(self, gradebook: Gradebook) -> None:
        """Write the table, after the penalties are put into the gradebook; its columns are nbgrader's."""
        LatePenalties(self.config).settle_all(gradebook)
        gradebook.db.commit()
        for assignment in gradebook.assignments:
            for submission in assignment.submissions:
                self._tell_old(submission)
        super().export(_SafeNames(gradebook))

    def _tell_old(self, submission: SubmittedAssignment) -> None:
        lesson, student, course = submission.assignment.name, submission.student.id, course_of(self.config)
        if course is None:
            return
        for notebook in submission.notebooks:
            if (AuditRecords(course, lesson).good(student, notebook.name) or {}).get("old"):
                self.log.warning(
                    "%s of %s: the marks of %s are of an earlier attempt: the newest could not be marked",
                    lesson,
                    visible(student),
                    notebook.name,
                )
