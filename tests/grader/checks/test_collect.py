"""Does whatever a student's function does become plain arrays, or a problem in words?"""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.changes import changed_inputs
from grader.checks.failure import MAX_TEXT, Place
from grader.checks.results import MAX_ENTRIES, plain
from grader.checks.task import find_task
from tests.grader.checks.wrong_sequences import cell, in_place, right, unwritten

SEQUENCE = find_task("srn.sequence")
ORDINARY = SEQUENCE.case("ordinary")


def problem(answer, task=SEQUENCE):
    return collect(task, answer, task.case("ordinary"), 1).problem


def returning(value):
    return lambda **inputs: value


class Liar:
    """Claims to be equal to everything, and to be whatever array is asked for."""

    def __init__(self, inside):
        self.inside = inside

    def __eq__(self, other):
        return True

    __hash__ = None

    def __array__(self, dtype=None, copy=None):
        return self.inside


class EqualToAll(np.ndarray):
    """An array whose comparisons and differences lie."""

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __hash__ = None


def changes(task, answer, case):
    return changed_inputs(task.draw(case, 1), collect(task, answer, case, 1).sums)


def test_nan_in_an_input_is_no_change_but_a_change_of_it_is():
    task = find_task("bidirectional.keep")
    padded = task.case("NaN in the padding")

    def emptied(x, lengths):
        x[np.isnan(x)] = 0
        return x

    assert changes(task, lambda x, lengths: x.copy(), padded) == ()
    assert changes(task, emptied, padded) == ("x",)


def test_a_right_answer_has_arrays_and_no_problem():
    answer = collect(SEQUENCE, right, ORDINARY, 1)
    assert answer.problem is None
    assert changed_inputs(SEQUENCE.draw(ORDINARY, 1), answer.sums) == ()
    assert list(answer.outputs) == ["h"]


@pytest.mark.parametrize(
    "form",
    [
        np.asfortranarray,
        np.ndarray.tolist,
        torch.tensor,
        lambda h: torch.tensor(h, requires_grad=True),
        lambda h: h[::-1][::-1],
    ],
    ids=["Fortran order", "nested lists", "tensor", "tensor with gradient", "strided view"],
)
def test_other_forms_of_a_right_answer_give_the_same_array(form):
    expected = collect(SEQUENCE, right, ORDINARY, 1).outputs["h"]
    got = collect(SEQUENCE, lambda **inputs: form(right(**inputs)), ORDINARY, 1).outputs["h"]
    assert np.array_equal(got, expected)
    assert got.flags.c_contiguous
    assert got.dtype == expected.dtype


def test_the_array_is_a_copy():
    h = np.ones(3)
    assert not np.shares_memory(plain(h), h)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (unwritten, "unwritten", ""),
        (returning(None), "none", ""),
        (lambda **inputs: 1 / 0, "exception", "ZeroDivisionError: division by zero"),
        (lambda: 1, "arguments", "your code takes (); the exercise hands over 5, in this order: x, h0, W, U, b"),
        (lambda **inputs: sys.exit(3), "exception", "SystemExit: 3"),
        (returning("h"), "array", "h: a text (str)"),
        (returning(1j), "array", "a complex of dtype complex128"),
        (returning([[1.0], [1.0, 2.0]]), "array", "inhomogeneous"),
        (returning({"h": 1}), "form", "a dictionary with 1 entry (h), wanted is the result itself: h"),
        (returning((np.ones(2), np.ones(3))), "count", "a tuple of 2, wanted is 1 result: h"),
        (returning(np.zeros(MAX_ENTRIES + 1)), "array", "too large"),
        (returning(np.broadcast_to(0.0, (10**6, 10**6))), "array", "too large"),
        (returning(np.zeros((1,) * 9)), "array", "too large"),
        (returning(Liar(np.array(["a"]))), "array", "does not hold real numbers"),
        (returning(Liar(None)), "array", "__array__"),
    ],
)
def test_a_problem_is_named(answer, kind, says):
    found = problem(answer)
    assert found.kind == kind
    assert says in found.text


def test_several_results_are_counted():
    task = find_task("srn.cross_entropy")
    assert problem(returning((1, 2, 3)), task).detail == "a tuple of 3, wanted are 2 results: loss, losses"
    assert problem(returning("loss"), task).detail == "a text (str), wanted are 2 results: loss, losses"


@pytest.mark.parametrize(
    ("returned", "there", "says"),
    [
        (1.0, "loss", "only one came, a single float; wanted are 2 results: loss, losses"),
        (np.ones((4, 3)), "losses", "only one came, an array of shape (4, 3); wanted are 2 results: loss, losses"),
        ((1.0, None), "loss", "losses"),
        ((1.0, "none"), "loss", "losses: a text (str)"),
        ({"loss": 1.0}, "loss", "the key 'losses' is missing, there are loss"),
        ({"loss": 1.0, "loses": 1.0}, "loss", "the key 'losses' is missing, there are loss, loses"),
    ],
)
def test_what_did_not_come_is_told_and_the_rest_is_there(returned, there, says):
    task = find_task("srn.cross_entropy")
    answer = collect(task, returning(returned), task.case("ordinary"), 1)
    assert answer.problem is None
    assert list(answer.outputs) == [there]
    assert [each.text for each in answer.missing.values()] == [says]


def test_an_array_whose_rows_are_the_results_is_unpacked():
    task = find_task("bptt.slopes")
    answer = collect(task, lambda z: np.stack([z, z, z, z]), task.case("ordinary"), 1)
    assert len(answer.outputs) == 4


def test_the_line_in_the_students_cell_is_named():
    broken = cell("def sequence(x, h0, W, U, b):\n    n = 0\n    return x / nothing\n", "sequence")
    says = "NameError: name 'nothing' is not defined, in line 3 of the cell that defines sequence: return x / nothing"
    assert problem(broken).text == says
    assert problem(broken).failure.place == Place(3, "sequence", "return x / nothing")


def test_the_function_that_is_not_written_yet_is_named():
    """`sequence` is fine, but calls an unwritten `step`: which of the two is to be written?"""
    source = "def step(*a):\n    raise NotImplementedError\ndef sequence(x, h0, W, U, b):\n    return step(x)\n"
    assert problem(cell(source, "sequence")).detail == "step"


def test_an_exception_that_cannot_be_printed_is_still_a_problem():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    def fails(**inputs):
        raise Mute

    assert problem(fails).text == "an exception whose message cannot be read"


def test_a_message_is_short_and_can_be_sent():
    def fails(**inputs):
        raise ValueError("\ud800\n" + "x" * 10_000)

    text = problem(fails).text
    assert len(text) <= MAX_TEXT
    assert text.encode("utf-8").startswith(b"ValueError: ? xxx")


def test_an_interrupt_is_not_swallowed():
    def interrupted(**inputs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(SEQUENCE, interrupted, ORDINARY, 1)


def test_a_change_of_the_inputs_is_seen():
    assert changes(SEQUENCE, in_place, ORDINARY) == ("h0",)


def test_a_change_of_shape_is_a_change():
    def reshapes(x, h0, W, U, b):
        answer = right(x, h0, W, U, b)
        b.shape = (1, -1)
        return answer

    with warnings.catch_warnings(action="ignore"):  # newer NumPy deprecates it
        assert changes(SEQUENCE, reshapes, ORDINARY) == ("b",)


def test_a_subclass_of_array_is_reduced_to_its_numbers():
    lying = np.zeros((2, 3)).view(EqualToAll)
    assert type(plain(lying)) is np.ndarray
    assert not (plain(lying) == np.ones((2, 3))).any()


def test_only_the_numbers_of_a_liar_count():
    assert np.array_equal(plain(Liar(np.arange(3.0))), [0.0, 1.0, 2.0])


@pytest.mark.parametrize("dtype", [np.longdouble, ">f8", "<f4", "?", "u2"])
def test_every_real_dtype_becomes_a_native_one_of_at_most_8_bytes(dtype):
    got = plain(np.ones(3, dtype))
    assert got.dtype.isnative
    assert got.dtype.itemsize <= 8
