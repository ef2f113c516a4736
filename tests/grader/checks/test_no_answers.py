"""Does anything that a kernel can import, or watch while it draws inputs or calls an answer, compute a right output?"""

from __future__ import annotations

import functools
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from copy import deepcopy
from multiprocessing import get_context

import numpy as np
import pytest

from grader.checks.elsewhere import generator
from grader.checks.results import plain
from grader.checks.task import all_tasks, find_task
from grader.marking.answers.inputs import bptt
from grader.marking.answers.references import recording
from grader.marking.answers.references.live import reference
from solutions import bidirectional, lstm, srn
from solutions.toolbox.experiments.training import symbol_loss
from tests.grader.checks.answer_search.importable import Candidate, candidates
from tests.grader.checks.answer_search.own_process import finds_in_this_process, guard
from tests.grader.checks.answer_search.search import end_when_it_takes_long, finds
from tests.grader.checks.answer_search.ways import FLAVOURS

TASKS = all_tasks()


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


@pytest.fixture(scope="module")
def process():
    """A process of its own, in which anything may be called."""
    with ProcessPoolExecutor(1, get_context("spawn"), guard) as one:
        yield one


@pytest.mark.parametrize("name", TASKS)
def test_nothing_that_can_be_imported_gives_an_output_away(name, process):
    """But for what wraps a library call by which such an answer is noted."""
    found = process.submit(finds_in_this_process, name, 6, FLAVOURS[:2]).result()
    assert not [find for find in found if not find.noted]


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_nor_does_it_when_more_is_tried(name, process):
    found = process.submit(finds_in_this_process, name, 20, FLAVOURS).result()
    assert not [find for find in found if not find.noted]


def padded(rng, x, lengths, case):
    garbage = case.options.get("padding", rng.standard_normal(x.shape))
    return np.where(np.arange(len(x))[:, None, None] < lengths[:, None], x, garbage)


class Kept:
    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b

    def _after(self, x, h):
        return srn.step(x, h, self.W, self.U, self.b)


HIDDEN = {
    "in another order, transposed": ("srn.step", lambda b, U, W, h, x: srn.step(x, h, W, U, b).T),
    "by name": ("srn.step", lambda U, W, h, b, x_t, extra=0: {"state": srn.step(x_t, h, W, U, b)}),
    "all in one": ("srn.sequence", lambda given: [srn.sequence(*given.values())]),
    "the last state alone": ("srn.sequence", lambda x, h0, W, U, b: srn.sequence(x, h0, W, U, b)[-1]),
    "one gradient of six": ("lstm.backward", lambda *given: (None, lstm.backward(*given)["U"])),
    "a method": ("srn.step", Kept),
    "among inputs": ("bidirectional.keep", padded),
    "a module's states": ("bidirectional.packed", bidirectional.Packed),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_an_answer_is_found(how):
    end_when_it_takes_long()
    name, call = HIDDEN[how]
    assert finds(find_task(name), [Candidate("hidden", call)], 130, FLAVOURS[:1])


def test_nothing_is_found_in_what_is_none_and_a_library_call_is_noted():
    end_when_it_takes_long()
    task = find_task("srn.cross_entropy")
    assert not finds(task, [Candidate("none", lambda o, targets: o.sum() + targets)], 8)
    [found, *_] = finds(task, [Candidate("a wrapper", symbol_loss)], 8)
    assert found.noted == ("torch.nn.functional.cross_entropy",)


def test_what_may_be_called_is_all_that_there_is():
    labels = {candidate.label for candidate in candidates()}
    assert {
        "grader.checks.tasks.bidirectional._sequences",
        "grader.checks.compare._compare_one",
        "grader.inside.values._plain",
        "solutions.toolbox.nets.layers.Gated.forward",
        "solutions.toolbox.nets.activations.sigmoid",
        "solutions.toolbox.applications.speech.pictures.cheapest_way",
    } <= labels


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if not isinstance(task.inputs, str)])
def test_no_output_is_seen_while_inputs_are_drawn(name):
    task = TASKS[name]
    for case in task.cases[:2]:
        with watched("grader/checks/tasks") as seen:
            inputs = drawn(task, case.label)
        assert not given_away(seen, right(task, case.label), inputs)


def blurred(value):
    """The same with other numbers."""
    if isinstance(value, dict):
        return {name: blurred(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(blurred(part) for part in value)
    return value if value is None or isinstance(value, str) else value * 2 + 1


def with_other_numbers(answer):
    """A function that does the same, and returns its results blurred."""
    return functools.wraps(answer)(lambda *given, **named: blurred(answer(*given, **named)))


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if not isinstance(reference(task), type)])
def test_no_output_is_seen_while_an_answer_is_called(name):
    """Its own code can look at the frames that call it."""
    task = TASKS[name]
    for case in task.cases[:2]:
        inputs = drawn(task, case.label)
        with watched("grader/checks/tasks") as seen, suppress(Exception):
            task.call(with_other_numbers(reference(task)), deepcopy(inputs))
        assert not given_away(seen, right(task, case.label), inputs)


def test_what_is_drawn_elsewhere_would_give_outputs_away():
    """So these tests find what they look for, and the generators belong where they are."""
    for name in ("language_model.sample", "forecasting.quantile_loss"):
        task = find_task(name)
        with watched("answers/inputs") as seen:
            inputs = drawn(task, "ordinary")
        assert given_away(seen, right(task, "ordinary"), inputs)
    inputs = drawn(find_task("bptt.check_gradient"), "ordinary")
    assert given_away([bptt._gradient_parts(inputs)], dict(enumerate(inputs["clear"])), {})


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if isinstance(task.inputs, str)])
def test_what_is_drawn_elsewhere_cannot_be_imported_where_students_are(name):
    assert TASKS[name].inputs.startswith("grader.marking.")
    assert generator(TASKS[name].inputs) is not None
    assert generator("grader.no_such_side:inputs") is None
