"""Are difficulty, discrimination and histogram what one gets by hand, and by NumPy?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.marking.feedback.class_report import ClassReport, Loss, Row
from grader.marking.feedback.histogram import histogram
from grader.marking.feedback.task_figures import (
    ALL_EQUAL,
    NO_REST,
    REST_EQUAL,
    STILL_WAIT,
    TOO_FEW,
    correlation,
    task_figures,
)

MOST = {"srn-step": 3.0, "srn-sequence": 4.0, "srn-written": 4.0}
STEP = (3.0, 3.0, 3.0, 1.5, 3.0, 0.0, 1.5, 0.0, 0.0, 0.0)
SEQUENCE = (4.0, 4.0, 4.0, 4.0, 2.0, 4.0, 2.0, 2.0, 0.0, 0.0)


def row(number, step, sequence, written=None, **more):
    points = {"srn-step": step, "srn-sequence": sequence, "srn-written": written}
    total = sum(value for value in points.values() if value is not None)
    waiting = () if written is not None else ("srn-written",)
    return Row(f"s{number}", points, total, more.pop("losses", {}), waiting=waiting, status="waits", **more)


def report(rows, most=MOST):
    return ClassReport("01-srn", most, tuple(rows), (), notebooks=dict.fromkeys(most, "01-srn"))


def test_difficulty_and_discrimination_are_those_by_hand():
    r"""By hand, of ten students; the written question waits, so the rest of the one is the other.

    step, x:      3    3    3    1.5   3   0    1.5   0    0    0      Σ 15, mean 1.5, p = 1.5 / 3 = 0.5
    sequence, y:  4    4    4    4     2   4    2     2    0    0      Σ 26, mean 2.6, p = 2.6 / 4 = 0.65
    x - 1.5:      1.5  1.5  1.5  0     1.5 -1.5 0    -1.5 -1.5 -1.5    Σ of squares 8 · 2.25 = 18
    y - 2.6:      1.4  1.4  1.4  1.4  -0.6 1.4 -0.6  -0.6 -2.6 -2.6    Σ of squares 9.8 + 1.08 + 13.52 = 24.4
    products:     2.1  2.1  2.1  0    -0.9 -2.1 0     0.9  3.9  3.9    Σ 12
    r = 12 / √(18 · 24.4) = 12 / √439.2 = 12 / 20.957 = 0.5726
    """
    step, sequence, written = task_figures(
        report(row(i, *pair) for i, pair in enumerate(zip(STEP, SEQUENCE, strict=True)))
    )
    assert (step.title, step.marked, step.waiting, step.mean) == ("Exercise 1.1 · One step", 10, 0, 1.5)
    assert (step.difficulty, sequence.difficulty) == (0.5, 0.65)
    assert step.discrimination == pytest.approx(0.5726, abs=5e-5)
    assert sequence.discrimination == pytest.approx(step.discrimination)
    assert step.discrimination == pytest.approx(np.corrcoef(STEP, SEQUENCE)[0, 1], rel=1e-12)
    assert (written.marked, written.waiting, written.difficulty, written.discrimination) == (0, 10, None, None)
    assert written.why_none == STILL_WAIT


def test_the_item_itself_is_no_part_of_the_total_that_it_is_compared_with():
    """By hand, of ten students: the products of x - 1.5 and y - 2 are 3, 3, -3, -3, -3, -3, 3, 3, 0, 0; their sum is 0.

    With the item in the total r is that of x and x + y, which share x: Σ (x - 1.5)² / √(Σ (x - 1.5)² Σ (x + y - 3.5)²)
    = 22.5 / √(22.5 · (22.5 + 32)) = 0.64. It would be told of items that say nothing of each other.
    """
    step = [3.0] * 4 + [0.0] * 4 + [3.0, 0.0]
    sequence = [4.0, 4.0, 0.0, 0.0] * 2 + [2.0, 2.0]
    found = task_figures(report(row(i, *pair, 1.0) for i, pair in enumerate(zip(step, sequence, strict=True))))
    assert found[0].discrimination == pytest.approx(0.0, abs=1e-12)
    assert np.corrcoef(step, np.add(step, sequence))[0, 1] == pytest.approx(0.64, abs=5e-3)


@given(st.lists(st.tuples(st.floats(0, 4), st.floats(0, 9)), min_size=3, max_size=40))
def test_the_correlation_is_numpys(pairs):
    one, other = zip(*pairs, strict=True)
    if np.std(one) > 1e-3 and np.std(other) > 1e-3:
        assert correlation(one, other) == pytest.approx(np.corrcoef(one, other)[0, 1], abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "most", "why"),
    [
        ([row(i, i % 2, i % 3, 1.0) for i in range(9)], MOST, TOO_FEW),
        ([row(i, 3.0, i % 3, 1.0) for i in range(10)], MOST, ALL_EQUAL),
        ([row(i, i % 2, 4.0, 1.0) for i in range(10)], MOST, REST_EQUAL),
        ([Row(f"s{i}", {"srn-step": float(i % 2)}, i % 2, {}) for i in range(10)], {"srn-step": 3.0}, NO_REST),
        ([], MOST, TOO_FEW),
    ],
)
def test_where_a_correlation_says_nothing_it_is_said_why(rows, most, why):
    found = task_figures(report(rows, most))[0]
    assert (found.discrimination, found.why_none) == (None, why)


def test_unanswered_counts_with_no_points_and_who_handed_in_nothing_does_not_count():
    unwritten = {"srn.step": Loss("not written", unanswered=True, says="Not written.")}
    nothing = Row("none", dict.fromkeys(MOST), 0.0, {}, status="nothing handed in")
    found = report([row(0, 3.0, 4.0), row(1, 0.0, 4.0, losses=unwritten), nothing])
    step = task_figures(found)[0]
    assert (step.marked, step.unanswered, step.difficulty) == (2, 1, 0.5)
    assert (found.figures.students, found.figures.handed_in) == (3, 2)
    assert (found.figures.mean, found.figures.median) == (5.5, 5.5)


def test_the_mistakes_of_a_task_are_told_in_their_sentences_with_who_made_them():
    swapped = Loss("swapped", says="z and 1 - z are swapped.")
    rows = [row(i, 0.0, 4.0, losses={"srn.step": swapped}) for i in range(2)]
    rows.append(row(2, 0.0, 0.0, losses={"srn.sequence": Loss("no-bias", says="The bias is missing.")}))
    [mistake] = task_figures(report(rows))[0].mistakes
    assert (mistake.sentence, mistake.who, mistake.students) == ("z and 1 - z are swapped.", ("s0", "s1"), 2)


def test_the_bars_of_the_histogram_are_those_by_hand():
    """Of 20 points, in bars of 2: 0 and 1.9 in the first, 2 in the second, 19.9, 20, 21 in the last."""
    bars = histogram([0.0, 1.9, 2.0, 19.9, 20.0, 21.0], 20.0)
    assert [bar.students for bar in bars] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert (bars[0].low, bars[0].high, bars[-1].high) == (0.0, 2.0, 20.0)
    assert [bar.students for bar in histogram([8.4, 16.8, 25.2], 28.0)] == [0, 0, 0, 1, 0, 0, 1, 0, 0, 1]
    tenths = sum([0.1] * 84)  # 8.4 but for rounding: 8.399999999999986
    assert histogram([tenths], 28.0)[3].students == 1
    assert histogram([0.0], 0.0) == ()


def test_while_most_answers_wait_there_is_no_mean_of_the_few_that_are_empty():
    empty, waiting = row(0, 3.0, 4.0, 0.0), [row(i, 3.0, 4.0) for i in range(1, 4)]
    assert task_figures(report([empty, *waiting]))[2].mean is None
    assert task_figures(report([empty, row(5, 3.0, 4.0, 2.0), *waiting[:2]]))[2].mean == 1.0
