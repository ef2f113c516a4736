"""Lesson 08, language model: numbers that draw a symbol, each well inside the stretch of one."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from grader.checks.task import Case, Inputs, Sizes
from grader.checks.tasks.drawing import state


def sample_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Scores, and numbers u well inside the stretch of a symbol that is not rare: no draw hangs on rounding."""
    o = case.options.get("scale", 1.0) * 1.5 * state(rng, n["B"], n["K"])
    if case.options.get("cold"):  # exp of all scores of one row is 0, in another exp of one is infinite
        o[0], o[-1] = 1 + np.abs(o[0]), -1 - np.abs(o[-1])
        o[-1, [0, -1]] = np.sort(o[-1, [0, -1]])  # the first symbol is not the likeliest
    tau = float(case.options.get("tau", rng.choice([0.4, 0.6, 1.5, 2.5])))
    stretches = np.exp((o - o.max(1, keepdims=True)) / tau)
    ends = np.cumsum(stretches, axis=1) / stretches.sum(1, keepdims=True)
    starts = np.hstack([np.zeros((n["B"], 1)), ends[:, :-1]])
    u = np.empty(n["B"])
    for row in range(n["B"]):
        likely = rng.choice(np.flatnonzero(ends[row] - starts[row] > 0.02))
        u[row] = starts[row, likely] + rng.uniform(0.2, 0.8) * (ends[row, likely] - starts[row, likely])
    if case.options.get("last"):  # the last symbol is likely, and the sum of all p is rounded, in some rows below u
        o[:, -1] = o.max(axis=1)
        u = np.full(n["B"], 1 - 2.0**-53)
    elif "u" in case.options:
        o[:, 0] = o.max() - 200.0  # a first symbol without any stretch
        u = np.full(n["B"], case.options["u"])
    return {"o": o, "tau": tau, "u": u}
