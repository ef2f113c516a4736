"""Formgrader's scores less what is taken off for handing in late: nbgrader's own tables leave that out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from nbgrader.api import (
    Assignment,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import func

Dicts = list[dict[str, Any]]


def show_scores_less_penalties() -> None:
    """Change nbgrader's tables for every road; once in a process."""
    if hasattr(Gradebook.submission_dicts, "__wrapped__"):
        return
    for kind, penalty in ((SubmittedAssignment, _of_submission), (SubmittedNotebook, _of_notebook), (Student, _all_of)):
        kind.to_dict = _less(kind.to_dict, penalty)
    Gradebook.student_dicts = _each_less(Gradebook.student_dicts, Student.id)
    Gradebook.submission_dicts = _each_less(Gradebook.submission_dicts, SubmittedAssignment.id)
    Gradebook.notebook_submission_dicts = _each_less(Gradebook.notebook_submission_dicts, SubmittedNotebook.id)
    Gradebook.average_assignment_score = _mean_less(Gradebook.average_assignment_score, _of_assignment)
    Gradebook.average_notebook_score = _mean_less(Gradebook.average_notebook_score, _of_page)


def _less(to_dict: Callable[[Any], dict[str, Any]], penalty: Callable[[Any], float]) -> Callable[[Any], dict[str, Any]]:
    @wraps(to_dict)
    def less(row: Any) -> dict[str, Any]:
        found = to_dict(row)
        return {**found, "score": max(0.0, (found["score"] or 0.0) - penalty(row))}

    return less


def _of_submission(row: Any) -> float:
    return float(row.late_submission_penalty or 0.0)


def _of_notebook(row: Any) -> float:
    return float(row.late_submission_penalty or 0.0)


def _all_of(student: Any) -> float:
    return sum(map(_of_submission, student.submissions))


def _each_less(dicts: Callable[..., Dicts], column: Any) -> Callable[..., Dicts]:
    @wraps(dicts)
    def less(gradebook: Gradebook, *which: str) -> Dicts:
        penalties = _penalties(gradebook, column)
        return [
            {**each, "score": max(0.0, (each["score"] or 0.0) - penalties.get(each["id"], 0.0))}
            for each in dicts(gradebook, *which)
        ]

    return less


def _penalties(gradebook: Gradebook, column: Any) -> dict[str, float]:
    """What is taken off, by a column's values."""
    total = func.sum(SubmittedNotebook.late_submission_penalty)
    query = (
        gradebook.db.query(column, total)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Student, SubmittedAssignment.student_id == Student.id)
        .filter(SubmittedNotebook.late_submission_penalty.isnot(None))
    )
    return {name: float(penalty) for name, penalty in query.group_by(column)}


def _mean_less(mean: Callable[..., float], rows: Callable[..., Any]) -> Callable[..., float]:
    @wraps(mean)
    def less(gradebook: Gradebook, *which: str) -> float:
        number, total = rows(gradebook, *which)
        return max(0.0, mean(gradebook, *which) - float(total or 0.0) / number) if number else 0.0

    return less


def _of_assignment(gradebook: Gradebook, lesson: str) -> Any:
    """How many submissions a lesson has, and what is taken off them together."""
    number = gradebook.find_assignment(lesson).num_submissions
    return number, _sum(gradebook).filter(Assignment.name == lesson).scalar()


def _of_page(gradebook: Gradebook, notebook: str, lesson: str) -> Any:
    """How many submissions one of a lesson's notebooks has, and what is taken off them together."""
    number = gradebook.find_notebook(notebook, lesson).num_submissions
    return number, _sum(gradebook).filter(Assignment.name == lesson, Notebook.name == notebook).scalar()


def _sum(gradebook: Gradebook) -> Any:
    return (
        gradebook.db.query(func.sum(SubmittedNotebook.late_submission_penalty))
        .select_from(SubmittedNotebook)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Assignment, Notebook.assignment_id == Assignment.id)
    )
