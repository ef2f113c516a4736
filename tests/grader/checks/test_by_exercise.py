"""Does Validate say how each exercise stands, in a line, by its name, and nothing else?"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from nbformat import v4, write
from nbgrader.utils import compute_checksum

from grader.checks.by_exercise import ByExercise, Exercise, as_html, as_text, headline
from grader.checks.validate import SECONDS, only_define, validate_by_exercise

ROOT = Path(__file__).parents[3]
WRONG = "def step(x_t, h, W, U, b):\n    return np.tanh(x_t @ W.T + h @ U.T)"
COUNT = "def parameter_count(D, H, O):\n    return H * D + H * H + H + O * H + O"
RIGHT_STEP = WRONG.replace("U.T)", "U.T + b)")


def about(name, *, grade=False, solution=False, points=None):
    more = {} if points is None else {"points": points}
    flags = {"grade": grade, "solution": solution, "locked": grade and not solution, "task": False}
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **flags, **more}}


def exercise(name, heading, source, points):
    lesson, _, function = name.partition("-")
    check = f'from grader.checks import check\n\ncheck("{lesson}.{function}", {function})'
    return [
        v4.new_markdown_cell(f"### Exercise {heading}"),
        v4.new_code_cell(source, metadata=about(f"{name}-answer", solution=True)),
        v4.new_code_cell(check, metadata=about(name, grade=True, points=points)),
    ]


def notebook(folder, *, step=WRONG, count=COUNT, changed=False):
    """Three exercises: one by hand, which is not answered."""
    written = v4.new_markdown_cell("YOUR ANSWER", metadata=about("srn-written", grade=True, solution=True, points=4))
    cells = [v4.new_code_cell("import numpy as np")]
    cells += exercise("srn-step", "1.1 · One step", step, 3)
    cells += exercise("srn-parameter_count", "1.3 · Counting <parameters>", count, 1)
    cells += [v4.new_markdown_cell("## A written question"), written]
    for cell in (cells[3], written):
        cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    if changed:
        cells[3].source = "True"
    nb = v4.new_notebook(cells=cells)
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    write(nb, folder / "n.ipynb")
    return folder / "n.ipynb"


@pytest.fixture
def validator(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    made = ByExercise()
    made.stream = io.StringIO()
    return made


@pytest.mark.filterwarnings("ignore")  # Jupyter's own
def test_each_exercise_has_a_line_and_those_that_pass_too(tmp_path, validator):
    validator.validate_and_print(str(notebook(tmp_path)))
    said = validator.stream.getvalue().splitlines()
    assert said == [
        "1 of 2 exercises pass their public checks, worth 1 of 4 points. Marking uses other inputs.",
        "",
        said[2],
        "✓ 1.3 · Counting <parameters>   1 point  2 of 2",
        "○ A written question           4 points          not answered yet",
    ]
    assert said[2].startswith("✗ 1.1 · One step               3 points  0 of 3  every case: ")


@pytest.mark.filterwarnings("ignore")
def test_the_dialog_gets_one_entry_where_all_pass_too(tmp_path, validator):
    (entry,) = validator.validate(str(notebook(tmp_path, step=RIGHT_STEP)))["failed"]
    assert entry["source"].startswith("2 of 2 exercises pass their public checks, worth 4 of 4 points.")
    assert "display: none" in entry["error"]
    assert json.dumps(entry)


@pytest.mark.filterwarnings("ignore")
def test_a_changed_check_is_told_as_nbgrader_does(tmp_path, validator):
    assert set(validator.validate(str(notebook(tmp_path, changed=True)))) == {"changed"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("def step(x_t, h, W, U, b):\n    ...", "○ 1.1 · One step  3 points  0 of 3  step is not written yet"),
        (
            "def step(x_t, h, W, U, b):\n    h_t = np.tanh(x_t @ W.T + h @ U.T + b)",
            "✗ 1.1 · One step  3 points  0 of 3  every case: your code returned None: is a return missing?",
        ),
        (
            "def stepp(x_t, h, W, U, b):\n    return h",
            "✗ 1.1 · One step  3 points  0 of 3  No cell that defines step has been run. "
            "stepp is defined: is step meant?",
        ),
        (
            "def step(:",
            "✗ 1.1 · One step  3 points  0 of 3  The cell that defines step is not Python (line 1: invalid syntax). "
            "Mend it, run it, and run this check again.",
        ),
        (
            "def step(x_t, h, W, U, b):\n    while len(x_t) == 1: pass\n    return np.tanh(x_t @ W.T + h @ U.T + b)",
            "✗ 1.1 · One step  3 points  2 of 3  one row (edge case): your code was stopped: after 0.5 seconds it "
            "still ran, in line 2 of the cell that defines step: while len(x_t) == 1: pass",
        ),
    ],
)
def test_what_did_not_come_is_said_shortly(tmp_path, validator, monkeypatch, step, line):
    monkeypatch.setenv("RNN_WORKBOOK_CHECK_SECONDS", "0.5")
    (entry,) = validator.validate(str(notebook(tmp_path, step=step)))["failed"]
    assert " ".join(entry["raw_error"].splitlines()[0].split()) == " ".join(line.split())


@pytest.mark.filterwarnings("ignore")
def test_another_courses_notebook_is_told_as_nbgrader_does(tmp_path, validator):
    cells = [v4.new_code_cell("assert 1 == 2", metadata=about("theirs", grade=True, points=1))]
    nb = v4.new_notebook(cells=cells)
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    write(nb, tmp_path / "n.ipynb")
    validator.validate_and_print(str(tmp_path / "n.ipynb"))
    assert "The following cell failed" in validator.stream.getvalue()


class Words(HTMLParser):
    def __init__(self, source):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data


def test_what_a_student_wrote_is_escaped():
    found = [Exercise("<b>1</b>", "failed", 2.5, "1 of 3", "<script>alert(1)</script>")]
    page = Words(as_html(found))
    assert {"script", "b"}.isdisjoint(page.tags)
    assert "<script>alert(1)</script>" in page.words
    assert "2.5 points" in as_text(found)
    assert headline(found).startswith("0 of 1 exercises")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_the_command_of_a_student_with_the_generated_configuration(tmp_path):
    """Only what a student's machine has: the configuration, and nbgrader."""
    (tmp_path / "nbgrader_config.py").write_text(
        "from grader.checks.validate import validate_by_exercise\n\nc = get_config()\nvalidate_by_exercise(c)\n"
    )
    notebook(tmp_path)
    command = [sys.executable, "-m", "nbgrader", "validate", "n.ipynb"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("1 of 2 exercises pass their public checks")
    assert "The following cell failed" not in done.stdout


def test_the_configuration_runs_definitions_of_experiments_and_has_patience(monkeypatch):
    from traitlets.config import Config

    config = Config()
    validate_by_exercise(config)
    assert config.Execute.on_cell_start is only_define
    assert config.Execute.timeout == SECONDS
