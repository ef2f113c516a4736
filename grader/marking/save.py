"""Save the verdicts: scores into nbgrader's gradebook, and beside them a file that says where each mark came from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook, MissingEntry
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import compute_checksum, determine_grade, is_solution, is_task

from grader.marking.course import course_folder
from grader.marking.referee import Verdict


class SaveVerdicts(SaveAutoGrades):
    """SaveAutoGrades, with the referee's points. What was not marked gets no score, and waits for a person.

    All marks of a notebook are saved together, or none.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            cells = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if "nbgrader" in cell.metadata}
            for grade in notebook.grades:
                _score(grade, cells.get(grade.name), resources["verdicts"].get(grade.name))
            for comment in notebook.comments:
                if comment.name in cells:
                    comment.auto_comment = _comment(cells[comment.name])
            gradebook.db.commit()
        return nb, resources


def _score(grade: Grade, cell: NotebookNode | None, verdict: Verdict | None) -> None:
    if verdict is not None:
        grade.auto_score = verdict.points
    elif cell is not None and is_solution(cell):  # marked by hand; nothing if nothing was written
        grade.auto_score, _ = determine_grade(cell)
    else:
        grade.auto_score = None
    waits = grade.manual_score is not None or grade.auto_score is None
    # a question that another cell's points belong to has no points of its own: nothing to wait for
    grade.needs_manual_grade = waits and bool(grade.max_score)


def _comment(cell: NotebookNode) -> str | None:
    untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    return "No response." if untouched and not is_task(cell) else None


def trace_path(assignment: str, student: str, notebook: str) -> Path:
    """Where the trace of a marked notebook lies."""
    return course_folder() / "verdicts" / assignment / student / f"{notebook}.json"


def read_trace(about: dict) -> dict | None:
    """The trace of a notebook, or None where it was never marked. ``about``: assignment, student, notebook."""
    path = trace_path(about["assignment"], about["student"], about["notebook"])
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write_trace(about: dict, trace: dict) -> None:
    """Write the trace of a notebook, replacing an older one in one step."""
    path = trace_path(about["assignment"], about["student"], about["notebook"])
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(trace, ensure_ascii=False), encoding="utf-8")
    os.replace(draft, path)


def trace_of(resources: ResourcesDict, marked: str) -> dict:
    """What every mark of a notebook rests on: cases, seeds, findings, misconceptions.

    Args:
        resources: as the steps of marking left them.
        marked: the text of the marked notebook.
    """
    run = resources["run"]
    return {
        "content": resources["content"],
        "marked": number_of(marked),
        "ended": run["ended"],
        "peak_memory": run["peak"],
        "tasks": {verdict.task.name: _traced(verdict, run["plan"]) for verdict in resources["verdicts"].values()},
        "not_marked": resources["unmarked"],
    }


def number_of(text: str) -> str:
    """A number of a text, by which it is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_finished(resources: ResourcesDict, folder: Path, content: str) -> bool:
    """Was a notebook marked to its end when what its marks depend on was ``content``? Then its marks are saved, too.

    Args:
        folder: with the marked notebook.
    """
    trace = read_trace(resources["nbgrader"])
    path = folder / f"{resources['unique_key']}.ipynb"
    return (
        trace is not None
        and trace.get("content") == content
        and not trace["not_marked"]
        and path.exists()
        and number_of(path.read_text(encoding="utf-8")) == trace["marked"]
    )


def forget_traces(assignment: str, student: str) -> None:
    """Remove the traces of a submission that is marked anew."""
    shutil.rmtree(course_folder() / "verdicts" / assignment / student, ignore_errors=True)


def note_unmarked(resources: ResourcesDict, reason: str) -> None:
    """A notebook that could not be marked at all: no score is written, every cell waits, and the trace says why."""
    about = resources["nbgrader"]
    write_unmarked(resources, reason)
    with Gradebook(about["db_url"]) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        except MissingEntry:
            return
        for grade in notebook.grades:
            grade.needs_manual_grade = True
        gradebook.db.commit()


def write_unmarked(resources: ResourcesDict, reason: str) -> None:
    """The trace of a notebook that has no marks, with the reason."""
    about = resources["nbgrader"]
    write_trace(about, {"ended": "", "peak_memory": 0, "tasks": {}, "not_marked": {about["notebook"]: reason}})


def _traced(verdict: Verdict, plan: dict) -> dict:
    return {
        "points": verdict.points,
        "of": verdict.task.points,
        "reason": verdict.reason,
        "unanswered": verdict.unanswered,
        "misconceptions": list(verdict.misconceptions),
        "cases": [list(pair) for pair in plan[verdict.task.name]],
        "findings": [
            {
                "case": f.case,
                "output": f.output,
                "kind": f.kind,
                "detail": f.detail,
                "wrong": f.wrong,
                "entries": f.entries,
                "error": _number(f.error),
                "tolerance": f.tolerance,
            }
            for f in verdict.findings
        ],
    }


def _number(value: float) -> float | None:
    return value if value == value else None
