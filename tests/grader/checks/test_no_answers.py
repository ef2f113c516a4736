"""Does anything that a kernel can import, or watch while it draws inputs, compute a right output?"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
import pytest

import grader.checks.tasks
from grader.checks import changes, compare, fits, known_mistakes, patterns, rounding, score, signatures, tolerance
from grader.checks.elsewhere import generator
from grader.checks.results import plain
from grader.checks.task import all_tasks, find_task
from grader.marking.answers.inputs import bptt
from grader.marking.answers.references import recording

TASKS = all_tasks()
SHARED = (changes, compare, fits, known_mistakes, patterns, rounding, score, signatures, tolerance)
MODULES = [
    *SHARED,
    *(
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(grader.checks.tasks.__path__, "grader.checks.tasks.")
    ),
]
FUNCTIONS = [
    function
    for module in MODULES
    for function in vars(module).values()
    if inspect.isfunction(function) and function.__module__ == module.__name__
]


def drawn(task, label):
    return task.draw(task.case(label), recording(task.module).seeds[task.name][label])


def right(task, label):
    """The recorded outputs that say something: those of one number that could be a coincidence are left out."""
    found = recording(task.module).outputs(task.name, label)
    return {name: array for name, array in found.items() if tells(array)}


def tells(array):
    return len(np.unique(array)) > 2 or (array.size == 1 and array.dtype.kind == "f" and array.item() % 1 != 0)


def arrays_in(value, depth=0) -> Iterator[np.ndarray]:
    """The value and what is in it as arrays, and the sums and means of arrays over their first axis."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)) and depth < 2:
        for part in value[:100]:
            yield from arrays_in(part, depth + 1)
    with suppress(Exception):
        array = plain(value)
        yield array
        if array.ndim:
            yield from (array.sum(axis=0), array.mean(axis=0), array.mean())


def equal(a, b):
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-9, atol=0, equal_nan=True)


def given_away(values, wanted, inputs) -> set[str]:
    """Names of the wanted arrays that are among the values, but are no input."""
    known = [array for value in inputs.values() for array in arrays_in(value)]
    open_ones = {name: array for name, array in wanted.items() if not any(equal(array, other) for other in known)}
    found = [array for value in values for array in arrays_in(value)]
    return {name for name, array in open_ones.items() if any(equal(array, other) for other in found)}


def calls(function, inputs) -> Iterator[object]:
    """What a function returns for the inputs: all of them as one, by their names, or in their order."""
    parameters = inspect.signature(function).parameters
    ways = [lambda: function(dict(inputs)), lambda: function(*list(inputs.values())[: len(parameters)])]
    if set(parameters) <= set(inputs):
        ways.append(lambda: function(**{name: inputs[name] for name in parameters}))
    for way in ways:
        with suppress(Exception):
            yield way()


@contextmanager
def watched(part: str) -> Iterator[list[object]]:
    """Inside, all that local variables hold in files with that part in their path; a number's values side by side."""
    held: dict[tuple, list[object]] = defaultdict(list)
    seen: list[object] = []

    def watch(frame, event, _):
        if part not in frame.f_code.co_filename:
            return None
        for name, value in frame.f_locals.items():
            values = held[frame.f_code, name]
            if not values or values[-1] is not value:
                values.append(value)
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield seen
    finally:
        sys.settrace(before)
        for values in held.values():
            seen += values[-3:]
            seen.append([value for value in values if np.isscalar(value)])


@pytest.mark.parametrize("name", TASKS)
def test_no_function_reproduces_an_output(name):
    task = TASKS[name]
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        for case in task.cases[:2]:
            inputs, wanted = drawn(task, case.label), right(task, case.label)
            for function in FUNCTIONS:
                assert not given_away(calls(function, inputs), wanted, inputs), function


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if not isinstance(task.inputs, str)])
def test_no_output_is_seen_while_inputs_are_drawn(name):
    task = TASKS[name]
    for case in task.cases[:2]:
        with watched("grader/checks/tasks") as seen:
            inputs = drawn(task, case.label)
        assert not given_away(seen, right(task, case.label), inputs)


def test_what_is_drawn_elsewhere_would_give_outputs_away():
    """So these tests find what they look for, and the generators belong where they are."""
    for name in ("language_model.sample", "forecasting.quantile_loss"):
        task = find_task(name)
        with watched("answers/inputs") as seen:
            inputs = drawn(task, "ordinary")
        assert given_away(seen, right(task, "ordinary"), inputs)
    inputs = drawn(task := find_task("bptt.check_gradient"), "ordinary")
    gradients = dict(enumerate(inputs["clear"]))
    assert given_away(calls(bptt._gradient_parts, inputs), gradients, {})


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if isinstance(task.inputs, str)])
def test_what_is_drawn_elsewhere_cannot_be_imported_where_students_are(name):
    assert TASKS[name].inputs.startswith("grader.marking.")
    assert generator(TASKS[name].inputs) is not None
    assert generator("grader.no_such_side:inputs") is None
