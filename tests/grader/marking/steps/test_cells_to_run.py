"""Are the lesson's own cells run where they stand in the lesson, whatever a student did to theirs?"""

from __future__ import annotations

import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.checks.validate import EXPERIMENT
from grader.inside.salvage import ONLY_DEFINE
from grader.marking.proving import samples
from grader.marking.steps.cells_to_run import cells_to_run, lesson_cells, sorted_cells

SETUP = new_code_cell("setup")
A, B, C = (new_code_cell(name, metadata={"tags": [EXPERIMENT]}) for name in "abc")


def known(name):
    return new_code_cell(name, metadata={"nbgrader": {"grade_id": name}})


FIRST, SECOND = known("first"), known("second")
LESSON = [new_markdown_cell("text"), SETUP, A, FIRST, B, SECOND, C]
EDITED, OWN = new_code_cell("b, edited", metadata=B.metadata), new_code_cell("own")
UNTAGGED = new_code_cell("b")


def run(*cells):
    """What is run: the lesson's own in brackets, and with "=" what only defines."""
    found = cells_to_run(new_notebook(cells=list(cells)), sorted_cells(new_notebook(cells=LESSON)))
    shown = [source.replace(ONLY_DEFINE, "=") for _, source in found]
    return [f"({source})" if index < 0 else source for (index, _), source in zip(found, shown, strict=True)]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (LESSON, "(setup) setup =a first =b second =c"),
        ([A, FIRST, B, SECOND, C, SETUP], "(setup) =a first =b second =c setup"),
        ([FIRST, SECOND], "(setup) (=a) first (=b) second (=c)"),
        ([A, SECOND, FIRST, B], "(setup) =a (=b) second (=c) first =b"),
        ([SECOND], "(setup) (=a) (=b) second (=c)"),
        ([], "(setup) (=a)"),
        ([A, FIRST, OWN, EDITED, SECOND, C], "(setup) =a first (=b) own =b, edited second =c"),
        ([A, FIRST, UNTAGGED, SECOND, C], "(setup) =a first =b second =c"),
        ([OWN, new_code_cell("  \n"), A], "(setup) own =a"),
    ],
)
def test_the_order(cells, wanted):
    assert " ".join(run(*cells)) == wanted


def test_answers_and_checks_are_run_whatever_their_tags():
    tagged = new_code_cell("first", metadata={"nbgrader": {"grade_id": "first"}, "tags": [EXPERIMENT]})
    assert "first" in run(tagged)


def test_every_cell_has_a_number_of_its_own():
    found = cells_to_run(new_notebook(cells=[FIRST, SECOND]), sorted_cells(new_notebook(cells=LESSON)))
    numbers = [index for index, _ in found]
    assert len(set(numbers)) == len(numbers)
    assert [index for index in numbers if index >= 0] == [0, 1]


def test_the_lesson_is_the_one_that_was_released(released):
    """And where it was not, or is not there any more, the clone's."""
    path = released.release / "01-srn" / "01-srn.ipynb"
    own = sorted_cells(samples.lesson_notebook("01-srn"))
    assert lesson_cells(released, "01-srn", "01-srn") == own
    nb = nbformat.read(path, as_version=4)
    nb.cells[1].source = "import another"
    nbformat.write(nb, path)
    os.utime(path, ns=(1, 1))
    assert lesson_cells(released, "01-srn", "01-srn").first == ("import another",)
    path.unlink()
    assert lesson_cells(released, "01-srn", "01-srn") == own
