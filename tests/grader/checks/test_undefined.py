"""Is it said why the function is not there that a check is given?"""

from __future__ import annotations

import pytest

from grader.checks.undefined import misspelt, why_undefined
from tests.grader.checks.test_check_in_jupyter import CHECK, STEP, run

pytestmark = pytest.mark.filterwarnings("ignore")  # Jupyter's own
OPEN = "def step(x_t, h, W, U, b):\n    return np.tanh(x_t @ W.T"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([], "No cell that defines `step` has been run"),
        (["stepped = 1", "def steps(x):\n    return x"], "No cell that defines `step` has been run"),
        ([OPEN], "is not Python (line 2: '(' was never closed)"),
        (["%time\n" + OPEN], "is not Python"),
        (["def step(x):\n    h = x\nreturn h"], "is not Python (line 3: 'return' outside function)"),
        (["await now()\n" + STEP], "did not run to its end"),
        (["1 / 0\n" + STEP], "did not run to its end"),
        ([OPEN, "1 / 0\n" + STEP], "did not run to its end"),
    ],
)
def test_the_cells_that_were_run_say_why(cells, says):
    assert says in why_undefined("step", cells)


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (["sequnce", "draw"], "`sequnce` is defined: is `sequence` meant?"),
        (["Sequence"], "`Sequence` is defined: is `sequence` meant?"),
        (["draw", "sentence"], ""),
        ([], ""),
    ],
)
def test_a_name_that_is_like_it_is_asked_for(there, says):
    assert misspelt("sequence", there) == says


def test_a_name_that_another_exercise_asks_for_is_not_misspelt():
    assert misspelt("residual_forwards", ["residual_forward"]) == ""
    assert misspelt("residual_forwards", ["residual_forwart"])


def test_what_is_imported_or_no_function_is_not_asked_for():
    imported = run("from textwrap import dedent as stepp\nstepq = 3", CHECK)[1]
    assert "run the cells above" in imported[0].traceback[0]


@pytest.fixture(scope="module")
def outputs():
    """In a real kernel: no cell that defines it, a broken one, one whose own name is missing, and a right one."""
    return run(CHECK, OPEN, CHECK, "nothing", STEP, CHECK, f"{CHECK}; nothing")


def test_in_place_of_a_name_error_of_the_check_stands_why(outputs):
    assert outputs[0][0].ename == outputs[2][0].ename == "NameError"
    says = "No cell that defines `step` has been run: run the cells above this one first."
    assert outputs[0][0].traceback == [says]
    (said,) = outputs[2][0].traceback
    assert "is not Python (line 2: '(' was never closed)" in said
    assert len(outputs[0]) == len(outputs[2]) == 1


def test_other_cells_are_left_alone(outputs):
    for cell in (outputs[3], outputs[6]):
        assert cell[-1].ename == "NameError"
        assert any("nothing" in line for line in cell[-1].traceback)
        assert len(cell[-1].traceback) > 1
