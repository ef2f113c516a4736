"""Does `sync` write the solutions into a lesson, and nothing else?"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from grader.marking.authoring.sync import OutOfStep, fill, sync

SOLUTIONS = '''"""The solutions."""

import torch


def step(x, h):
    """One step."""
    # the sum first
    z = x + h

    return z**2


def plain(a, b): return a * b


def decorated(x):
    @torch.no_grad()
    def inner():
        return x
    return inner()


class Net:
    """A class."""

    def __init__(self, n):
        super().__init__()
        self.n = n
        self.m = n

    def forward(self, x):
        """Go."""
        if x:
            return self.n
        return """
kept as it is
"""
'''
STEP = 'def step(x, h):\n    """Another docstring."""\n    ### BEGIN SOLUTION\n    ### END SOLUTION\n\n\nstep(1, 2)'


def a_notebook(source: str = STEP, points: int = 3) -> nbformat.NotebookNode:
    """A lesson with prose, a solution cell, its grade cell and a question marked by hand."""
    marked = {"schema_version": 3, "locked": True, "solution": False, "task": False}
    answer = {**marked, "locked": False, "solution": True, "grade": False, "grade_id": "srn.step-answer"}
    check = {**marked, "grade": True, "grade_id": "srn-step", "points": points}
    question = {**marked, "grade": True, "solution": True, "locked": False, "grade_id": "why", "points": 7}
    cells = [
        v4.new_markdown_cell("# Übung 练习"),
        v4.new_code_cell(source, metadata={"nbgrader": answer}),
        v4.new_code_cell('check("srn.step", step)', metadata={"nbgrader": check}),
        v4.new_markdown_cell("Why?", metadata={"nbgrader": question}),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return v4.new_notebook(cells=cells)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """A folder of lessons with one notebook, and a folder of solutions."""
    (tmp_path / "lessons" / "01-srn").mkdir(parents=True)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "srn.py").write_text(SOLUTIONS, encoding="utf-8")
    nbformat.write(a_notebook(), tmp_path / "lessons" / "01-srn" / "01-srn.ipynb")
    return {"lessons": tmp_path / "lessons", "solutions": tmp_path / "solutions"}


def notebook_path(folders: dict[str, Path]) -> Path:
    return folders["lessons"] / "01-srn" / "01-srn.ipynb"


# --- whole notebooks ------------------------------------------------------------------------------------------------


def test_the_solution_is_written_and_the_second_time_nothing_differs(folders):
    assert sync("01-srn", **folders) == ["01-srn.ipynb: srn.step-answer: the solution differs"]
    assert sync("01-srn", **folders) == []
    cell = nbformat.read(notebook_path(folders), as_version=4).cells[1]
    body = "    # the sum first\n    z = x + h\n\n    return z**2\n"
    assert cell.source == STEP.replace("    ### END", body + "    ### END")


def test_everything_else_keeps_its_bytes(folders):
    before = notebook_path(folders).read_text(encoding="utf-8")
    sync("srn", **folders)
    after = notebook_path(folders).read_text(encoding="utf-8")
    new = ["    # the sum first\\n", "    z = x + h\\n", "\\n", "    return z**2\\n"]
    added = "".join(f'    "{line}",\n' for line in new)
    assert after == before.replace('    "    ### END SOLUTION', added + '    "    ### END SOLUTION')


def test_a_check_writes_nothing(folders):
    before = notebook_path(folders).read_bytes()
    assert len(sync("srn", check=True, **folders)) == 1
    assert notebook_path(folders).read_bytes() == before


def test_a_lesson_in_step_is_not_written_again(folders):
    sync("srn", **folders)
    stamp = notebook_path(folders).stat().st_mtime_ns
    assert sync("srn", **folders) == []
    assert notebook_path(folders).stat().st_mtime_ns == stamp


def test_a_grade_cell_gets_its_tasks_points_and_other_cells_keep_theirs(folders):
    nbformat.write(a_notebook(points=99), notebook_path(folders))
    assert "01-srn.ipynb: srn-step: 99 points instead of 3" in sync("srn", **folders)
    cells = nbformat.read(notebook_path(folders), as_version=4).cells
    assert [cell.metadata.nbgrader.points for cell in cells[2:]] == [3, 7]


def test_a_broken_lesson_is_left_alone_and_the_cell_is_named(folders):
    nbformat.write(a_notebook(STEP.replace("step", "stop"), points=99), notebook_path(folders))
    before = notebook_path(folders).read_bytes()
    with pytest.raises(OutOfStep, match=r"srn.step-answer: there is no stop in the solutions; they have: step, plain"):
        sync("srn", **folders)
    assert notebook_path(folders).read_bytes() == before


# --- one cell -------------------------------------------------------------------------------------------------------


def filled(source: str) -> str:
    """The cell's source, written without "### BEGIN/END SOLUTION": ">" opens a region and "<" closes it."""
    marked = source.replace(">", "### BEGIN SOLUTION").replace("<", "### END SOLUTION")
    return fill(marked, SOLUTIONS, "a cell").replace("### BEGIN SOLUTION", ">").replace("### END SOLUTION", "<")


def test_old_content_is_replaced_even_where_it_is_not_python():
    assert filled("def plain(a, b):\n    >\n    retrn a *\n    <") == "def plain(a, b):\n    >\n    return a * b\n    <"


def test_methods_are_found_in_their_class_and_statements_above_are_not_repeated():
    source = "class Net(Base):\n    def __init__(self, n):\n        super().__init__()\n        >\n        <\n"
    assert filled(source) == source.replace("        <", "        self.n = n\n        self.m = n\n        <")


def test_several_regions_of_one_cell_are_filled():
    one, other = "def step(x, h):\n  >\n  <\n", "def plain(a, b):\n  >\n  old\n  <\n"
    assert filled(one + other) == filled(one) + filled(other)


def test_indentation_is_the_cells_own():
    source = 'class Net:\n  def forward(self, x):\n    """Go."""\n    >\n    <'
    assert "    >\n    if x:\n        return self.n\n    return" in filled(source)


def test_a_region_that_includes_super_gets_the_whole_body():
    source = "class Net(Base):\n    def __init__(self, n):\n        >\n        <"
    expected = "        super().__init__()\n        self.n = n\n        self.m = n\n"
    assert filled(source) == source.replace("        <", expected + "        <")


def test_nested_functions_with_decorators_belong_to_the_body():
    source = "def decorated(x):\n    >\n    <"
    expected = "    @torch.no_grad()\n    def inner():\n        return x\n    return inner()\n"
    assert filled(source) == source.replace("    <", expected + "    <")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def step(x, h):\n    >\n", "needs its '### END SOLUTION'"),
        ("def step(x, h):\n    <\n    >", "needs its '### END SOLUTION'"),
        (">\nx = 1\n<", "not inside a function"),
        ("def step(x, h):\n    >\n    <\n    return 1", "follow its solution region"),
        ("def step(x, h):\n    y = 1\n    >\n    <", "does not begin with what stands above"),
        ("def step(x, h:\n    >\n    <", "line 1 is not Python"),
        ("%timeit 1\ndef step(x, h):\n    >\n    <", "line 1 is not Python"),
    ],
)
def test_a_region_that_cannot_be_filled_is_explained(source, message):
    with pytest.raises(OutOfStep, match=f"a cell: .*{message}"):
        filled(source)
