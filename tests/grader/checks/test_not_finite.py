"""Where the reference itself is inf or nan, is the same right, and everything else wrong?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import tolerance as policy
from grader.checks.answers import Answer
from grader.checks.compare import compare
from grader.checks.picture import error_picture
from grader.checks.task import Case, Output, Task
from grader.checks.wording import size, verdict

INF, NAN = np.inf, np.nan
CASE = Case("only", {})
OUTPUT = Output("norm", ("unit",))
TASK = Task("x.y", "", 1, lambda *_: {}, lambda *_: (), (OUTPUT,), (CASE,), "solutions.srn:step")


def found(got, expected):
    answer = Answer("only", 0, {"norm": np.array(got)})
    (finding,) = compare(TASK, CASE, answer, {"norm": np.array(expected)}, {})
    return finding


@pytest.mark.parametrize("both", [[INF, 1.0], [NAN, 1.0], [-INF, 2e3], [INF, NAN]])
def test_the_same_is_right(both):
    assert found(both, both).right
    assert found(both, both).error == 0


@pytest.mark.parametrize(
    ("got", "expected", "kind"),
    [
        ([3.0, 1.0], [INF, 1.0], "value"),
        ([0.0, 1.0], [NAN, 1.0], "value"),
        ([NAN, 1.0], [INF, 1.0], "nonfinite"),
        ([INF, 1.0], [NAN, 1.0], "nonfinite"),
        ([-INF, 1.0], [INF, 1.0], "nonfinite"),
        ([INF, INF], [INF, 1.0], "nonfinite"),
        ([NAN, 1.0], [2.0, 1.0], "nonfinite"),
        ([INF, 1.1], [INF, 1.0], "value"),
    ],
)
def test_anything_else_is_wrong(got, expected, kind):
    finding = found(got, expected)
    assert finding.kind == kind
    assert verdict(finding, OUTPUT)


def test_an_error_is_relative_to_the_finite_entries():
    assert policy.scale(np.array([INF, 5.0, NAN])) == 5
    assert policy.scale(np.array([INF])) == 1
    errors = policy.error(np.array([INF, 6.0, 1.0]), np.array([INF, 5.0, NAN]))
    np.testing.assert_array_equal(errors, [0, 0.2, INF])


def test_an_infinite_error_has_a_word_and_a_picture():
    assert size(INF) == "∞"
    picture = error_picture(np.array([[INF, 0.0], [0.1, 0.0]]), ("row", "unit"), 1e-4, "x")
    assert picture.startswith("data:image/png")
