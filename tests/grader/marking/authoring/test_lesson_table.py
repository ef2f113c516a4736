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
    assert paths == [path.relative_to(LESSON_FOLDER).as_posix() for path in sorted(LESSON_FOLDER.glob("*/*.ipynb"))]


def test_a_row_says_what_the_lesson_says():
    (first,) = [row for row in lesson_table() if row.number == "01"]
    assert (first.folder, first.notebook) == ("01-srn", "01-srn/01-srn.ipynb")
    assert first.title == "SRN: the simple recurrent network"
    assert first.subtitle.startswith("A network that reads a sequence one step at a time")
    assert len(first.abilities) == 5
    assert first.abilities[-1] == "test three claims about recurrent networks that tutorials repeat."
    assert first.picture == "Figure 1.1"


def test_minutes_are_those_of_all_parts_together():
    """So the sum of the parts, which stands in the notebook only once, is not wrong by a typing mistake."""
    for row in lesson_table():
        head = nbformat.read(LESSON_FOLDER / row.notebook, as_version=4).cells[0].source
        parts = [line.split("|") for line in head.splitlines() if line.startswith("| ") and line.endswith("|")]
        minutes = [int(part[3]) for part in parts if part[3].strip().isdigit()]
        assert sum(minutes[:-1]) == minutes[-1] == row.minutes, row.notebook


def test_points_are_those_of_all_cells(srn, tmp_path):
    graded = [cell for cell in srn.cells if cell.metadata.get("nbgrader", {}).get("points")]
    graded[0].metadata.nbgrader.points = 1000
    assert row(srn, tmp_path).points == 1000 + sum(cell.metadata.nbgrader.points for cell in graded[1:])


def test_an_ability_over_two_lines_is_one(srn, tmp_path):
    srn.cells[0].source = srn.cells[0].source.replace(", in NumPy", ",\n  in NumPy", 1)
    assert any(", in NumPy and in PyTorch" in ability for ability in row(srn, tmp_path).abilities)


@pytest.mark.parametrize(
    ("part", "lacks"),
    [("# 01 · ", "a title"), ("When you have finished", "the list under"), ("| together", "the minutes")],
)
def test_what_a_first_cell_lacks_is_named(srn, tmp_path, part, lacks):
    srn.cells[0].source = srn.cells[0].source.replace(part, "")
    with pytest.raises(NoLessonHead, match=rf"01-srn\.ipynb: its first cell lacks {lacks}"):
        row(srn, tmp_path)


def test_a_lesson_without_figures_has_no_picture(srn, tmp_path):
    srn.cells = srn.cells[:1]
    assert row(srn, tmp_path).picture == ""
