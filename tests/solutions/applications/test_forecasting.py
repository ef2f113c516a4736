"""Do the references of the forecasting notebook keep their promises?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.applications.forecasting import errors, quantile_loss, seasonal_naive, windows

rng = np.random.default_rng(0)


@pytest.mark.parametrize(("T", "K", "D"), [(1, 1, 1), (3, 2, 4), (5, 7, 1)])
def test_every_window_is_used_once_or_lies_across_the_border(T, K, D):
    N, first = 40, 23
    x_train, y_train, x_test, y_test = windows(rng.normal(size=(N, D)), T, K, first)
    assert len(x_train) == len(y_train) == first - T - K + 1
    assert len(x_test) == len(y_test) == N - K - first + 1
    assert len(x_train) + len(x_test) == N - T - K + 1 - (K - 1)


def test_nothing_that_comes_later_changes_the_training():
    series = rng.normal(size=(50, 3))
    later = series.copy()
    later[30:] += 100
    for before, after in zip(windows(series, 4, 3, 30)[:2], windows(later, 4, 3, 30)[:2], strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_test_window_reads_what_is_known_and_is_asked_for_what_is_new():
    series = np.arange(20.0)[:, None]
    z = (series - series[:12].mean()) / series[:12].std()
    _, y_train, x_test, y_test = windows(series, 4, 2, 12)
    np.testing.assert_allclose(x_test[0, :, 0], z[8:12, 0])
    np.testing.assert_allclose(y_test[0], z[12:14, 0])
    np.testing.assert_allclose(y_train[-1], z[10:12, 0])


def test_the_training_rows_have_mean_0_and_deviation_1():
    series = 5 + 3 * rng.normal(size=(60, 2))
    x, *_ = windows(series, 1, 1, 41)
    rows = np.concatenate([x[:, 0], windows(series, 1, 1, 41)[2][:1, 0]])
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(rows.std(axis=0), 1)


@pytest.mark.parametrize("K", [1, 3, 4, 5, 8, 11])
def test_the_seasonal_naive_forecast_goes_on_with_the_season(K):
    season = rng.normal(size=(4, 2))
    history = np.concatenate([season + 9, season])
    np.testing.assert_array_equal(seasonal_naive(history, K, 4), np.concatenate([season] * 3)[:K])


def test_the_scaled_error_of_the_seasonal_naive_forecast_on_its_own_history_is_1():
    history = rng.normal(size=40).cumsum()
    mae, rmse, mase = errors(history[:-7], history[7:], history, 7)
    assert mase == pytest.approx(1)
    assert mae <= rmse


def test_the_best_constant_under_the_quantile_loss_is_the_quantile():
    truth = rng.exponential(size=20001)
    levels = np.array([0.1, 0.5, 0.9])
    grid = np.linspace(0, 4, 401)
    for k, level in enumerate(levels):
        losses = [quantile_loss(np.full((len(truth), 1), g), truth, levels[k : k + 1])[0] for g in grid]
        assert grid[np.argmin(losses)] == pytest.approx(np.quantile(truth, level), abs=0.011)


def test_half_the_absolute_error_at_the_middle_level():
    forecast, truth = rng.normal(size=(5, 6, 1)), rng.normal(size=(5, 6))
    loss, _ = quantile_loss(forecast, truth, np.array([0.5]))
    wanted = torch.nn.functional.l1_loss(torch.tensor(forecast[..., 0]), torch.tensor(truth)).item() / 2
    assert loss == pytest.approx(wanted)


def test_the_edges_belong_to_the_fan():
    _, coverage = quantile_loss(np.array([[1.0, 2.0]] * 4), np.array([0.9, 1.0, 2.0, 2.1]), np.array([0.2, 0.8]))
    assert coverage == 0.5


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_have_the_dtype_of_the_inputs(dtype):
    series = rng.normal(size=(30, 2)).astype(dtype)
    found = [*windows(series, 3, 2, 20), seasonal_naive(series, 5, 3), *errors(series, series + 1, series[:, 0], 2)]
    assert {np.asarray(value).dtype for value in found} == {np.dtype(dtype)}
