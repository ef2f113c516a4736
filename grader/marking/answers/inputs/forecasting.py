"""Lesson 08, forecasting: a fan of which it is known how many truths it holds."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from grader.checks.task import Case, Inputs, Sizes
from grader.checks.tasks.drawing import state


def quantile_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A fan that holds less than half of the truths, and most of the others lie above it; no level is ½, and the levels
    are not symmetric."""
    middle = 2 * state(rng, n["M"], n["K"], 1)
    steps = np.cumsum(rng.uniform(0.5, 1.5, (n["M"], n["K"], n["Q"])), axis=2)
    levels = np.sort(rng.permutation([0.05, 0.15, 0.3, 0.6, 0.7, 0.8, 0.93])[: n["Q"]])
    forecast = middle + steps
    low, high = forecast[..., 0], forecast[..., -1]
    place, size = rng.permutation(low.size).reshape(low.shape), low.size  # 0: below, then inside, then above
    within = (place > 0) & (place <= max(1, (size - 2) // 2))
    share = rng.uniform(0.2, 0.8, low.shape)
    truth = np.select([place == 0, within], [low - 2 * share, low + share * (high - low)], high + 2 * share)
    if case.options.get("ends"):
        truth[0, :2] = forecast[0, 0, 0], forecast[0, 1, -1]
    return {"forecast": forecast, "truth": truth, "levels": levels}
