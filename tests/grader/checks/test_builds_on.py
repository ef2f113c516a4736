"""Does every task name the earlier ones that an answer may call?"""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest

from grader.checks.task import LESSONS, all_tasks, earlier_of, find_task, tasks_of
from grader.marking.judge.follow_through import has_stand_in

BUILDING = [task for task in all_tasks().values() if task.builds_on]


@pytest.mark.parametrize("task", BUILDING, ids=lambda task: task.name)
def test_only_earlier_tasks_of_the_same_notebook_are_named(task):
    known = list(tasks_of(task.module))
    before = known[: known.index(task.name)]
    assert set(task.builds_on) <= set(before)
    assert len(set(task.builds_on)) == len(task.builds_on)


@pytest.mark.parametrize("task", BUILDING, ids=lambda task: task.name)
def test_every_earlier_answer_can_have_a_stand_in(task):
    """It is a function of plain values: nothing has to be differentiated through it, and nobody inherits from it."""
    assert all(has_stand_in(each) for each in earlier_of(task))


def test_all_that_a_task_builds_on_comes_in_the_order_of_the_notebook():
    assert [task.name for task in earlier_of(find_task("gru.backward"))] == [
        "gru.gates",
        "gru.step",
        "gru.sequence",
        "gru.forward",
        "gru.error_terms",
    ]
    assert earlier_of(find_task("srn.step")) == ()


def calls(module: str) -> dict[str, set[str]]:
    """Name of each of a module's definitions → the names that its code mentions."""
    tree = ast.parse(inspect.getsource(importlib.import_module(f"solutions.{module}")))
    definitions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    return {
        node.name: {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - {node.name}
        for node in definitions
    }


@pytest.mark.parametrize("module", LESSONS)
def test_what_a_reference_calls_is_declared(module):
    """Also through functions of the module that no task asks for."""
    tasks, mentions = {task.function: task for task in tasks_of(module).values()}, calls(module)
    for name, task in tasks.items():
        seen, new = set(), {name}
        while new:
            seen |= new
            new = {each for one in new for each in mentions.get(one, ()) if each in mentions} - seen
        used = {tasks[each].name for each in seen & set(tasks)} - {task.name}
        assert used <= {each.name for each in earlier_of(task)}, name
