"""Lesson 08, forecasting: right answers written differently."""

from __future__ import annotations

import math

import numpy as np
import torch

from grader.checks.device import pick_device
from grader.marking.answers.alternatives import Alternatives, Axes


def _tensor(array):
    return torch.as_tensor(np.array(array), device=pick_device())


def windows_in_loops(series, T, K, first):
    """One window after the other; the scaled copy column by column."""
    scaled = series.copy()
    for column in scaled.T:
        known = column[:first].copy()
        column -= known.mean()
        column /= np.sqrt(np.mean((known - known.mean()) ** 2))
    parts = [], [], [], []
    for target in range(T, len(series) - K + 1):
        if target + K <= first:
            where = 0
        elif target >= first:
            where = 2
        else:
            continue
        parts[where].append(scaled[target - T : target])
        parts[where + 1].append(scaled[target : target + K, 0])
    return tuple(np.array(part) for part in parts)


def windows_by_views(series, T, K, first):
    """NumPy's own sliding windows, cut at the two ends."""
    known = series[:first]
    scaled = (series - known.mean(0)) / np.std(known, 0)
    slid = np.lib.stride_tricks.sliding_window_view(scaled, T + K, axis=0).swapaxes(1, 2)
    x, y = slid[:, :T], slid[:, T:, 0]
    last, begin = first - T - K + 1, max(0, first - T)
    return x[:last], y[:last], x[begin:], y[begin:]


def windows_in_torch(series, T, K, first):
    series = _tensor(series)
    std, mean = torch.std_mean(series[:first], dim=0, correction=0)
    slid = ((series - mean) / std).unfold(0, T + K, 1).transpose(1, 2)
    train, test = slid[: first - T - K + 1], slid[first - T :]
    return train[:, :T], train[:, T:, 0], test[:, :T], test[:, T:, 0]


def naive_by_tile(history, K, m):
    season = history[-m:]
    return np.concatenate([season] * math.ceil(K / m))[:K]


def naive_step_by_step(history, K, m):
    """Each forecast joins the history from which the next ones are read."""
    rows = [*history]
    for _ in range(K):
        rows.append(rows[-m])
    return rows[-K:]


def naive_in_torch(history, K, m):
    season = _tensor(history)[-m:]
    return torch.cat([season] * (K // m + 1))[:K]


def errors_in_python(forecast, truth, history, m):
    misses = [float(a) - float(b) for a, b in zip(np.ravel(forecast), np.ravel(truth), strict=True)]
    mae = math.fsum(map(abs, misses)) / len(misses)
    rmse = math.sqrt(math.fsum(miss * miss for miss in misses) / len(misses))
    steps = [abs(float(b) - float(a)) for a, b in zip(history, history[m:], strict=False)]
    return mae, rmse, mae * len(steps) / math.fsum(steps)


def errors_by_norms(forecast, truth, history, m):
    miss = (truth - forecast).ravel()
    mae = np.linalg.norm(miss, 1) / miss.size
    scale = np.mean(np.abs(history[:-m] - np.roll(history, -m)[:-m]))
    return mae, np.linalg.norm(miss) / np.sqrt(miss.size), mae / scale


def errors_in_torch(forecast, truth, history, m):
    forecast, truth, history = _tensor(forecast), _tensor(truth), _tensor(history)
    mae = torch.nn.functional.l1_loss(forecast, truth)
    rmse = torch.nn.functional.mse_loss(forecast, truth).sqrt()
    return mae, rmse, mae / torch.nn.functional.l1_loss(history[m:], history[:-m])


def quantiles_level_by_level(forecast, truth, levels):
    losses = []
    for k, level in enumerate(levels):
        miss = truth - forecast[..., k]
        losses.append(np.where(miss >= 0, level * miss, (level - 1) * miss).mean())
    outside = (truth < forecast[..., 0]) | (truth > forecast[..., -1])
    return sum(losses) / len(losses), 1 - outside.mean()


def quantiles_by_absolute_values(forecast, truth, levels):
    """ρ_q(u) = |u| / 2 + (q − ½) u."""
    u = np.expand_dims(truth, -1) - forecast
    loss = np.mean(np.abs(u) / 2 + (levels - 0.5) * u)
    return loss, np.mean((u[..., 0] >= 0) * (u[..., -1] <= 0))


def quantiles_in_torch(forecast, truth, levels):
    forecast, truth, levels = _tensor(forecast), _tensor(truth), _tensor(levels)
    miss = truth.unsqueeze(-1) - forecast
    loss = (levels * miss.clamp(min=0) + (1 - levels) * (-miss).clamp(min=0)).mean()
    inside = (truth >= forecast[..., 0]).logical_and(truth <= forecast[..., -1])
    return loss, inside.to(loss.dtype).mean()


ALTERNATIVES = {
    "forecasting.windows": Alternatives(
        (windows_in_loops, windows_by_views, windows_in_torch),
        Axes("series:ND", "x_train:MTD y_train:MK x_test:PTD y_test:PK"),  # column 0 is special
    ),
    "forecasting.seasonal_naive": Alternatives(
        (naive_by_tile, naive_step_by_step, naive_in_torch),
        Axes("", ""),
    ),
    "forecasting.errors": Alternatives(
        (errors_in_python, errors_by_norms, errors_in_torch),
        Axes("forecast:MK truth:MK", "", free="MK"),
    ),
    "forecasting.quantile_loss": Alternatives(
        (quantiles_level_by_level, quantiles_by_absolute_values, quantiles_in_torch),
        Axes("forecast:MKQ truth:MK", "", free="MK"),
    ),
}
