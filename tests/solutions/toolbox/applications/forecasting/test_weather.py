"""Is the weather read as the file has it?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from solutions.toolbox.applications.forecasting.weather import COLUMNS, beijing

FILE = Path(__file__).resolve().parents[5] / "lessons/08-applications/data/forecasting/beijing.csv.gz"


@pytest.fixture(scope="module")
def read():
    return beijing(FILE)


def test_it_has_every_hour_of_five_years(read):
    hours, series, dust = read
    assert (hours[0], hours[-1]) == (np.datetime64("2010-01-01T00"), np.datetime64("2014-12-31T23"))
    assert series.shape == (len(hours), len(COLUMNS))
    assert np.isfinite(series).all()
    assert 0.04 < np.isnan(dust).mean() < 0.05


def test_the_first_rows_are_those_of_the_file(read):
    _, series, _ = read
    np.testing.assert_allclose(series[:2, :3], [[-11, -21, 1021], [-12, -21, 1020]])
    np.testing.assert_allclose(series[:2, 3:7], [[0, np.log1p(1.79), 0, 0], [0, np.log1p(4.92), 0, 0]])


def test_hour_and_season_run_round_a_circle(read):
    hours, series, _ = read
    np.testing.assert_allclose(series[:, 7] ** 2 + series[:, 8] ** 2, 1)
    np.testing.assert_allclose(series[:, 9] ** 2 + series[:, 10] ** 2, 1)
    np.testing.assert_allclose(series[24, 7:9], [0, 1], atol=1e-12)
    assert series[np.flatnonzero(hours == np.datetime64("2012-07-01T12"))[0], 10] < -0.95
