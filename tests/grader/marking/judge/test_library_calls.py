"""Are library calls found in a notebook's source, with the exercise that makes them, and never in a right answer?"""

import inspect
import textwrap

import pytest

from grader.checks.library import WRITTEN_BY_HAND
from grader.checks.task import find_task, lessons, tasks_by_grade_id
from grader.marking.answers.references.live import reference
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.judge.library_calls import LONGEST, leads_to, library_calls, noted
from grader.marking.judge.referee import Verdict
from grader.marking.steps.read_notebook import read_notebook
from grader.marking.steps.run_in_sandbox import is_task_cell

STEP, SEQUENCE = find_task("gru.step"), find_task("gru.sequence")


def calls(source, name="gru.step"):
    return library_calls(find_task(name), [textwrap.dedent(source)])


@pytest.mark.parametrize(
    "source",
    [
        "import torch\ndef step(x): return torch.nn.GRUCell(3, 4)(x)",
        "import torch.nn as nn\ndef step(x): return nn.GRUCell(3, 4)(x)",
        "from torch.nn import GRUCell as Cell\nstep = lambda x: Cell(3, 4)(x)",
        "from torch.nn import *\ndef step(x): return GRUCell(3, 4)(x)",
        "from torch import nn\nmade = nn.GRUCell(3, 4)\ndef step(x): return made(x)",
        "def step(x):\n    import torch as t\n    return t.nn.GRUCell(3, 4)(x)",
        "import torch\nclass C(torch.nn.GRUCell): pass\ndef inner(x): return C(3, 4)(x)\ndef step(x): return inner(x)",
        "%matplotlib inline\nimport torch\ndef step(x): return torch.nn.GRUCell(3, 4)(x)",
        "import torch\nif True:\n    def step(x): return torch.nn.GRUCell(3, 4)(x)",
        "import torch\ndef step(x): return torch.nn.GRUCell(3, 4)(x) if x is 1 else x",
    ],
)
def test_a_call_is_found_however_it_is_written(source):
    assert calls(source) == ("torch.nn.GRUCell",)


@pytest.mark.parametrize(
    "source",
    [
        "import torch\nx, h = torch.nn.GRUCell(3, 4), 0\ndef step(x):\n    h = x\n    return [x + h for x in h]",
        "import torch\ndef elsewhere(x): return torch.nn.GRUCell(3, 4)(x)\ndef step(x): return x",
        "def step(x):\n    'as torch.nn.GRUCell does'\n    return x  # torch.nn.GRUCell",
        "import torch\ndef step(x): return torch.functional.einsum('ab->ba', x)",
        "import torch\ndef step(x): return torch.nn.GRUCell(3, 4)(x)\ndef step(x): return x",
        "import torch\ndef step(x): return torch.nn.GRUCell(3, 4)(x",
        "step = 3\n" + "#" * LONGEST + "\nimport torch\ndef step(x): return torch.nn.GRUCell(3, 4)(x)",
        "",
    ],
)
def test_what_the_answer_does_not_use_or_python_does_not_read_is_not(source):
    assert calls(source) == ()


def test_a_method_tells_by_itself_only_where_the_exercise_says_so():
    source = "def derivation(u): return (u**2).diff(u)\ndef step(x): return x.diff()"
    assert calls(source, "bptt.derivation") == (".diff",)
    assert calls(source) == ()


COMPLEX_STEP = """
    import numpy as np
    def slope_of(f, at): return np.imag(f(at + 1e-30j)) / 1e-30
"""


def test_a_derivative_by_the_complex_step_is_noted_as_autograd_is():
    used = COMPLEX_STEP + "    def gradients(x): return slope_of(np.tanh, x)"
    assert calls(used, "bptt.gradients") == (".imag",)
    assert calls(COMPLEX_STEP + "    def gradients(x): return 1 - x**2", "bptt.gradients") == ()


@pytest.mark.parametrize(
    "source",
    [
        "import torch\ndef output_layer(h): return torch.nn.Softmax(-1)(h)",
        "from torch import special\ndef output_layer(h): return special.softmax(h, -1)",
        "from torch.distributions import Categorical\ndef output_layer(h): return Categorical(logits=h).probs",
    ],
)
def test_a_softmax_is_found_under_each_of_its_names(source):
    assert calls(source, "srn.output_layer")


def test_the_backward_pass_of_a_cell_is_no_autograd():
    source = "from solutions.cells import CELLS\ndef backward(kind): return CELLS[kind].backward()"
    assert calls(source, "deep.backward") == ()


def test_a_call_in_an_earlier_answer_is_noted_there_alone():
    source = "import torch\ndef step(x): return torch.nn.GRUCell(3, 4)(x)\ndef sequence(x): return [step(x)]"
    assert calls(source, "gru.sequence") == ()
    assert leads_to(SEQUENCE, [source]) == (STEP,)


def test_definitions_that_lead_to_each_other_come_to_an_end():
    assert calls("def step(x): return other(x)\ndef other(x): return step(x)") == ()


@pytest.mark.parametrize("lesson", lessons())
def test_no_reference_solution_makes_one_in_its_notebook(lesson):
    """Where a lesson's cells call PyTorch's layers ``layer``, ``x`` and ``h``, as the answers call their own."""
    known, found = tasks_by_grade_id(), {}
    for notebook in notebooks_of(lesson):
        sources: list[str] = []
        for cell in read_notebook(LESSON_FOLDER / lesson / f"{notebook}.ipynb").cells:
            sources += [cell.source] if cell.cell_type == "code" else []
            if is_task_cell(cell, known):
                task = known[cell.metadata.nbgrader.grade_id]
                found[task.name] = library_calls(task, sources)
    assert found
    assert {name: calls for name, calls in found.items() if calls} == {}


@pytest.mark.parametrize("name", WRITTEN_BY_HAND)
def test_no_reference_solution_makes_one(name):
    task = find_task(name)
    assert library_calls(task, [inspect.getsource(inspect.getmodule(reference(task)))]) == ()


def test_a_note_costs_nothing_unless_the_course_says_so():
    verdict = Verdict(STEP, 2.0, remarks=("Python warned",))
    kept, lost = (noted(verdict, ("torch.gru_cell",), costs) for costs in (False, True))
    assert (kept.points, kept.library, kept.reason) == (2.0, ("torch.gru_cell",), "")
    assert (lost.points, lost.reason) == (0.0, "calls torch.gru_cell")
    assert "torch.gru_cell" in kept.remarks[0]
    assert kept.remarks[-1] == "Python warned"
    assert lost.remarks[1] == "In this course such an answer has no points."


def test_without_a_call_nothing_changes():
    verdict = Verdict(STEP, 2.0)
    assert noted(verdict, (), True) == verdict


def test_what_is_not_marked_stays_so():
    assert noted(Verdict(STEP, None), ("torch.gru_cell",), True).points is None
