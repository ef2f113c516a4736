"""Forecasting a time series: windows without a leak, baselines, measures of error, and the quantile loss.

A series has one row a time step and one column a variable, (N, D); column 0 is to be forecast. A window is T known
rows, and K steps that follow. Arrays are float64 or float32; a result has the dtype of its inputs.

Sources: R. J. Hyndman, A. B. Koehler, "Another look at measures of forecast accuracy", International Journal of
Forecasting 22 (2006): the scaled error; R. Koenker, G. Bassett, "Regression quantiles", Econometrica 46 (1978): the
quantile loss.
"""

from __future__ import annotations

import numpy as np


def windows(series, T, K, first):
    """Inputs and targets, scaled, for training and for testing; nothing from the test rows reaches training.

        z = (series − mean) / std        mean and standard deviation of each column over the rows before ``first``
        x_i = z_i … z_{i+T−1}            y_i = column 0 of z_{i+T} … z_{i+T+K−1}

    A window is for training if its last target lies before row ``first``, and for testing if its first target lies at
    ``first`` or later: what it knows may reach back, as in real use. Those in between are left out.

    Args:
        series: (N, D).
        T, K: numbers of known rows and of targets.
        first: the first row that belongs to the test.

    Returns:
        x, y of all training windows, (M, T, D), (M, K), then of all test windows, in the order of time.
    """
    z = (series - series[:first].mean(axis=0)) / series[:first].std(axis=0)
    start = np.arange(len(z) - T - K + 1)
    x = z[start[:, None] + np.arange(T)]
    y = z[start[:, None] + T + np.arange(K), 0]
    train = start + T + K <= first
    test = start + T >= first
    return x[train], y[train], x[test], y[test]


def seasonal_naive(history, K, m):
    """The last season once more, as often as needed: ŷ_{N+k} = y_{N−m+(k mod m)} for k = 0 … K−1.

    With m = 1 this is the naive forecast: the last value, K times.

    Args:
        history: what is known, (N, …), time first; N ≥ m.
        K: how many steps to forecast.
        m: length of a season.

    Returns:
        the forecast, (K, …).
    """
    return history[len(history) - m + np.arange(K) % m]


def errors(forecast, truth, history, m):
    """Three measures of error.

        MAE = mean |ŷ − y|        RMSE = √ mean (ŷ − y)²        MASE = MAE / mean_t |y_t − y_{t−m}|

    The means of the first two go over all entries; the last mean goes over the history: it is what the seasonal naive
    forecast of one season ahead misses on what was known. MASE < 1 is better than that.

    Args:
        forecast, truth: of the same shape.
        history: the known series before the test, (N,), N > m.
        m: length of a season.

    Returns:
        MAE, RMSE, MASE: three scalars.
    """
    miss = forecast - truth
    mae = np.abs(miss).mean()
    rmse = np.sqrt((miss**2).mean())
    scale = np.abs(history[m:] - history[:-m]).mean()
    return mae, rmse, mae / scale


def quantile_loss(forecast, truth, levels):
    """The quantile (pinball) loss of a fan of forecasts, and how often the truth lies inside the fan.

        loss = mean of  q (y − ŷ_q) where y ≥ ŷ_q,  (1 − q) (ŷ_q − y) elsewhere

    Args:
        forecast: a forecast for each level, (…, Q), the lowest level first.
        truth: (…).
        levels: the levels q between 0 and 1, (Q,), rising.

    Returns:
        loss: the mean over all entries and levels.
        coverage: the share of truths between the lowest and the highest forecast, both included.
    """
    miss = truth[..., None] - forecast
    loss = np.maximum(levels * miss, (levels - 1) * miss).mean()
    inside = (forecast[..., 0] <= truth) & (truth <= forecast[..., -1])
    return loss, inside.mean()
