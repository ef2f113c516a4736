"""Is what is drawn once what is drawn each time, whatever a function does to it?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.checks.answers import collect
from grader.checks.compare import compare
from grader.checks.task import Task, all_tasks, find_task
from grader.marking.answers.references import reference_outputs
from grader.marking.answers.references.drawn_once import drawn_once, seen_unchanged
from grader.marking.answers.references.live import reference

TASKS = list(all_tasks().values())


def as_lists(value):
    """The value with a list, dtype and shape in place of every array: these can be compared."""
    if isinstance(value, np.ndarray):
        return value.tolist(), value.dtype, value.shape
    if isinstance(value, dict):
        return {name: as_lists(each) for name, each in value.items()}
    return [as_lists(each) for each in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_it_draws_what_the_task_draws(task):
    once = drawn_once(task)
    for case in task.cases:
        for _ in range(2):
            assert repr(as_lists(once.draw(case, 5))) == repr(as_lists(task.draw(case, 5)))


def test_a_function_that_changes_its_inputs_changes_nobody_elses():
    task = find_task("srn.step")
    case, before = task.cases[0], task.draw(task.cases[0], 7)
    for value in drawn_once(task).draw(case, 7).values():
        value[...] = 0
    assert all(np.array_equal(value, before[name]) for name, value in drawn_once(task).draw(case, 7).items())


def test_a_case_or_a_task_that_is_not_declared_draws_its_own():
    task = find_task("srn.step")
    wide = replace(task.cases[0], sizes={**task.cases[0].sizes, "H": 11})
    assert drawn_once(task).draw(wide, 7)["U"].shape == (11, 11)
    other = replace(task, inputs=lambda rng, sizes, case: {"x": 1})
    assert drawn_once(other) is other


@pytest.mark.parametrize("changes", [False, True])
def test_changed_inputs_are_found_the_first_time_and_every_other(changes):
    task, right = find_task("srn.step"), reference(find_task("srn.step"))

    def step(x_t, h, W, U, b):
        found = right(x_t, h, W, U, b)
        h += changes
        return found

    case = task.cases[0]
    answer, expected = collect(task, step, case, 3), reference_outputs(task, case, 3)
    for _ in range(2):
        seen = seen_unchanged(task, answer)
        assert (seen.sums is None) is not changes
        assert repr(compare(drawn_once(task), case, seen, expected, {})) == repr(
            compare(task, case, answer, expected, {})
        )


def test_it_is_a_task_with_the_same_name_and_results():
    task = find_task("lstm.module")
    once: Task = drawn_once(task)
    assert (once.name, once.outputs, once.cases, once.torch) == (task.name, task.outputs, task.cases, task.torch)
