"""Has every written question of the lessons its text, its marking scheme and its model answer?"""

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from grader.checks.errors import GraderError
from grader.checks.task import lessons
from grader.marking.desk import written_question as module
from grader.marking.desk.written_question import written_question, written_questions

QUESTIONS = [question for lesson in lessons() for question in written_questions(lesson)]


def test_there_is_one_in_every_notebook_that_asks_for_points():
    assert {question.lesson for question in QUESTIONS} >= {lesson for lesson in lessons() if lesson < "08"}
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS) >= 14


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_scheme_and_model_are_taken_out_of_the_text(question):
    """And the sum that the text promises is what the cell is worth."""
    assert "Marking scheme" in question.scheme
    assert "Marking scheme" not in question.text
    assert question.model.startswith("*A model answer.*")
    for text in (question.text, question.scheme, question.model):
        assert "BEGIN " not in text
        assert "END " not in text
    assert question.text.startswith(f"## {question.title}\n")
    assert f"{question.points:g} points" in question.text


def test_a_question_that_is_not_there_is_named_with_those_that_are():
    assert written_question("01", "srn-written").points == 4
    with pytest.raises(GraderError, match=r"01-srn has no written question srn-step; it has: srn-written"):
        written_question("01-srn", "srn-step")


def test_what_a_lesson_does_not_have_is_not_made_up(tmp_path, monkeypatch):
    """A cell above without a name is the question; there is neither scheme nor model answer."""
    answer = new_markdown_cell("*Your answer.*")
    answer.metadata["nbgrader"] = {"grade": True, "solution": True, "grade_id": "own-written", "points": 2}
    nb = new_notebook(cells=[new_markdown_cell("# Own\n\nWhy?"), answer])
    (tmp_path / "01-srn").mkdir()
    nbformat.write(nb, tmp_path / "01-srn" / "01-srn.ipynb")
    monkeypatch.setattr(module, "LESSON_FOLDER", tmp_path)
    [question] = written_questions("01-srn")
    assert (question.title, question.text, question.scheme, question.points) == ("Own", "# Own\n\nWhy?", "", 2.0)
