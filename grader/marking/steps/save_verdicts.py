"""Save the verdicts as scores in nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Grade, MissingEntry
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import is_grade, is_solution, is_task

from grader.checks.errors import GraderError
from grader.marking.steps import earlier_marks, marking_record
from grader.marking.steps.audit_records import AuditRecords, CutRecord, Record, text_digest
from grader.marking.steps.course_step import CourseStep
from grader.marking.steps.earlier_marks import keep_or_set_aside
from grader.marking.steps.find_near_work import content, is_untouched, work_near
from grader.marking.steps.marking_record import Marking
from grader.marking.steps.pick_copy import words
from grader.marking.steps.shared_gradebook import open_gradebook

LONGEST_TEXT = 100_000
"""Characters of an answer that are kept, to show later what changed in it."""


class SaveVerdicts(CourseStep, SaveAutoGrades):
    """SaveAutoGrades, with the referee's points. What was not marked gets no score, and waits for a person.

    All marks of a notebook are saved together, or none. Marks given by hand stay with an answer that has not changed.

    Raises:
        GraderError: a task is worth other points than the gradebook has: the lesson was not released since.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Write the points of every cell, and the automatic comments."""
        about, now = resources["nbgrader"], marking_record.of(resources)
        with open_gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            cells = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if "nbgrader" in cell.metadata}
            comments, before = {comment.name: comment for comment in notebook.comments}, self._before(about)
            now.answers, now.scores, now.earlier, now.texts = {}, {}, {}, dict(_texts(nb))
            for grade in notebook.grades:
                _refuse_other_points(grade, now, about["assignment"])
                needed = bool(grade.needs_manual_grade)
                _score(grade, cells.get(grade.name), now)
                now.answers[grade.name] = _answer(grade.name, cells, now)
                comment = comments.get(grade.name) or comments.get(f"{grade.name}-answer")
                keep_or_set_aside(grade, comment, before, now, needed)
                now.scores[grade.name] = grade.auto_score
            for comment in notebook.comments:
                if comment.name in cells:
                    comment.auto_comment = _comment(cells[comment.name], now)
            gradebook.db.commit()
        return nb, resources

    def _before(self, about: dict[str, str]) -> dict[str, Any]:
        """The audit record of the attempt that was marked last; {} where there is none."""
        try:
            return AuditRecords(self.course, about["assignment"]).read(about["student"], about["notebook"]) or {}
        except CutRecord:
            return {}


def _refuse_other_points(grade: Grade, now: Marking, lesson: str) -> None:
    verdict = now.verdicts.get(grade.name)
    if verdict is not None and verdict.task.points != grade.max_score:
        raise GraderError(
            f"{grade.name} is worth {verdict.task.points:g} points, and {grade.max_score:g} in the gradebook: "
            f"run `grader release {lesson}`, then `grader autograde {lesson}`"
        )


def _answer(name: str, cells: Mapping[str, NotebookNode], now: Marking) -> str:
    """The digest of an answer, with what belongs to it outside of its cell."""
    cell = cells.get(f"{name}-answer") or cells.get(name)
    return text_digest(repr([words(content(cell)) if cell else "", now.outside.get(name, "")]))


def _texts(nb: NotebookNode) -> Iterator[tuple[str, str]]:
    """What a person reads, by grade id: each answer that is marked by hand, and the student's own cells near it."""
    for answer in (cell for cell in nb.cells if is_grade(cell) and is_solution(cell)):
        cells = [answer, *work_near(nb, answer)]
        yield answer.metadata.nbgrader.grade_id, "\n\n".join(cell.source for cell in cells)[:LONGEST_TEXT]


def _score(grade: Grade, cell: NotebookNode | None, now: Marking) -> None:
    grade.auto_score = None
    if grade.name in now.elsewhere:
        pass  # no answer was found where it belongs, and none is no proof that there is none
    elif grade.name in now.verdicts:
        grade.auto_score = now.verdicts[grade.name].points
    elif cell is not None and is_solution(cell):
        grade.auto_score = 0.0 if is_untouched(cell) else None  # marked by hand
    waits = grade.manual_score is not None or grade.auto_score is None
    # a cell without points, as where another cell holds its question's points, waits for nobody
    grade.needs_manual_grade = waits and bool(grade.max_score)


def _comment(cell: NotebookNode, now: Marking) -> str | None:
    name = cell.metadata.nbgrader.grade_id
    graded = name.removesuffix("-answer")
    if (why := now.elsewhere.get(name) or now.elsewhere.get(graded)) is not None:
        return f"A person will look at this: {why}."
    if (earlier := now.earlier.get(name) or now.earlier.get(graded)) is not None:
        return earlier_marks.in_words(earlier)
    answered = graded in now.verdicts and now.verdicts[graded].points != 0  # by a cell beside it
    return "No response." if is_untouched(cell) and not is_task(cell) and not answered else None


def is_saved(about: dict[str, str], record: Record) -> bool:
    """Has the gradebook the points that an audit record says were saved?

    Args:
        about: assignment, student, notebook and db_url.
        record: of that notebook.
    """
    with open_gradebook(about["db_url"]) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        except MissingEntry:
            return False
        return {grade.name: grade.auto_score for grade in notebook.grades} == record.get("scores")


def has_row(about: dict[str, str]) -> bool:
    """Knows the gradebook this notebook of the student?

    Args:
        about: assignment, student, notebook and db_url.
    """
    with open_gradebook(about["db_url"]) as gradebook:
        try:
            gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        except MissingEntry:
            return False
        return True


@contextmanager
def _grades(about: Mapping[str, str]) -> Iterator[list[Grade]]:
    """A notebook's grades, saved at the end; none where the gradebook does not have the notebook."""
    with open_gradebook(about["db_url"]) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        except MissingEntry:
            yield []
            return
        yield list(notebook.grades)
        gradebook.db.commit()


def put_back_scores(about: dict[str, str], record: Record) -> None:
    """Give a notebook the points again that an audit record says it had: nbgrader gave 0 for the file that is missing.

    Args:
        about: assignment, student, notebook and db_url.
        record: of that notebook.
    """
    with _grades(about) as grades:
        for grade in grades:
            grade.auto_score = record["scores"].get(grade.name)


def set_aside_hand_marks(about: dict[str, str]) -> None:
    """Marks by hand of a notebook that the newest attempt no longer has are of an earlier one: a person must look.

    Args:
        about: assignment, student, notebook and db_url.
    """
    with open_gradebook(about["db_url"]) as gradebook:
        notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        comments = {comment.name: comment for comment in notebook.comments}
        for grade in (grade for grade in notebook.grades if grade.manual_score is not None):
            comment = comments.get(grade.name) or comments.get(f"{grade.name}-answer")
            earlier = earlier_marks.set_aside(grade, comment)
            grade.auto_score, grade.needs_manual_grade = None, True
            if comment is not None:
                comment.auto_comment = earlier_marks.in_words(earlier)
        gradebook.db.commit()


def take_back_zero(about: dict[str, str]) -> None:
    """Take back the scores of a notebook that nbgrader gave 0 for being missing: the work lies in another file.

    Args:
        about: assignment, student, notebook and db_url.
    """
    with _grades(about) as grades:
        for grade in grades:
            grade.auto_score = None


def leave_to_a_person(about: dict[str, str]) -> None:
    """Flag all cells of a notebook that could not be marked for manual grading; write no score.

    Args:
        about: assignment, student, notebook and db_url.
    """
    with _grades(about) as grades:
        for grade in grades:
            grade.needs_manual_grade = grade.manual_score is None or bool(grade.needs_manual_grade)
