"""Do values arrive as they were sent, and nothing else?"""

from __future__ import annotations

import json

import numpy as np
import pytest
import sympy as sp
import torch

from grader.checks.answers import MAX_ENTRIES
from grader.checks.errors import BadAnswers
from grader.inside.values import DEEPEST, LARGEST, LONGEST, pack, unpack


def sent(value, functions=None, stub=None):
    return unpack(json.loads(json.dumps(pack(value, functions))), stub)


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -2.5, "gru", [], (), {}, [1, (2.0, [None])], {"W": 1, "b": (2,)}, float("inf"), np.float32(0.1)],
    ids=repr,
)
def test_plain_values_arrive_with_their_kinds(value):
    got = sent(value)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int32", "bool", ">f8"])
def test_arrays_arrive_with_dtype_and_shape(dtype):
    array = np.arange(6).reshape(2, 3).T.astype(dtype)
    got = sent([array])[0]
    assert got.dtype == np.dtype(dtype).newbyteorder("=")
    np.testing.assert_array_equal(got, array)


def test_what_arrives_is_nobody_elses():
    array = np.zeros(3)
    got = sent(array)
    got += 1
    np.testing.assert_array_equal(array, 0)


@pytest.mark.parametrize(
    "value", [{1, 2}, object(), 1j, np.array(["a"]), np.array([None]), sp.Symbol("u"), torch.zeros(2), len]
)
def test_anything_else_is_not_sent(value):
    with pytest.raises((TypeError, ValueError)):
        pack(value)


def test_an_array_that_is_too_large_is_not_sent():
    with pytest.raises(ValueError, match="too large"):
        pack(np.zeros(MAX_ENTRIES + 1))


def test_a_function_stays_where_it_is():
    functions = []
    got = sent([len, 3, max], functions, stub=lambda number: ("stub", number))
    assert got == [("stub", 0), 3, ("stub", 1)]
    assert functions == [len, max]
    with pytest.raises(ValueError, match="not plain"):
        unpack({"function": 0})


def nested(depth):
    value = 1
    for _ in range(depth):
        value = {"list": [value]}
    return value


ARRAY = pack(np.zeros(2))["array"]


@pytest.mark.parametrize(
    "packed",
    [
        LARGEST + 1,
        "x" * (LONGEST + 1),
        [1],
        {"set": [1]},
        {"list": 3},
        {"tuple": {"a": 1}},
        {"dict": [[1, 2]]},
        {"dict": [["a", 1, 2]]},
        {"array": 3},
        {"array": ARRAY[:-8]},
        {"array": "cGlja2xl"},
        {"number": "!"},
        {"list": [1], "tuple": [1]},
        {"function": "0"},
        nested(DEEPEST + 2),
    ],
    ids=lambda packed: str(packed)[:30],
)
def test_what_pack_did_not_make_is_refused(packed):
    with pytest.raises((ValueError, BadAnswers)):
        unpack(packed, stub=lambda number: number)
