"""Save the verdicts as scores in nbgrader's gradebook."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Grade, MissingEntry
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import compute_checksum, determine_grade, is_solution, is_task

from grader.marking.judge.referee import Verdict
from grader.marking.steps import marking_record
from grader.marking.steps.shared_gradebook import open_gradebook


class SaveVerdicts(SaveAutoGrades):
    """SaveAutoGrades, with the referee's points. What was not marked gets no score, and waits for a person.

    All marks of a notebook are saved together, or none.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Write the points of every cell, and the automatic comments."""
        about, verdicts = resources["nbgrader"], marking_record.of(resources).verdicts
        with open_gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            cells = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if "nbgrader" in cell.metadata}
            for grade in notebook.grades:
                _score(grade, cells.get(grade.name), verdicts.get(grade.name))
            for comment in notebook.comments:
                if comment.name in cells:
                    comment.auto_comment = _comment(cells[comment.name])
            gradebook.db.commit()
        return nb, resources


def _score(grade: Grade, cell: NotebookNode | None, verdict: Verdict | None) -> None:
    if verdict is not None:
        grade.auto_score = verdict.points
    elif cell is not None and is_solution(cell):  # marked by hand; 0 if nothing was written
        grade.auto_score, _ = determine_grade(cell)
    else:
        grade.auto_score = None
    waits = grade.manual_score is not None or grade.auto_score is None
    # a cell without points, as where another cell holds its question's points, waits for nobody
    grade.needs_manual_grade = waits and bool(grade.max_score)


def _comment(cell: NotebookNode) -> str | None:
    untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    return "No response." if untouched and not is_task(cell) else None


def take_back_zero(about: dict[str, str]) -> None:
    """Take back the scores of a notebook that nbgrader gave 0 for being missing: the work lies in another file.

    Args:
        about: assignment, student, notebook and db_url.
    """
    with open_gradebook(about["db_url"]) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        except MissingEntry:
            return
        for grade in notebook.grades:
            grade.auto_score = None
        gradebook.db.commit()


def leave_to_a_person(about: dict[str, str]) -> None:
    """Flag all cells of a notebook that could not be marked for manual grading; write no score.

    Args:
        about: assignment, student, notebook and db_url.
    """
    with open_gradebook(about["db_url"]) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        except MissingEntry:
            return
        for grade in notebook.grades:
            grade.needs_manual_grade = True
        gradebook.db.commit()
