"""Is it said why the function is not there that a check is given?"""

from __future__ import annotations

import pytest

from grader.checks.undefined import why_undefined
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
        (["1 / 0\n" + STEP], "did not run to its end"),
        ([OPEN, "1 / 0\n" + STEP], "did not run to its end"),
    ],
)
def test_the_cells_that_were_run_say_why(cells, says):
    assert says in why_undefined("step", cells)


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
