"""The marks on a feedback page: read from the gradebook once a submission, and put into its notebooks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets.config import Config

from grader.marking.steps.late_penalty import LatePenalties

NOT_MARKED_YET = "Not marked yet: the 0 points are no verdict. A person will look at this."


@dataclass(frozen=True)
class Marks:
    """One notebook's marks: grade id → (points, of how many), grade id → comment, and the sums."""

    scores: dict[str, tuple[float, float]] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)
    score: float = 0.0
    max_score: float = 0.0
    late_penalty: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_marks(gradebook: Gradebook, config: Config, lesson: str, student: str) -> dict[str, Marks]:
    """Notebook's name → its marks, of one submission; the gradebook is only read."""
    found, penalties = {}, LatePenalties(config)
    for notebook in gradebook.find_submission(lesson, student).notebooks:
        penalty = penalties.of(notebook)
        found[notebook.name] = Marks(
            {grade.name: (grade.score, grade.max_score) for grade in notebook.grades},
            {comment.name: comment.comment or _waiting(comment.name, notebook) for comment in notebook.comments},
            notebook.score - penalty,
            notebook.max_score,
            penalty,
        )
    return found


def _waiting(name: str, notebook: SubmittedNotebook) -> str | None:
    """What to say where a question without a mark would show 0 points."""
    waits = {grade.name for grade in notebook.grades if grade.auto_score is None and grade.manual_score is None}
    most = {grade.name: grade.max_score for grade in notebook.grades}
    graded = name if name in most else name.removesuffix("-answer")
    return NOT_MARKED_YET if graded in waits and most[graded] else None


class GivenMarks(GetGrades):
    """nbgrader's GetGrades with `Marks` that were read before, from ``resources["marks"]``."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        marks: Marks = resources["marks"]
        for cell in nb.cells:
            if is_solution(cell) or is_task(cell):
                cell.metadata.nbgrader["comment"] = marks.comments[cell.metadata.nbgrader["grade_id"]]
            if is_grade(cell) or is_task(cell):
                score, most = marks.scores[cell.metadata.nbgrader["grade_id"]]
                cell.metadata.nbgrader.update(score=score, points=most)
        resources["nbgrader"].update(score=marks.score, max_score=marks.max_score, late_penalty=marks.late_penalty)
        return nb, resources
