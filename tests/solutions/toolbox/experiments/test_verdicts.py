"""Do the rules for verdicts decide what their sentences say, and refuse what cannot be decided?"""

from math import gamma, pi, sqrt

import numpy as np
import pytest

from solutions.toolbox.experiments.seeds import SEEDS
from solutions.toolbox.experiments.verdicts import (
    FEWEST,
    QUANTILES,
    alike,
    beyond,
    claims_table,
    computed,
    higher,
    interval,
    lower,
    times,
)

RIVAL = [3.0, 3.1, 2.9, 3.2, 3.0]


@pytest.mark.parametrize("freedom", range(1, len(QUANTILES) + 1))
def test_the_quantiles_are_those_of_students_distribution(freedom):
    """The density, added up by the trapezoid rule from −q to q, is 0.95."""
    t = np.linspace(0, QUANTILES[freedom - 1], 200_001)
    density = (
        gamma((freedom + 1) / 2)
        / (sqrt(freedom * pi) * gamma(freedom / 2))
        * (1 + t**2 / freedom) ** (-(freedom + 1) / 2)
    )
    assert 2 * np.trapezoid(density, t) == pytest.approx(0.95, abs=1e-4)


def test_the_interval_of_the_mean_of_five():
    low, high = interval([1, 2, 3, 4, 5])
    assert (low, high) == pytest.approx((3 - 1.963, 3 + 1.963), abs=1e-3)


@pytest.mark.parametrize(
    ("shift", "noise", "word"),
    [
        ([-0.5] * 5, 0.1, "holds"),
        ([0.5] * 5, 0.1, "does not hold"),
        ([-0.05] * 5, 1.0, "not shown"),
    ],
)
def test_lower_and_higher_are_decided_seed_by_seed(shift, noise, word):
    wobble = noise * np.array([-1, 1, 0, 0.5, -0.5])
    values = np.array(RIVAL) + shift + wobble
    assert lower(values, RIVAL).word == word
    assert higher(-values, -np.array(RIVAL)).word == word


def test_a_difference_that_all_seeds_share_counts_although_the_seeds_spread():
    spread_out = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert lower(spread_out - 0.1 - 0.01 * np.array([1, 0, 2, 1, 0]), spread_out).word == "holds"


def test_by_how_much_is_part_of_the_claim():
    values = np.array(RIVAL) - [0.2, 0.21, 0.19, 0.2, 0.2]
    assert [lower(values, RIVAL, by=by).word for by in (0.1, 0.2, 0.3)] == ["holds", "not shown", "does not hold"]


def test_alike_needs_an_interval_within_the_bounds_not_only_one_with_zero_in_it():
    wobble = np.array([-1, 1, 0.2, 0.5, -0.6])
    assert alike(RIVAL + 0.01 * wobble, RIVAL, within=0.05).word == "holds"
    assert alike(RIVAL + wobble, RIVAL, within=0.05).word == "not shown"
    assert alike(RIVAL + 0.01 * wobble + 1, RIVAL, within=0.05).word == "does not hold"


def test_times_compares_ratios():
    small = np.array([1e-3, 2e-3, 1.5e-3, 8e-4, 1.1e-3])
    found = times(9 * small * [1, 1.1, 0.9, 1, 1], small, at_least=3)
    assert (found.word, found.interval) == ("holds", "8.2 to 9.8 ×")
    assert times(small, small, at_least=3).word == "does not hold"
    with pytest.raises(ValueError, match="positive"):
        times([0.0, *small[1:]], small, 2)


def test_fewer_than_five_seeds_and_pairs_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="not 3"):
        lower([1, 2, 3], [4, 5, 6])
    with pytest.raises(ValueError, match="5 and 4"):
        lower(RIVAL, RIVAL[:4])
    assert len(SEEDS) >= FEWEST


def test_a_claim_with_two_parts():
    yes, no, perhaps = computed(True), computed(False), lower(RIVAL, [2.0, 4.1, 2.9, 4.2, 2.0])
    assert perhaps.word == "not shown"
    assert [(yes & yes).word, (yes & no).word, (perhaps & yes).word, (perhaps & no).word] == [
        "holds",
        "does not hold",
        "not shown",
        "does not hold",
    ]
    assert (yes & perhaps).n == "5 seeds"


def test_an_interval_of_a_bootstrap():
    assert [beyond(low, high, 0, "600 recordings").word for low, high in ((0.1, 2), (-1, 1), (-2, -0.1))] == [
        "holds",
        "not shown",
        "does not hold",
    ]


def test_the_table_has_a_column_for_everything_that_a_reader_must_know():
    row = ("It rains", "3 mm", lower(RIVAL, 4, unit="mm").but("on Sundays"), "the same gauge")
    assert claims_table([row]).splitlines() == [
        "| claim | measured here | n | interval (95 %) | control | verdict |",
        "| --- | --- | --- | --- | --- | --- |",
        "| It rains | 3 mm | 5 seeds | −1.10 to −0.82 mm | the same gauge | holds; on Sundays |",
    ]
