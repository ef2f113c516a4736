"""Do findings become the right points, and is a tolerance what the policy says?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.compare import KINDS, Finding
from grader.checks.score import points, shares
from grader.checks.task import Case, Output, Task
from grader.checks.tolerance import FACTOR, LEAST, error, scale, tolerance

TASK = Task(
    name="srn.fake",
    title="Fake",
    points=4,
    inputs=lambda *a: {},
    call=lambda *a: None,
    outputs=(Output("h", (), 3), Output("g", (), 1)),
    cases=(Case("ordinary", {}), Case("edge", {}, edge=True)),
    reference="a:b",
)


def findings(**wrong):
    """All right but for the named cases of the named outputs, each case tried twice."""
    return [
        Finding(name, label, "value" if label in wrong.get(name, ()) and run else "right")
        for label in ("ordinary", "edge")
        for run in (0, 1)
        for name in ("h", "g")
    ]


@pytest.mark.parametrize(
    ("wrong", "earned"),
    [
        ({}, 4.0),
        ({"h": ["edge"]}, 2.5),
        ({"g": ["edge"]}, 3.5),
        ({"g": ["ordinary"]}, 3.0),
        ({"h": ["ordinary", "edge"]}, 1.0),
        ({"h": ["edge"], "g": ["edge"]}, 2.0),
        ({"h": ["ordinary"], "g": ["ordinary"]}, 0.0),
    ],
)
def test_each_output_earns_its_share(wrong, earned):
    assert points(TASK, findings(**wrong)) == earned


def test_nothing_found_is_nothing_earned():
    assert points(TASK, []) == 0.0
    assert shares(TASK, findings()[::2])["g"] == 0.0


@pytest.mark.parametrize("kind", sorted({*KINDS} - {"right", "changed"}))
def test_every_kind_but_right_and_changed_loses_all(kind):
    assert points(TASK, [Finding("h", "ordinary", kind), Finding("g", "ordinary", kind)]) == 0.0


@pytest.mark.parametrize(
    ("kinds", "share"),
    [
        ({"ordinary": "changed", "edge": "changed"}, 0.5),
        ({"ordinary": "changed", "edge": "value"}, 0.5),
        ({"ordinary": "right", "edge": "changed"}, 0.5),
        ({"ordinary": "value", "edge": "changed"}, 0.0),
    ],
)
def test_changed_inputs_cost_the_edge_share_and_no_more(kinds, share):
    found = [Finding(name, case, kind) for case, kind in kinds.items() for name in ("h", "g")]
    assert shares(TASK, found) == {"h": share, "g": share}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_tolerance_is_never_below_the_dtypes_own(dtype):
    assert tolerance(dtype) == LEAST[dtype]
    assert tolerance(dtype, 1.0) == FACTOR


def test_an_error_is_relative_to_the_largest_value_or_to_1():
    assert scale(np.array([3.0, -8.0])) == 8.0
    assert scale(np.zeros(3)) == scale(np.zeros(0)) == 1.0
    assert np.array_equal(error(np.array([4.0, 0.0]), np.array([8.0, 0.0])), [0.5, 0.0])


def test_a_difference_of_float32_is_taken_in_float64():
    assert error(np.float32([1.0]), np.array([1.0 + 1e-9])) > 0
