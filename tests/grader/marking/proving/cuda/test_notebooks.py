"""Is a notebook that fails named, and is a verdict that differs listed?"""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grader.marking.authoring.claims import HEADER
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.proving.cuda.notebooks import Run, run_notebooks


def table(*rows):
    return "\n".join([HEADER, "| --- | --- | --- | --- | --- | --- |", *rows])


SAME = "5 seeds | 3 to 4 | equal parameters | does not hold |"
STORED = table(
    "| deeper is better | 0.1 | — | — | — | holds |", "| gone | 1 | — | — | — | holds |", f"| same | 3 | {SAME}"
)
NOW = table("| deeper is better | −0.1 | — | — | — | does not hold |", f"| same | 4 | {SAME}")


@pytest.fixture
def make(tmp_path):
    """make("name", codes…): a notebook whose last cell shows the claims; stored is `STORED`."""

    def made(name, *codes):
        shown = new_output("display_data", {"text/markdown": STORED})
        claims = new_code_cell(
            f"from IPython.display import Markdown, display\ndisplay(Markdown({NOW!r}))",
            metadata={"tags": ["claims"]},
            outputs=[shown],
        )
        path = tmp_path / "lessons" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(new_notebook(cells=[*map(new_code_cell, codes), claims]), path)
        return path

    return made


def test_errors_are_named_verdicts_compared_and_the_stored_notebook_left_as_it_was(make, tmp_path):
    paths = [make("fails", "print('before')", "1 / 0"), make("runs", "open('beside.txt', 'w').close()")]
    before = [path.read_bytes() for path in paths]
    heard = []
    fails, runs = run_notebooks(paths, tmp_path / "out", 2, heard.append)
    assert {run.name for run in heard} == {"fails/fails.ipynb", "runs/runs.ipynb"}
    assert fails.error == "a cell stopped with ZeroDivisionError: division by zero"
    assert runs.error == ""
    assert [(old.claim, old.verdict, new.verdict) for old, new in runs.differing] == [
        ("deeper is better", "holds", "does not hold"),
        ("gone", "holds", ""),
    ]
    assert "deeper is better" in str(runs)
    assert "now: does not hold (−0.1)" in str(runs)
    assert [path.read_bytes() for path in paths] == before
    assert (paths[1].parent / "beside.txt").exists()  # it ran in its own folder
    kept = nbformat.read(tmp_path / "out" / "fails" / "fails.ipynb", as_version=4)
    assert kept.cells[0].outputs[0].text == "before\n"


def test_a_run_without_differences_is_one_line():
    assert str(Run("01-srn/01-srn.ipynb")) == "✓ 01-srn/01-srn.ipynb"


@pytest.mark.slow
def test_a_real_lesson_comes_to_its_stored_verdicts(tmp_path):
    (found,) = run_notebooks([LESSON_FOLDER / "02-bptt" / "02-bptt.ipynb"], tmp_path, 1)
    assert found.error == ""
    assert found.name == "02-bptt/02-bptt.ipynb"
