"""Does a right answer get its points whatever a student did to the cells around it, and is a cell that failed named?"""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from grader.checks.task import lessons
from grader.marking.course.lessons import notebooks_of
from grader.marking.judge.plan import make_plan
from grader.marking.judge.referee import judge
from grader.marking.proving import samples
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.runner import Runner
from grader.marking.steps.cells_to_run import cells_to_run, grade_id, sorted_cells

LESSON = "01-srn"
TASKS = {task.name: task for task in samples.tasks_of_notebook(samples.lesson_notebook(LESSON))}
FULL = {name: float(task.points) for name, task in TASKS.items()}


def first(nb):
    return next(cell for cell in nb.cells if cell.cell_type == "code")


def in_front(lines):
    def edit(nb):
        first(nb).source = f"{lines}\n{first(nb).source}"

    return edit


def cells_before(*sources):
    def edit(nb):
        nb.cells[:0] = [new_code_cell(source) for source in sources]

    return edit


def cells_behind(*sources):
    def edit(nb):
        at = nb.cells.index(first(nb)) + 1
        nb.cells[at:at] = [new_code_cell(source) for source in sources]

    return edit


def deleted(nb):
    nb.cells.remove(first(nb))


def at_the_end(nb):
    cell = first(nb)
    nb.cells.remove(cell)
    nb.cells.append(cell)


def in_every_answer(line):
    def edit(nb):
        for task in TASKS.values():
            cell = samples.answer_cell(nb, task)
            cell.source = f"{line}\n{cell.source}"

    return edit


def uses_own_imports(nb):
    """Beside a missing package; and what is computed from them, in the same cell."""
    in_front("import einops, math\nfrom operator import add as plus\nfrom textwrap import nothing\nbase = math.exp(0)")(
        nb
    )
    cell = samples.answer_cell(nb, TASKS["srn.parameter_count"])
    cell.source = "def parameter_count(D, H, O):\n    return plus(math.prod((H, D)), H * H + H + O * H + O) * int(base)"


EINOPS = "`import einops`: `ModuleNotFoundError: No module named 'einops'`"
CASES = {
    "missing-package": (
        in_front("import einops"),
        "Line 1 of the cell below “01 · SRN: the simple recurrent network”, " + EINOPS,
    ),
    "missing-backend": (
        in_front("\n\n%matplotlib widget"),
        "Line 3 of the cell below “01 · SRN: the simple recurrent network”, `%matplotlib widget`",
    ),
    "installed": (in_front("%pip install einops\n!pip install einops\nimport einops"), EINOPS),
    "colab": (in_front("from google.colab import drive\ndrive.mount('/content/drive')"), "No module named 'google'"),
    "unknown-magic": (in_front("%load_ext nothing_like_it"), "nothing_like_it"),
    "no-such-magic": (in_front("%no_such_magic"), "no_such_magic"),
    "no-python": (in_front("import numpy as"), "`import numpy as`: `SyntaxError: invalid syntax`"),
    "own-imports": (uses_own_imports, "import einops"),
    "in-the-answers": (in_every_answer("import einops"), EINOPS),
    "deleted": (deleted, ""),
    "at-the-end": (at_the_end, ""),
    "check-is-shadowed": (cells_behind("check = None", "def check(*_):\n    return True"), ""),
    "numpy-is-shadowed-before": (cells_before("np = 3", "check = plots = device = seed_all = None"), ""),
    "checks-are-shadowed": (cells_behind("import grader\ngrader.checks = None"), ""),
    "missing-package-by-itself": (
        cells_before("import einops"),
        f"Line 1 of the cell at the top of the notebook, {EINOPS}",
    ),
}
"""Student → what was done to the notebook, and what the report says on top."""
EDITS = {student: edit for student, (edit, _) in CASES.items()}


@pytest.mark.parametrize("student", EDITS)
def test_right_answers_get_all_points(marked, student):
    assert marked(student).points == FULL


@pytest.mark.parametrize("student", EDITS)
def test_what_failed_is_named_on_top_and_nothing_else_is(marked, student):
    said, (top, *_) = CASES[student][1], marked(student).nb.cells
    if said:
        assert "A cell failed when this notebook was marked." in top.source
        assert said in top.source
    else:
        assert "failed" not in top.source
    assert bool(said) == bool(marked(student).record["failed_cells"])


def test_each_cell_that_failed_is_named_once(marked):
    assert len(marked("in-the-answers").record["failed_cells"]) == len(TASKS)
    assert "below “Exercise 1.1" in marked("in-the-answers").nb.cells[0].source


def test_no_note_is_left_in_the_outputs(marked):
    for student in EDITS:
        outputs = [out for cell in marked(student).nb.cells for out in cell.get("outputs", [])]
        assert not [out for out in outputs if "a note for the report" in str(out)]


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons())
def test_no_lesson_needs_the_students_first_cell(lesson, course):
    """Some define data or numbers there."""
    with Runner(course) as runner:
        for name in notebooks_of(lesson):
            nb = samples.lesson_notebook(lesson, name)
            own, tasks = sorted_cells(nb), {task.grade_id: task for task in samples.tasks_of_notebook(nb)}
            nb.cells[nb.cells.index(first(nb))] = new_code_cell("check = None")
            plan = make_plan(b"", name, tasks.values())
            result = runner.run(Job(lesson, cells_to_run(nb, own), plan, {}, Limits()))
            for index, cell in enumerate(nb.cells):
                if task := tasks.get(grade_id(cell)):
                    assert judge(task, result.outputs[index], plan[task.name]).points == task.points, task.name
