"""Does `check` work where students meet it: in a real kernel, and in nbgrader's Validate?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat import v4, write

from grader.checks.answers import MIME
from grader.checks.errors import STOPS_HERE

pytestmark = pytest.mark.filterwarnings("ignore")  # Jupyter's own

ROOT = Path(__file__).parents[3]
IMPORTS = "import sys, warnings\nimport numpy as np\nfrom grader.checks import check"
STEP = "def step(x_t, h, W, U, b):\n    return np.tanh(x_t @ W.T + h @ U.T + b)"
WRONG = "def step(x_t, h, W, U, b):\n    warnings.warn('careful')\n    return np.tanh(x_t @ W.T + h @ U.T)"
CHECK = 'check("srn.step", step)'


def run(*sources, **environment):
    """Outputs of the cells, executed in a real kernel."""
    import os

    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in (IMPORTS, *sources)])
    client = NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=60)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment}
    client.execute(cwd=str(ROOT), env=env)
    return [cell.outputs for cell in notebook.cells[1:]]


@pytest.fixture(scope="module")
def cells():
    sources = [STEP, CHECK, WRONG, CHECK]
    for mode in ("Minimal", "Verbose", "Plain", "Context"):
        sources += [f"%xmode {mode}", CHECK]
    sources += [
        "%tb",
        'check("srn.stp", step)',
        'import io; sys.stdout.isatty(); x = check("srn.step", lambda **k: 1 / zero)',
    ]
    return run(*sources)


def test_a_right_answer_displays_one_bundle_of_text_and_html(cells):
    (output,) = cells[1]
    assert output.output_type == "display_data"
    assert set(output.data) == {"text/plain", "text/html"}
    assert output.data["text/plain"].endswith("public checks passed")


def test_a_wrong_answer_displays_the_report_and_a_clean_error(cells):
    report, error = cells[3]
    assert report.data["text/plain"].endswith("3 of 3 public checks failed")
    assert error.ename == "CheckFailed"
    assert error.traceback == [STOPS_HERE.format("srn.step")]
    assert error.evalue.startswith("srn.step: 3 of 3 public checks failed ✗ every case: ")


@pytest.mark.parametrize("cell", [5, 7, 9, 11])
def test_no_mode_of_tracebacks_shows_more(cells, cell):
    assert cells[cell][-1].traceback == cells[3][-1].traceback


def test_the_last_traceback_is_clean_too(cells):
    assert cells[12][-1].traceback == cells[3][-1].traceback


def test_an_unknown_task_is_a_clean_error(cells):
    (error,) = cells[13]
    assert error.traceback == ["UnknownTask: there is no task 'srn.stp'; did you mean 'srn.step'?"]


def test_the_line_of_the_students_cell_is_shown(cells):
    assert "in line 1 of its cell: import io" in " ".join(cells[14][0].data["text/plain"].split())


@pytest.mark.parametrize("body", ["raise NotImplementedError()", "...", "return ...", "return None", "'My step.'"])
def test_a_half_written_answer_gets_one_line_and_the_notebook_goes_on(body):
    (report,) = run(f"def step(x_t, h, W, U, b):\n    {body}", CHECK)[1]
    assert "\n" not in report.data["text/plain"]
    assert report.data["text/plain"].startswith("srn.step: `step` is not written yet")


def test_a_forgotten_return_is_wrong():
    report, error = run("def step(x_t, h, W, U, b):\n    z = x_t @ W.T", CHECK)[1]
    assert "every case: your code returned None: is a `return` missing?" in report.data["text/plain"]
    assert error.ename == "CheckFailed"


def test_validate_counts_what_is_half_written(tmp_path, monkeypatch):
    (failed,) = validated(tmp_path, monkeypatch, "def step(x_t, h, W, U, b):\n    ...")["failed"]
    assert failed["error"].startswith("srn.step: `step` is not written yet")


ENDLESS = """def step(x_t, h, W, U, b):
    for row in x_t:
        n = 0
        while n >= 0:
            try:
                n += sum(range(10))
            except:
                pass
"""


def test_what_does_not_end_is_stopped_with_a_sentence_that_names_its_loop():
    endless = run(ENDLESS, CHECK, "print('goes on')", RNN_WORKBOOK_CHECK_SECONDS="0.3")
    again = run(ENDLESS, CHECK, RNN_WORKBOOK_CHECK_SECONDS="0.3")
    report, _ = endless[1]
    words = " ".join(report.data["text/plain"].split())
    place = "in line 4 of the cell that defines step: while n >= 0:"
    assert f"ordinary: your code was stopped: after 0.3 seconds it still ran, {place}" in words
    assert words.endswith("stopped at public check 1 of 3")
    assert endless[2][0].text == "goes on\n"
    assert again[1] == endless[1]
    assert "TookTooLong" not in str(endless)


def test_a_marking_run_gives_one_bundle_and_never_an_error(tmp_path):
    file = tmp_path / "run.json"
    file.write_text(json.dumps({"format": 1, "tasks": {"srn.step": [["ordinary", 1], ["one row", 2]]}}))
    for outputs in run(WRONG, CHECK, "step = 3", CHECK, RNN_WORKBOOK_RUN=str(file))[1::2]:
        (output,) = outputs
        assert set(output.data) == {MIME, "text/plain"}
        assert [case["seed"] for case in output.data[MIME]["cases"]] == [1, 2]


def validated(folder, monkeypatch, source):
    """What nbgrader's Validate finds in a notebook with this solution."""
    from nbgrader.validator import Validator

    def about(name, grade):
        return {
            "grade_id": name,
            "schema_version": 3,
            "grade": grade,
            "solution": not grade,
            "locked": grade,
            "task": False,
        }

    solution = v4.new_code_cell(source, metadata={"nbgrader": about("srn-step-answer", False)})
    grade = v4.new_code_cell(CHECK, metadata={"nbgrader": {**about("srn-step", True), "points": 3}})
    notebook = v4.new_notebook(cells=[v4.new_code_cell(IMPORTS), solution, grade])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    write(notebook, folder / "n.ipynb")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    validator = Validator(ignore_checksums=True)
    return validator.validate(str(folder / "n.ipynb"))


def test_validate_passes_a_right_answer_that_warns(tmp_path, monkeypatch):
    noisy = STEP.replace("return", "warnings.warn('careful'); print('loud', file=sys.stderr)\n    return")
    assert "failed" not in validated(tmp_path, monkeypatch, noisy)


def test_validate_shows_a_wrong_answer_cleanly(tmp_path, monkeypatch):
    (failed,) = validated(tmp_path, monkeypatch, WRONG)["failed"]
    assert failed["error"].startswith("srn.step: 3 of 3 public checks failed ✗ every case: ")
    assert "Traceback" not in failed["error"]


# --- the four other conventions of lesson 04, which its text promises to name -----------------------------------------

GATES = """
def sigma(a):
    return 1 / (1 + np.exp(-a))

def gates(x_t, h, W, U, b, b_m):
    H = h.shape[1]
    W_r, W_z, W_n = W[:H], W[H:2 * H], W[2 * H:]
    U_r, U_z, U_n = U[:H], U[H:2 * H], U[2 * H:]
    b_r, b_z, b_n = b[:H], b[H:2 * H], b[2 * H:]
    r = sigma(x_t @ W_r.T + h @ U_r.T + b_r)
    z = sigma(x_t @ W_z.T + h @ U_z.T + b_z)
    n = np.tanh(x_t @ W_n.T + b_n + r * (h @ U_n.T + b_m))
    return r, z, n

def step(x_t, h, W, U, b, b_m):
    r, z, n = gates(x_t, h, W, U, b, b_m)
    return n + z * (h - n)
"""
CONVENTIONS = {
    "z and 1 − z": ("n + z * (h - n)", "h + z * (n - h)", "gru.step"),
    "reset before the product": ("r * (h @ U_n.T + b_m)", "(r * h) @ U_n.T + b_m", "gru.gates"),
    "order z, r, n": ("_r, {0}_z, {0}_n =", "_z, {0}_r, {0}_n =", "gru.gates"),
    "one bias": ("+ r * (h @ U_n.T + b_m)", "+ b_m + r * (h @ U_n.T)", "gru.gates"),
}


def in_another_convention(name):
    """The cell of a student who follows another book, and the check that shows it."""
    old, new, task = CONVENTIONS[name]
    source = GATES
    for letter in "WUb":
        assert old.format(letter) in source
        source = source.replace(letter + old.format(letter), letter + new.format(letter)) if "{" in old else source
    return source if "{" in old else source.replace(old, new), task


def test_the_four_conventions_of_lesson_04_are_named_and_the_right_one_is_not():
    written = [in_another_convention(name) for name in CONVENTIONS]
    calls = [
        (source, f'check("{task}", {task.partition(".")[2]}, details=True)')
        for source, task in [*written, (GATES, "gru.step")]
    ]
    outputs = run(*(cell for pair in calls for cell in pair))[1::2]
    *reports, right = [cell[0].data["text/plain"] for cell in outputs]
    assert right.endswith("public checks passed")
    for report, about in zip(reports, ("z and 1 − z", "2014", "order z, r, n", "b_m"), strict=True):
        sentence = report.partition("  ! ")[2].partition("✗")[0]
        assert about in " ".join(sentence.split()), report
        assert report.index("!") < report.index("✗")
