"""Is an exercise shown with all that belongs to it, and the lesson's own text left out?"""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import is_grade

from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.feedback.pages.layout import lay_out
from grader.marking.feedback.pages.lesson_text import lesson_text
from grader.marking.feedback.pages.marks import Mark, Marks
from grader.marking.feedback.pages.summary import summary

NOTEBOOKS = sorted(LESSON_FOLDER.glob("*/*.ipynb"))
WITH_EXERCISES = [path for path in NOTEBOOKS if any(is_grade(cell) for cell in nbformat.read(path, 4).cells)]


def laid_out(cells, marks, lesson="01-srn", notebook="01-srn"):
    nb = new_notebook(cells=cells)
    own = lesson_text(lesson).sources
    for cell in nb.cells:
        cell.metadata.lessons_own = cell.source.strip() in own
    about = {"assignment": lesson, "student": "alice", "notebook": notebook}
    lay_out(nb, summary(nb, about, marks, lesson_text(lesson)))
    return nb.cells


def lessons_own(number=slice(None)):
    return nbformat.read(LESSON_FOLDER / "01-srn" / "01-srn.ipynb", 4).cells[number]


def place(cells, grade_id):
    return next(i for i, c in enumerate(cells) if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def roles(cells, grade_id):
    return [cell.metadata.role for cell in cells if cell.metadata.line and cell.metadata.line.grade_id == grade_id]


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)
def test_every_exercise_of_every_lesson_has_its_text_answer_check_and_hints(path):
    cells = nbformat.read(path, 4).cells
    graded = [cell for cell in cells if is_grade(cell)]
    marks = Marks({cell.metadata.nbgrader.grade_id: Mark(0, 1) for cell in graded})
    found = laid_out(cells, marks, path.parent.name, path.stem)
    for cell in graded:
        of_it = roles(found, cell.metadata.nbgrader.grade_id)
        code = cell.cell_type == "code"
        assert of_it == (["asked", "answer", "check", "hints"] if code else ["asked", "answer"])
    shown = [cell for cell in found if cell.metadata.role != "left out"]
    assert all(cell.metadata.line for cell in shown)
    assert sum(cell.metadata.named for cell in found) == len(graded)
    assert sum(cell.metadata.begins for cell in found) == sum(cell.metadata.ends for cell in found) == len(graded)


def test_hints_stand_only_where_points_are_missing():
    marks = Marks({"srn-step": Mark(3, 3), "srn-sequence": Mark(1, 4), "srn-f1_score": Mark(0, 3, waits=True)})
    found = laid_out(lessons_own(), marks)
    assert roles(found, "srn-step") == ["asked", "answer", "check"]
    assert roles(found, "srn-sequence") == ["asked", "answer", "check", "hints"]
    assert roles(found, "srn-f1_score") == ["asked", "answer", "check"]


def test_what_a_student_added_stands_where_it_was_written():
    cells = lessons_own()
    at = place(cells, "srn-step-answer")
    cells.insert(at, new_markdown_cell("# before my answer"))
    cells.insert(at + 2, new_code_cell("between = 1"))
    cells.insert(at + 4, new_code_cell("step(1)  # after the check"))
    cells.insert(0, new_code_cell("on_top = 1"))
    found = laid_out(cells, Marks({"srn-step": Mark(0, 3), "srn-sequence": Mark(0, 4)}))
    assert roles(found, "srn-step") == ["asked", "own", "answer", "own", "check", "own", "hints"]
    assert (found[0].metadata.role, found[0].metadata.line) == ("own", None)


def test_an_exercise_torn_apart_is_named_once():
    cells = lessons_own()
    cells.append(cells.pop(place(cells, "srn-step")))
    found = laid_out(cells, Marks({"srn-step": Mark(0, 3), "srn-sequence": Mark(0, 4), "srn-written": Mark(0, 4)}))
    named = [cell.metadata.line.grade_id for cell in found if cell.metadata.named]
    assert sorted(named) == sorted(set(named))
    assert len([cell for cell in found if cell.metadata.begins]) == len([c for c in found if c.metadata.ends])


def test_an_answer_to_nothing_is_shown():
    cell = new_code_cell("x = 1", metadata={"nbgrader": {"grade_id": "free", "solution": True, "grade": False}})
    [found] = laid_out([NotebookNode(cell)], Marks())
    assert (found.metadata.role, found.metadata.line) == ("answer", None)
