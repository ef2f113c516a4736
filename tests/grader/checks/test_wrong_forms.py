"""Is a right result in a wrong form told as that, and never as an exception of the student's code?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.as_text import text
from grader.checks.check import public_report
from grader.checks.compare import compare
from grader.checks.expected import expected_outputs, noise_floors, public_seed
from grader.checks.report import Report
from grader.checks.task import all_tasks, find_task
from grader.checks.undisturbed import undisturbed
from grader.marking.answers.references.live import reference
from solutions.lstm import LSTM
from solutions.srn import SRN

TASKS = all_tasks()
SEVERAL = (tuple, list)


def without_the_last_entry(result):
    """A dict, wherever one lies in the result, without its last key."""
    if isinstance(result, dict):
        return dict(list(result.items())[:-1])
    return tuple(map(without_the_last_entry, result)) if isinstance(result, SEVERAL) else result


def tuples_for_dicts(result):
    result = tuple(result.values()) if isinstance(result, dict) else result
    return tuple(map(tuples_for_dicts, result)) if isinstance(result, SEVERAL) else result


def last_is(value):
    def changed(result):
        if isinstance(result, dict):
            return {**result, list(result)[-1]: value}
        return (*result[:-1], value) if isinstance(result, SEVERAL) and result else result

    return changed


def innermost_is_none(result):
    if isinstance(result, dict):
        return {name: innermost_is_none(value) for name, value in result.items()}
    return (*result[:-1], innermost_is_none(result[-1])) if isinstance(result, SEVERAL) and result else None


FORMS = {
    "None": lambda result: None,
    "a number": lambda result: 1.5,
    "a text": lambda result: "text",
    "a complex number": lambda result: 1j,
    "a function": lambda result: len,
    "an object": lambda result: object(),
    "a set": lambda result: {1, 2},
    "another dict": lambda result: {"a": 1.0},
    "an array": lambda result: np.ones((7, 3)),
    "a tensor": lambda result: torch.ones(7, 3),
    "nothing": lambda result: (),
    "the first alone": lambda result: result[0] if isinstance(result, SEVERAL) else result,
    "one too few": lambda result: result[:-1] if isinstance(result, SEVERAL) else result,
    "one too many": lambda result: (*result, np.ones(2)) if isinstance(result, SEVERAL) else (result, result),
    "the other way round": lambda result: tuple(result)[::-1] if isinstance(result, SEVERAL) else result,
    "in a list": lambda result: [result],
    "a key less": without_the_last_entry,
    "tuples for dicts": tuples_for_dicts,
    "the last None": last_is(None),
    "the last a text": last_is("text"),
    "the innermost None": innermost_is_none,
}


def in_form(answer, form):
    """The student's function or class whose result has another form."""
    if not isinstance(answer, type):
        return lambda *args: form(answer(*args))
    return type("Module", (answer,), {"forward": lambda self, *args: form(super(type(self), self).forward(*args))})


def first_public(task):
    return next(case for case in task.cases if case.public)


def found_by(task, answer):
    """The findings in the task's first public case, by output's name."""
    case = first_public(task)
    with undisturbed(task.torch):
        given = collect(task, answer, case, public_seed(task, case))
    found = compare(task, case, given, expected_outputs(task, case), noise_floors(task, case))
    return {finding.output: finding for finding in found}


@pytest.mark.parametrize("name", TASKS)
def test_no_form_of_a_result_is_an_exception_of_the_students(name):
    task = TASKS[name]
    for form, make in FORMS.items():
        for finding in found_by(task, in_form(reference(task), make)).values():
            assert finding.kind not in ("exception", "unwritten", "arguments"), form
            assert "the check cannot use it" not in finding.detail, form


@pytest.mark.parametrize(
    ("name", "wrong", "key"),
    [
        ("gru.backward", ["x"], "x"),
        ("lstm.backward", ["x"], "x"),
        ("clipping.clip_by_norm", ["b"], "b"),
        ("deep.backward", ["db"], "b_m"),
        ("deep.from_torch", ["b"], "b_m"),
        ("bidirectional.gradients", ["→db", "←db"], "b_m"),
        ("bidirectional.deep_gradients", ["db"], "b_m"),
    ],
)
def test_a_key_that_is_missing_is_named_and_the_rest_is_right(name, wrong, key):
    task = TASKS[name]
    found = found_by(task, in_form(reference(task), without_the_last_entry))
    assert [output for output, finding in found.items() if not finding.right] == wrong
    for output in wrong:
        assert found[output].detail.startswith(f"the key '{key}' is missing, there are ")


def test_the_dict_without_the_norm_is_marked():
    task = TASKS["clipping.clip_by_norm"]
    found = found_by(task, in_form(reference(task), lambda result: result[0]))
    assert [output for output, finding in found.items() if not finding.right] == ["norm"]


class StatesAlone(LSTM):
    def forward(self, x, h0, c0):
        return super().forward(x, h0, c0)[0]


def test_a_module_that_returns_one_thing_instead_of_two_is_marked_on_that():
    found = found_by(TASKS["lstm.module"], StatesAlone)
    assert found["h"].right
    assert found["start values"].right
    assert (found["c_T"].kind, found["c_T"].detail.partition(",")[0]) == ("count", "only one came")
    assert {finding.kind for name, finding in found.items() if name[0] == "∂"} == {"uncompared"}


class BatchFirst(SRN):
    def forward(self, x, h0):
        return super().forward(x, h0).transpose(0, 1)


class Cut(SRN):
    def forward(self, x, h0):
        return super().forward(x, h0).detach()


class Overwritten(SRN):
    def forward(self, x, h0):
        h = super().forward(x, h0)
        h.tanh_().mul_(2)
        return h.sigmoid_()


@pytest.mark.parametrize(
    ("module", "kind", "says"),
    [
        (BatchFirst, "uncompared", "not compared, as h has the wrong shape"),
        (Cut, "value", "every entry is 0"),
        (
            lambda D, H: type("Both", (SRN,), {"forward": lambda *a: (SRN.forward(*a), 1)})(D, H),
            "uncompared",
            "as h is ",
        ),
    ],
)
def test_gradients_are_not_compared_where_there_is_nothing_to_differentiate(module, kind, says):
    task = TASKS["srn.module"]
    found = found_by(task, module)
    assert {finding.kind for name, finding in found.items() if name[0] == "∂"} == {kind}
    report = " ".join(text(Report(task, list(found.values()))).split())
    assert says in report
    assert kind == "value" or "every entry is 0" not in report


def test_what_pytorch_cannot_differentiate_is_told_and_the_states_are_marked():
    class Twice(SRN):
        def forward(self, x, h0):
            h = super().forward(x, h0)
            h.sum().backward()
            return h

    found = found_by(TASKS["srn.module"], Twice)
    assert found["h"].right
    assert found["∂W"].kind == "uncompared"
    assert found["∂W"].detail.startswith(
        "PyTorch cannot differentiate h (RuntimeError: Trying to backward through the graph"
    )


def test_an_exception_of_the_students_in_what_is_iterated_later_is_theirs():
    def lazily(x, h0, W, U, b):
        yield x[0] / (1, 2)

    report = " ".join(text(public_report(find_task("srn.sequence"), lazily)).split())
    assert "your code stopped with ValueError" in report


def test_a_class_that_is_no_module_is_told_so():
    class Plain:
        def __init__(self, D, H):
            self.W = self.U = self.b = 0.0

        def forward(self, x, h0):
            return x

    report = " ".join(text(public_report(TASKS["srn.module"], Plain)).split())
    assert "a single Plain, wanted is a torch.nn.Module: derive the class from it" in report
    assert "stopped" not in report


def test_what_is_popped_from_a_dict_counts_as_changed():
    task = TASKS["deep.from_torch"]
    right = reference(task)

    def pops(named, kind):
        layers = right(dict(named), kind)
        named.clear()
        return layers

    assert {finding.kind for finding in found_by(task, pops).values()} == {"changed"}
