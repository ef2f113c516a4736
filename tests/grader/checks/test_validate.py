"""Does nbgrader's Validate know the names of the lesson, without running its experiments?"""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from grader.checks.validate import EXPERIMENT, definitions_of, only_define

EXPERIMENTS = """
import no_such_package, math
from time import sleep
sleep(60)
x = sleep(60)
K = x + 1

def half(y):
    \"\"\"Half of

    a number.\"\"\"
    return math.ldexp(y, -1)
"""


@pytest.mark.filterwarnings("default")
def test_an_answer_may_use_what_an_experiment_defines():
    cells = [
        new_code_cell(EXPERIMENTS, metadata={"tags": [EXPERIMENT]}),
        new_code_cell("print(half(3), 'K' in globals())"),
    ]
    nb = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": ""}})
    nb, _ = Execute(config=Config({"Execute": {"on_cell_start": only_define}})).preprocess(nb, {})
    defined, used = nb.cells
    assert defined.outputs == []
    assert used.outputs[0].text == "1.5 False\n"
    nbformat.validate(nb)


@pytest.mark.parametrize("source", ["def f(:", "%%bash\nls", "\0", "(" * 300, "x = run()"])
def test_what_defines_nothing_is_empty(source):
    assert definitions_of(source) == ""


def test_any_other_cell_is_left_as_it_is():
    cell = new_code_cell("x = run()")
    only_define(cell=cell, cell_index=3)
    assert cell.source == "x = run()"
