"""Does the table of lessons say what the notebooks say of themselves?"""

from __future__ import annotations

import nbformat
import pytest

from grader.marking.authoring.lesson_table import NoLessonHead, lesson_row, lesson_table
from grader.marking.course.paths import LESSON_FOLDER


@pytest.fixture
def srn():
    return nbformat.read(LESSON_FOLDER / "01-srn/01-srn.ipynb", as_version=4)


def row(notebook, folder):
    path = folder / "01-srn/01-srn.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    return lesson_row(path)


def test_every_notebook_has_a_row_in_order():
    paths = [row.notebook for row in lesson_table()]
    assert set(paths) == {path.relative_to(LESSON_FOLDER).as_posix() for path in LESSON_FOLDER.glob("*/*.ipynb")}
    assert paths[6:9] == [
        "07-bidirectional/07-bidirectional.ipynb",
        "08-applications/language-model.ipynb",
        "08-applications/sentiment.ipynb",
    ]


def test_a_row_says_what_the_lesson_says():
    (first,) = [row for row in lesson_table() if row.number == "01"]
    assert (first.folder, first.notebook) == ("01-srn", "01-srn/01-srn.ipynb")
    assert first.title == "SRN: the simple recurrent network"
    assert first.subtitle.startswith("A network that reads a sequence one step at a time")
    assert len(first.abilities) == 6
    assert first.abilities[-1] == "test three claims about recurrent networks that tutorials repeat."
    assert first.picture == "Figure 1.1"


def test_minutes_are_those_of_the_parts_and_of_the_marked_ones(srn, tmp_path):
    head = srn.cells[0]
    table = "| | The question ★ | 5 |\n| 1 | Order · *Exercise 1.1* | 10 |\n| 2 | Time ★ | 7 |\n| | together | 22 |"
    head.source = f"{head.source.partition('| | The question')[0]}{table}\n"
    found = row(srn, tmp_path)
    assert (found.minutes, found.essentials) == (22, 12)


def test_points_are_those_of_all_cells(srn, tmp_path):
    graded = [cell for cell in srn.cells if cell.metadata.get("nbgrader", {}).get("points")]
    graded[0].metadata.nbgrader.points = 1000
    assert row(srn, tmp_path).points == 1000 + sum(cell.metadata.nbgrader.points for cell in graded[1:])


def test_an_ability_over_two_lines_is_one(srn, tmp_path):
    srn.cells[0].source = srn.cells[0].source.replace(", in NumPy", ",\n  in NumPy", 1)
    assert any(", in NumPy and in PyTorch" in ability for ability in row(srn, tmp_path).abilities)


@pytest.mark.parametrize(
    ("part", "lacks"),
    [("# 01 · ", "a title"), ("When you have finished", "the list under")],
)
def test_what_a_first_cell_lacks_is_named(srn, tmp_path, part, lacks):
    srn.cells[0].source = srn.cells[0].source.replace(part, "")
    with pytest.raises(NoLessonHead, match=rf"01-srn\.ipynb: its first cell lacks {lacks}"):
        row(srn, tmp_path)


def test_a_lesson_without_figures_has_no_picture(srn, tmp_path):
    srn.cells = srn.cells[:1]
    assert row(srn, tmp_path).picture == ""
