"""Is what the lesson's experiments define there when answers are marked, and does a report say what is not?"""

from __future__ import annotations

import ast
import builtins

import pytest
from nbformat.v4 import new_code_cell

from grader.checks.definitions import bound, reads, split
from grader.checks.task import lessons
from grader.checks.validate import EXPERIMENT
from grader.marking.course.lessons import notebooks_of
from grader.marking.proving import samples
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.runner import Runner
from grader.marking.steps.cells_to_run import cells_to_run, sorted_cells

LESSON = "01-srn"
TASKS = {task.name: task for task in samples.tasks_of_notebook(samples.lesson_notebook(LESSON))}
FULL = {name: float(task.points) for name, task in TASKS.items()}

WITH_STABLE = """
def cross_entropy(o, targets):
    T, B = targets.shape
    losses = np.array([[stable(o[t, b], targets[t, b]) for b in range(B)] for t in range(T)], dtype=o.dtype)
    return losses.mean(), losses
"""
OWN_STABLE = """
def stable(o):
    top = o.max(axis=-1, keepdims=True)
    return top[..., 0] + np.log(np.exp(o - top).sum(axis=-1))
"""
WITH_OWN_STABLE = """
def cross_entropy(o, targets):
    losses = stable(o) - np.take_along_axis(o, targets[..., None], axis=-1)[..., 0]
    return losses.mean(), losses
"""
SLOW_HERE = "import time\ntime.sleep(60)\n"


def answers(name, source):
    def edit(nb):
        samples.answer_cell(nb, TASKS[name]).source = source.strip()

    return edit


def that_defines(nb, name):
    return next(cell for cell in nb.cells if cell.cell_type == "code" and f"def {name}(" in cell.source)


def renamed(nb):
    cell = that_defines(nb, "stable")
    cell.source = cell.source.replace("stable(", "my_own(")
    answers("srn.cross_entropy", WITH_STABLE.replace("stable(", "my_own("))(nb)


def broken(nb):
    that_defines(nb, "stable").source = "def stable(o, k:\n    return"
    answers("srn.cross_entropy", WITH_STABLE)(nb)


def deleted(nb):
    nb.cells.remove(that_defines(nb, "stable"))
    answers("srn.cross_entropy", WITH_STABLE)(nb)


def without_tags(nb):
    for cell in nb.cells:
        cell.metadata.pop("tags", None)
    answers("srn.cross_entropy", WITH_STABLE)(nb)


def tagged(nb):
    """Answers and checks with the tag of an experiment, which are none."""
    for cell in nb.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.tags = [EXPERIMENT]


def own_name(nb):
    """A helper of the student's own, with the name of one that stands further below."""
    at = nb.cells.index(samples.answer_cell(nb, TASKS["srn.step"]))
    nb.cells.insert(at, new_code_cell(OWN_STABLE.strip()))
    answers("srn.cross_entropy", WITH_OWN_STABLE)(nb)


def own_experiment(nb):
    """A cell of the student's own, tagged: what it defines is there, and it is not run."""
    cell = new_code_cell(SLOW_HERE + OWN_STABLE.strip().replace("stable", "log_sum"), metadata={"tags": [EXPERIMENT]})
    nb.cells.insert(nb.cells.index(samples.answer_cell(nb, TASKS["srn.step"])), cell)
    answers("srn.cross_entropy", WITH_OWN_STABLE.replace("stable(", "log_sum("))(nb)


def from_own_cell(nb):
    """A cell of the student's own computes with what an experiment computes."""
    at = nb.cells.index(samples.answer_cell(nb, TASKS["srn.f1_score"]))
    nb.cells.insert(at, new_code_cell('first_letters = texts["test"].symbols[:3]'))
    in_the_answer("first_letters", "srn.f1_score")(nb)


def in_the_answer(name, task):
    def edit(nb):
        cell = samples.answer_cell(nb, TASKS[task])
        head, _, rest = cell.source.partition("\n    ### BEGIN SOLUTION\n")
        cell.source = f"{head}\n    used = {name}\n{rest}"

    return edit


RIGHT = {
    "as-released": answers("srn.cross_entropy", WITH_STABLE),
    "renamed": renamed,
    "broken": broken,
    "deleted": deleted,
    "without-tags": without_tags,
    "tagged": tagged,
    "own-name": own_name,
    "own-experiment": own_experiment,
    "two-names": in_the_answer("naive_softmax(np.zeros(3)), memory", "srn.output_layer"),
}
LOST = {
    "computed": (in_the_answer("texts", "srn.word_starts"), "srn.word_starts"),
    "computed-again": (in_the_answer("W", "srn.output_layer"), "srn.output_layer"),
    "from-own-cell": (from_own_cell, "srn.f1_score"),
}
BUILTINS = set(vars(builtins))
EDITS = RIGHT | {student: edit for student, (edit, _) in LOST.items()}
SAID = {
    "computed": "`texts` was not there: line 1 of the cell below",
    "computed-again": "`W` was not there: line 3 of the cell below",
    "from-own-cell": "`first_letters` was not there, because a cell failed: line 1 of the cell below",
}


@pytest.mark.parametrize("student", RIGHT)
def test_right_answers_get_all_points(marked, student):
    assert marked(student).points == FULL
    assert marked(student).record["failed_cells"] == []


@pytest.mark.parametrize("student", LOST)
def test_what_an_experiment_computes_is_named_where_it_is_missing(marked, student):
    task = TASKS[LOST[student][1]]
    assert marked(student).points == FULL | {task.name: 0.0}
    assert SAID[student] in marked(student).report(task)
    assert "not what they compute: compute it in your answer" in marked(student).report(task)


def test_experiments_without_their_tag_are_not_run_either(marked):
    shown = [cell.outputs for cell in marked("without-tags").nb.cells if cell.cell_type == "code"]
    assert sum(map(bool, shown)) == len(TASKS)


# --- all lessons ----------------------------------------------------------------------------------------------------


def defined(source):
    """What an experiment defines, by name; but for what it changes then, such as a list that a loop fills."""
    found = split(ast.parse(source).body)
    return {name: each for each in found.kept for name in bound(each) if name not in found.computed}


@pytest.mark.parametrize(
    "lesson", [pytest.param(each, marks=pytest.mark.slow if each > "02" else ()) for each in lessons()]
)
def test_every_name_that_an_experiment_defines_is_there_below_it(lesson, course):
    with Runner(course) as runner:
        for name in notebooks_of(lesson):
            nb = samples.lesson_notebook(lesson, name)
            own = sorted_cells(nb)
            experiments = [cell for cell in nb.cells if EXPERIMENT in cell.metadata.get("tags", ())]
            for cell in experiments:
                probe = new_code_cell("print(*globals())")
                nb.cells.insert(nb.cells.index(cell) + 1, probe)
            result = runner.run(Job(lesson, cells_to_run(nb, own), {}, {}, Limits()))
            assert result.ended == ""
            for index, cell in enumerate(nb.cells):
                if EXPERIMENT in cell.metadata.get("tags", ()):
                    [shown] = result.outputs[index + 1]
                    missing = there(cell.source, set(shown["text"].split()))
                    assert not missing, f"{name}, {cell.source[:60]!r}"


def there(source, names):
    """The names that are defined and not there, but for what reads a name that is not there either."""
    return {
        name for name, each in defined(source).items() if name not in names and set(reads(each)) <= names | BUILTINS
    }
