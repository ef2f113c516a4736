"""Can the sample submissions be run as they stand?"""

from __future__ import annotations

import ast
import builtins
import dis
from collections.abc import Iterator
from types import CodeType

import pytest

from grader.checks.task import LESSONS, find_task, tasks_of
from grader.marking.answers.alternatives import alternatives
from grader.marking.answers.alternatives.bidirectional import states_in_torch
from grader.marking.proving.samples import alternative_source, used

MODULE = """
FIRST, SECOND = 1, 2
TABLE: dict = {"a": _of_table}
OTHER = [name for name in "ab"]


def _of_table():
    return FIRST


def answer(name):
    return TABLE[name]()
"""


def asked_of_the_module(code: CodeType) -> Iterator[str]:
    """The names that the functions in this code look up outside themselves."""
    yield from (step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL")
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from asked_of_the_module(inner)


@pytest.mark.parametrize("module", LESSONS)
def test_the_cell_of_an_alternative_lacks_nothing(module):
    for task in tasks_of(module).values():
        for way in alternatives(task):
            code = compile(alternative_source(task, way), way.__name__, "exec")
            cell = {"__name__": "cell"}
            exec(code, cell)
            assert not set(asked_of_the_module(code)) - set(cell) - set(vars(builtins)), way.__name__


def test_the_cell_of_an_alternative_has_the_constants_that_it_uses_and_no_others():
    source = alternative_source(find_task("bidirectional.states"), states_in_torch)
    assert "STEPS = {" in source
    assert "def _lstm_step(" in source
    assert "ALTERNATIVES" not in source
    assert "GRADIENTS" not in source


def test_what_a_function_uses_is_found_through_constants():
    assert used(ast.parse(MODULE).body, "answer") == {"answer", "TABLE", "_of_table", "FIRST", "SECOND"}
