"""Does whatever has the results give them, and is what does not told in words, without reading for ever?"""

from __future__ import annotations

import itertools
import re
from collections import OrderedDict, deque, namedtuple
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
import torch

from grader.checks.answers import collect
from grader.checks.errors import WrongForm
from grader.checks.results import MAX_ENTRIES, plain, unpacked, values_of
from grader.checks.task import find_task

NAMES = ("precision", "recall", "f1")
F1 = find_task("srn.f1_score")


@dataclass
class Scores:
    recall: float
    f1: float
    precision: float


@pytest.mark.parametrize(
    "returned",
    [
        (1, 2, 3),
        [1, 2, 3],
        namedtuple("Any", "a b c")(1, 2, 3),
        np.array([1, 2, 3]),
        torch.tensor([1, 2, 3]),
        sympy.Matrix([1, 2, 3]),
        (k for k in (1, 2, 3)),
        map(int, "123"),
        {"a": 1, "b": 2, "c": 3}.values(),
        zip((1, 2, 3), strict=True),
        deque([1, 2, 3]),
        {"f1": 3, "precision": 1, "recall": 2},
        OrderedDict(f1=3, precision=1, recall=2),
        Scores(precision=1, recall=2, f1=3),
    ],
    ids=lambda returned: type(returned).__name__,
)
def test_whatever_unpacks_into_the_results_counts(returned):
    assert [int(np.squeeze(value)) for value in unpacked(returned, NAMES)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("returned", "kind", "says"),
    [
        (None, "none", ""),
        ((1, 2), "count", "a tuple of 2"),
        (np.ones((2, 5)), "count", "an array of shape (2, 5)"),
        (torch.ones(4), "count", "a Tensor of shape (4,)"),
        ((k for k in (1, 2)), "count", "a generator of 2"),
        (itertools.count(), "count", "a count of more than 3"),
        ({"p": 1, "r": 2}, "form", "a dictionary with 2 entries (p, r)"),
        ({}, "form", "a dictionary with 0 entries"),
        ({1, 2, 3}, "form", "a set of 3"),
        ("abc", "form", "a text (str)"),
        (0.5, "form", "a single float"),
        (np.float64(0.5), "form", "a single float64"),
        (np.array(0.5), "form", "a single ndarray"),
        (torch.tensor(0.5), "form", "a single Tensor"),
        (object(), "form", "a single object"),
    ],
)
def test_what_does_not_is_told_what_came_and_what_is_wanted(returned, kind, says):
    with pytest.raises(WrongForm) as wrong:
        unpacked(returned, NAMES)
    assert wrong.value.kind == kind
    assert str(wrong.value) == (says and f"{says}, wanted are 3 results: precision, recall, f1")


@pytest.mark.parametrize("returned", [{"a": 1, "b": 2}, namedtuple("Any", "b a")(2, 1)])
def test_a_dictionary_or_named_tuple_is_read_by_name(returned):
    assert values_of(returned, ("a", "b")) == (1, 2)


@pytest.mark.parametrize("returned", [(1, 2), {"d": 1}, {"a": 1, "b": 2, "c": 3}, 1])
def test_where_a_dictionary_is_wanted_nothing_else_will_do(returned):
    with pytest.raises(WrongForm, match="wanted is a dictionary with the names a, b"):
        values_of(returned, ("a", "b"))


HALF = np.array([0.5, 2.0])


@pytest.mark.parametrize(
    "value",
    [
        [Fraction(1, 2), 2],
        (Decimal("0.5"), 2),
        [sympy.Rational(1, 2), sympy.Integer(2)],
        np.array([Fraction(1, 2), 2], dtype=object),
        [np.array(0.5), np.array(2)],
        [torch.tensor(0.5, requires_grad=True), 2.0],
        (k / 2 for k in (1, 4)),
        {"a": 0.5, "b": 2}.values(),
        deque([0.5, 2]),
    ],
)
def test_whatever_has_the_numbers_is_an_array(value):
    array = plain(value)
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, HALF)


def test_rows_may_be_of_any_kind():
    rows = [torch.ones(2, requires_grad=True), np.ones(2), [1, Fraction(1)], (1 for _ in range(2))]
    np.testing.assert_array_equal(plain(iter(rows)), np.ones((4, 2)))


@pytest.mark.parametrize(("value", "dtype"), [([True, False], bool), ([1, 2**60], int), (range(3), int)])
def test_whole_numbers_and_decisions_stay_what_they_are(value, dtype):
    assert plain(np.array(value, dtype=object)).dtype == plain(value).dtype == dtype


def test_a_matrix_of_sympy_is_an_array():
    np.testing.assert_array_equal(plain(sympy.eye(2)), np.eye(2))


@pytest.mark.parametrize(
    "value",
    [
        "1.5",
        ["1.5"],
        np.array(["1.5"], dtype=object),
        np.array([None, 1.0]),
        [1j],
        np.array([np.complex64(1)], dtype=object),
        sympy.Symbol("x"),
        [sympy.Symbol("x"), 1],
        {"h": 1},
        {1, 2},
        [[1.0], [1.0, 2.0]],
        [[1.0], [None]],
        [10**400, Fraction(1, 2)],
        object(),
    ],
    ids=lambda value: re.sub(r" at 0x\w+", "", repr(value))[:80],
)
def test_what_holds_no_real_numbers_is_refused(value):
    with pytest.raises(WrongForm) as wrong:
        plain(value)
    assert wrong.value.kind == "array"


def endless():
    """Deeper and deeper."""
    while True:
        yield endless()


@pytest.mark.parametrize(
    "value",
    [
        itertools.count(),
        itertools.repeat([]),
        map(itertools.repeat, itertools.count()),
        endless(),
    ],
    ids=["numbers", "nothing", "iterators", "depths"],
)
def test_what_never_ends_is_not_read_for_ever(value):
    with pytest.raises(WrongForm, match="at most"):
        plain(value)


def test_large_arrays_are_counted_by_their_entries():
    read = []
    with pytest.raises(WrongForm, match="too many entries"):
        plain(read.append(k) or np.zeros(MAX_ENTRIES // 2) for k in range(9))
    assert len(read) == 3


def test_a_list_that_holds_itself_is_refused():
    itself = []
    itself.append(itself)
    with pytest.raises(WrongForm, match="nested too deeply"):
        plain(itself)


def test_what_a_generator_of_the_students_raises_is_theirs():
    def fails(found, true):
        yield 0.5
        raise ValueError("mine")

    answer = collect(F1, fails, F1.case("ordinary"), 1)
    assert (answer.problem.kind, answer.problem.text) == ("exception", "ValueError: mine")
    windows = find_task("srn.word_starts")
    assert collect(windows, fails, windows.case("ordinary"), 1).problem.text == "ValueError: mine"


@pytest.mark.parametrize(("returned", "shape"), [((np.ones((4, 2)),), (4, 2)), ([np.ones((4, 2))], (1, 4, 2))])
def test_a_comma_too_many_makes_a_tuple_of_the_only_result(returned, shape):
    """`return h_t,` is right; a list of one array is an array with one axis more."""
    step = find_task("srn.step")
    assert collect(step, lambda *given: returned, step.case("ordinary"), 1).outputs["h_t"].shape == shape


def test_a_tuple_of_one_row_is_an_array_of_one_row():
    sequence = find_task("srn.sequence")
    answer = collect(sequence, lambda *given: (np.ones((4, 2)),), sequence.case("T = 1"), 1)
    assert answer.outputs["h"].shape == (1, 4, 2)
