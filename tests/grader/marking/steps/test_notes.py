"""Do notes become sentences, whatever stands in them, and change no mark?"""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.checks.answers import Answer, Problem
from grader.checks.compare import compare
from grader.checks.task import find_task
from grader.inside.salvage import NOTE
from grader.marking.judge.referee import Verdict
from grader.marking.steps.notes import (
    FROM_GRADER,
    MOST_FAILURES,
    cut_cells,
    explained,
    failures,
    name_the_cause,
    put_on_top,
    take_notes,
)

TASK = find_task("srn.step")
EINOPS = {
    "line": 2,
    "source": "import einops",
    "error": "ModuleNotFoundError: No module named 'einops'",
    "missing": {"einops": [2, "import einops"]},
}
LEFT = {"line": 0, "source": "", "error": "", "missing": {"texts": [4, "texts = {part: english(`part`)}"]}}
NAMELESS = {**EINOPS, "source": "", "error": "NameError: name 'texts' is not defined", "missing": {"words": [3, ""]}}

NOT_PYTHON = {
    "line": 2,
    "source": "return (x",
    "error": "SyntaxError: '(' was never closed",
    "missing": {"step": [1, "def step(x):"]},
}


def cell(*bundles):
    return new_code_cell("run", outputs=[new_output("display_data", data={NOTE: bundle}) for bundle in bundles])


def notes(*bundles):
    """The notes of a notebook with a heading, and a cell for each bundle, from index 1 on."""
    heading = new_markdown_cell("# Lesson\n\ntext\n\n## 1.2 The `text`\n\nMore.")
    return take_notes(new_notebook(cells=[heading, *map(cell, bundles)]))


def stopped_with(error):
    """The verdict where a function stops with this error."""
    case = TASK.cases[0]
    answer = Answer(case.label, 0, problem=Problem("exception", error))
    return Verdict(TASK, 0.0, tuple(compare(TASK, case, answer, {}, {})), ("Something else.",), reason="an exception")


def test_notes_are_taken_out_and_other_outputs_stay():
    printed = new_output("stream", text="printed")
    one = cell(EINOPS)
    one.outputs.append(printed)
    assert len(take_notes(new_notebook(cells=[one]))) == 1
    assert one.outputs == [printed]


def test_a_failed_cell_is_named_with_heading_line_and_error():
    assert failures(notes(LEFT, EINOPS), frozenset()) == [
        "line 2 of the cell below “1.2 The 'text'”, `import einops`: `ModuleNotFoundError: No module named 'einops'` "
        "(the marking machine does not have `einops`; what the lessons import is there)"
    ]


def test_without_a_heading_the_cell_stands_on_top():
    assert failures(take_notes(new_notebook(cells=[cell(EINOPS)])), frozenset())[0].startswith(
        "line 2 of the cell at the top of the notebook"
    )


def test_a_check_that_failed_is_no_cell_of_the_students_own():
    assert failures(notes(EINOPS), frozenset({1})) == []


def test_a_failure_for_lack_of_what_an_experiment_computes_says_so():
    (said,) = failures(notes(LEFT, NAMELESS), frozenset())
    assert "`texts` was not there: line 4 of the cell below “1.2 The 'text'”" in said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("NameError: name 'texts' is not defined, in line 3 of the cell that defines step", "line 4 of the cell"),
        ("NameError: name 'einops' is not defined", "because a cell failed: line 2 of the cell"),
        ("NameError: name 'words' is not defined", "`texts` was not there"),
    ],
)
def test_a_name_that_is_missing_in_an_answer_is_explained_first(error, said):
    verdict = explained(stopped_with(error), new_code_cell(), 9, notes(LEFT, EINOPS, NAMELESS))
    assert said in verdict.remarks[0]
    assert verdict.remarks[1:] == ("Something else.",)
    assert verdict.reason.endswith("is not there in marking")
    assert verdict.points == 0.0


def test_a_name_that_is_missing_in_the_check_itself_is_explained():
    failed = new_output("error", ename="NameError", evalue="name 'einops' is not defined", traceback=[])
    verdict = explained(Verdict(TASK, 0.0), new_code_cell(outputs=[failed]), 9, notes(EINOPS))
    assert "because a cell failed" in verdict.remarks[0]


def test_a_cell_that_is_not_python_is_the_only_reason_given():
    failed = new_output("error", ename="NameError", evalue="name 'step' is not defined", traceback=[])
    no_answer = Verdict(TASK, 0.0, remarks=("No answer arrived: NameError.",))
    verdict = explained(no_answer, new_code_cell(outputs=[failed]), 9, notes(NOT_PYTHON))
    (said,) = verdict.remarks
    assert verdict.reason == "the cell that defines `step` is not Python (line 2: '(' was never closed)"
    assert "the cell that defines `step` is not Python: line 2 of the cell" in said
    assert "`return (x`: `SyntaxError: '(' was never closed`" in said
    assert "NameError" not in said


@pytest.mark.parametrize("error", ["NameError: name 'typo' is not defined", "ValueError: texts", ""])
def test_any_other_failure_is_left_as_it_is(error):
    before = stopped_with(error)
    assert explained(before, new_code_cell(), 9, notes(LEFT, EINOPS)) is before


def test_of_two_notes_the_nearest_above_speaks():
    later = {**LEFT, "missing": {"texts": [7, "texts = read()"]}}
    above, below = explained_by(notes(LEFT, later), 9), explained_by(notes(LEFT, later), 2)
    assert "line 7 " in above
    assert "line 4 " in below


def explained_by(found, index):
    return explained(stopped_with("NameError: name 'texts' is not defined"), new_code_cell(), index, found).remarks[0]


@pytest.mark.parametrize(
    "bundle",
    [
        None,
        3,
        "text",
        [],
        {},
        {"line": "2", "source": 3, "error": None, "missing": []},
        {"line": True, "missing": {"a b": [1, ""], "x": 3, "y": [1], "z": ["1", 2]}},
        {**EINOPS, "source": "a\n`b`\n" * 999, "error": "<b>\ud800" * 999},
    ],
)
def test_a_note_of_no_form_does_no_harm(bundle):
    found = notes(bundle)
    for said in failures(found, frozenset()):
        assert len(said) < 500
        assert "\n" not in said
    assert explained_by([*found, *notes(LEFT)], 9)


def test_a_cell_that_was_cut_off_is_named_by_its_place_and_its_code():
    cells = [new_markdown_cell("## My own"), new_code_cell("import time\ntime.sleep(99)"), new_code_cell("check()")]
    said = cut_cells(cells, {-3: "the lesson's", 1: "It ran too long.", 2: "It ran too long."}, frozenset({2}))
    assert said == ["the cell below “My own”, `import time time.sleep(99)`: It ran too long."]


def test_a_cell_that_is_not_python_is_called_so_on_top():
    nb = new_notebook(cells=[new_code_cell()])
    put_on_top(nb, failures(notes(NOT_PYTHON), frozenset()))
    assert "`SyntaxError: '(' was never closed` (the cell is not Python)" in nb.cells[0].source
    assert "of a cell that Python cannot read, nothing was" in nb.cells[0].source


def test_incomplete_input_becomes_the_cause():
    shown = new_output("error", ename="SyntaxError", evalue="incomplete input (1.py, line 2)")
    shown.traceback = ["  Cell In[7], line 2", "\x1b[31mSyntaxError\x1b[39m: incomplete input\n"]
    nb = new_notebook(cells=[cell(NOT_PYTHON)])
    nb.cells[0].outputs.append(shown)
    name_the_cause(nb, take_notes(nb))
    assert nb.cells[0].outputs[0].evalue == "'(' was never closed (1.py, line 2)"
    assert nb.cells[0].outputs[0].traceback[1].endswith("SyntaxError\x1b[39m: '(' was never closed\n")


@pytest.mark.parametrize("lines", [None, 3, [3, None]])
def test_a_traceback_of_no_form_does_no_harm(lines):
    nb = new_notebook(cells=[cell(NOT_PYTHON)])
    nb.cells[0].outputs.append(NotebookNode(output_type="error", evalue="incomplete input", traceback=lines))
    name_the_cause(nb, take_notes(nb))
    assert nb.cells[0].outputs[0].evalue == "'(' was never closed"


def test_on_top_stand_the_first_failures_and_how_many_more():
    nb = new_notebook(cells=[new_code_cell()])
    put_on_top(nb, [])
    assert len(nb.cells) == 1
    put_on_top(nb, [f"line {n}" for n in range(MOST_FAILURES + 5)])
    assert nb.cells[0].metadata[FROM_GRADER]
    assert nb.cells[0].source.count("\n- Line") == MOST_FAILURES
    assert nb.cells[0].source.endswith("… and 5 more")
