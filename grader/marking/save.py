"""Save the verdicts: scores into nbgrader's gradebook, and beside them a file that says where each mark came from."""

from __future__ import annotations

import json
import os
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import is_solution

from grader.marking.course import course_folder
from grader.marking.referee import Verdict


class SaveVerdicts(SaveAutoGrades):
    """SaveAutoGrades, with the referee's points. What was not marked gets no score, and waits for a person."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        nb, resources = super().preprocess(nb, resources)
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            for grade in notebook.grades:
                if not grade.max_score:  # a question that another cell's points belong to: nothing to wait for
                    grade.needs_manual_grade = False
            gradebook.db.commit()
        write_trace(about, trace_of(resources))
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        if is_solution(cell):  # marked by hand
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        verdict = resources["verdicts"].get(grade_id)
        grade.auto_score = None if verdict is None else verdict.points
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        self.gradebook.db.commit()


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
    draft.write_text(json.dumps(trace, indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(draft, path)


def trace_of(resources: ResourcesDict) -> dict:
    """What every mark of a notebook rests on: cases, seeds, findings, misconceptions."""
    run = resources["run"]
    return {
        "ended": run["ended"],
        "peak_memory": run["peak"],
        "tasks": {verdict.task.name: _traced(verdict, run["plan"]) for verdict in resources["verdicts"].values()},
        "not_marked": resources["unmarked"],
    }


def note_unmarked(resources: ResourcesDict, reason: str) -> None:
    """A notebook that could not be marked at all: no score is written, every cell waits, and the trace says why."""
    about = resources["nbgrader"]
    write_trace(about, {"ended": "", "peak_memory": 0, "tasks": {}, "not_marked": {about["notebook"]: reason}})
    with Gradebook(about["db_url"]) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        except MissingEntry:
            return
        for grade in notebook.grades:
            grade.needs_manual_grade = True
        gradebook.db.commit()


def _traced(verdict: Verdict, plan: dict) -> dict:
    return {
        "points": verdict.points,
        "of": verdict.task.points,
        "reason": verdict.reason,
        "misconceptions": list(verdict.misconceptions),
        "cases": [list(pair) for pair in plan[verdict.task.name]],
        "findings": [
            {
                "case": f.case,
                "output": f.output,
                "kind": f.kind,
                "detail": f.detail,
                "error": _number(f.error),
                "tolerance": f.tolerance,
            }
            for f in verdict.findings
        ],
    }


def _number(value: float) -> float | None:
    return value if value == value else None
