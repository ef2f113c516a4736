"""What is taken off for handing in late, from the due date and the marks as they are now: the same number everywhere.

nbgrader computes it once, when a submission is marked; later the due date may move, and a person adds marks.
"""

from __future__ import annotations

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import CsvExportPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from grader.checks.visible import visible
from grader.marking.course.course import Course
from grader.marking.steps.audit_records import AuditRecords


class LatePenalties:
    """The penalties of a course, by the plugin that its configuration names (``AssignLatePenalties.plugin_class``).

    Args:
        config: nbgrader's configuration.
    """

    def __init__(self, config: Config) -> None:
        step = AssignLatePenalties(config=config)
        step.init_plugin()
        self._plugin = step.plugin_inst

    def of(self, notebook: SubmittedNotebook) -> float:
        """Points to be taken off for a notebook: none where it is not late, at most all that it has."""
        late, score = notebook.assignment.total_seconds_late, points(notebook)
        if late <= 0:
            return 0.0
        penalty = self._plugin.late_submission_penalty(notebook.assignment.student.id, score, late)
        return min(max(float(penalty or 0.0), 0.0), score)

    def settle(self, submission: SubmittedAssignment) -> None:
        """Put the penalties into the gradebook's rows of a submission; whoever calls saves them."""
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = self.of(notebook) or None


def points(notebook: SubmittedNotebook) -> float:
    """The points of a notebook before a penalty, as nbgrader's ``score`` has them once they are saved."""
    given = (
        (grade.auto_score if grade.manual_score is None else grade.manual_score, grade) for grade in notebook.grades
    )
    return sum(float(score + (grade.extra_credit or 0.0)) for score, grade in given if score is not None)


def settle_late_penalties(gradebook: Gradebook, config: Config, lesson: str, student: str) -> None:
    """Put a submission's penalties into the gradebook, if it has the submission; whoever calls saves them."""
    try:
        submission = gradebook.find_submission(lesson, student)
    except MissingEntry:
        return
    LatePenalties(config).settle(submission)


class ExportWithPenalties(CsvExportPlugin):
    """nbgrader's export, of penalties as they are now; it says which marks are of an earlier attempt."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the table, after the penalties are put into the gradebook; its columns are nbgrader's."""
        penalties = LatePenalties(self.config)
        for assignment in gradebook.assignments:
            for submission in assignment.submissions:
                penalties.settle(submission)
                self._tell_old(submission)
        gradebook.db.commit()
        super().export(gradebook)

    def _tell_old(self, submission: SubmittedAssignment) -> None:
        lesson, student, course = submission.assignment.name, submission.student.id, self.config.CourseStep.course
        if not isinstance(course, Course):
            return
        for notebook in submission.notebooks:
            if (AuditRecords(course, lesson).good(student, notebook.name) or {}).get("old"):
                self.log.warning(
                    "%s of %s: the marks of %s are of an earlier attempt: the newest could not be marked",
                    lesson,
                    visible(student),
                    notebook.name,
                )
