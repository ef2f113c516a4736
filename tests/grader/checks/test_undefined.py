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


def printed(outputs):
    return "".join(output.get("text", "") for output in outputs)


def test_below_a_name_error_of_the_check_stands_why(outputs):
    assert outputs[0][0].ename == outputs[2][0].ename == "NameError"
    assert printed(outputs[0]) == "No cell that defines `step` has been run: run the cells above this one first.\n"
    assert "is not Python (line 2: '(' was never closed)" in printed(outputs[2])


def test_other_cells_are_left_alone(outputs):
    assert outputs[3][0].ename == outputs[6][-1].ename == "NameError"
    assert printed(outputs[1]) == printed(outputs[3]) == printed(outputs[5]) == printed(outputs[6]) == ""
