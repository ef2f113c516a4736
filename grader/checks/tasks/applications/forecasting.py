"""Lesson 08, forecasting: what each task is given, must return, and is worth."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from grader.checks.task import Case, Inputs, Output, Sizes, Task
from grader.checks.tasks.calling import ask
from grader.checks.tasks.drawing import state


def _window_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A series that drifts, so that the mean of all rows is not the mean of the rows before the test."""
    rows = n["N"] + 6 * (n["T"] + n["K"])
    drift = np.arange(rows)[:, None] / rows * rng.uniform(1, 3, n["D"])
    share = case.options.get("share", 0.6)
    series = 5 * rng.uniform(1, 2, n["D"]) * (drift + state(rng, rows, n["D"])) + rng.uniform(2, 9, n["D"])
    return {"series": series, "T": n["T"], "K": n["K"], "first": int(share * rows)}


def _naive_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """K takes less than a season, more than one, exactly one or two, as the case says; a row is a number, or has one
    axis or two; the history is longer than three seasons, or just one."""
    ahead = {"less": n["m"] - 1, "one": n["m"], "two": 2 * n["m"], "more": 2 * n["m"] + 1}
    rows = 3 * n["m"] + n["N"] if "N" in n else n["m"]
    history = state(rng, rows, *(n[letter] for letter in "DE" if letter in n))
    return {"history": history, "K": ahead[case.options.get("ahead", "more")], "m": n["m"]}


def _error_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    truth = 3 * state(rng, n["M"], n["K"])
    miss = rng.uniform(0.5, 4, (n["M"], n["K"])) * rng.choice([-1.0, 1.0], (n["M"], n["K"]))
    history = 3 * state(rng, 4 * n["m"] + n["N"]) + 2 * np.arange(4 * n["m"] + n["N"]) / n["m"]
    return {"forecast": truth + miss, "truth": truth, "history": history, "m": n["m"]}


def _cases(letters: str, *more: Case) -> tuple[Case, ...]:
    free = dict.fromkeys(letters)
    return (
        Case("ordinary", free, public=True),
        Case("another", free),
        Case("float32", free, dtype="float32", public=True),
        *more,
    )


TASKS = (
    Task(
        name="forecasting.windows",
        title="Windows without a leak",
        points=5,
        inputs=_window_inputs,
        call=ask,
        outputs=(
            Output("x_train", ("window", "time step", "variable"), 3),
            Output("y_train", ("window", "step ahead"), 2),
            Output("x_test", ("window", "time step", "variable"), 3),
            Output("y_test", ("window", "step ahead"), 2),
        ),
        cases=_cases(
            "NTKD",
            Case("one step ahead", {"N": None, "T": None, "K": 1, "D": None}, edge=True, public=True),
            Case("one variable", {"N": None, "T": None, "K": None, "D": 1}, edge=True),
            Case("one known row", {"N": None, "T": 1, "K": None, "D": None}, edge=True),
            Case("a small test", {"N": None, "T": None, "K": None, "D": None}, options={"share": 0.8}),
        ),
        reference="solutions.applications.forecasting:windows",
    ),
    Task(
        name="forecasting.seasonal_naive",
        title="The seasonal naive forecast",
        points=2,
        inputs=_naive_inputs,
        call=ask,
        outputs=(Output("forecast", ("step ahead", "variable")),),
        cases=_cases(
            "NmD",
            Case("less than a season", {"N": None, "m": None, "D": None}, options={"ahead": "less"}, public=True),
            Case("two seasons", {"N": None, "m": None, "D": None}, options={"ahead": "two"}),
            Case("one season", {"N": None, "m": None, "D": None}, options={"ahead": "one"}),
            Case("a number each step", {"N": None, "m": None}, edge=True, public=True),
            Case("a table each step", dict.fromkeys("NmDE"), edge=True),
            Case("nothing known but a season", {"m": None, "D": None}, edge=True),
            Case("m = 1, the naive forecast", {"N": None, "m": 1, "D": None}, edge=True, public=True),
        ),
        reference="solutions.applications.forecasting:seasonal_naive",
    ),
    Task(
        name="forecasting.errors",
        title="Three measures of error",
        points=3,
        inputs=_error_inputs,
        call=ask,
        outputs=(Output("MAE"), Output("RMSE"), Output("MASE", (), 2)),
        cases=_cases(
            "MKNm",
            Case("one forecast", {"M": 1, "K": None, "N": None, "m": None}, edge=True),
            Case("m = 1", {"M": None, "K": None, "N": None, "m": 1}, public=True),
        ),
        reference="solutions.applications.forecasting:errors",
    ),
    Task(
        name="forecasting.quantile_loss",
        title="The loss of a fan",
        points=3,
        inputs="grader.marking.answers.inputs.forecasting:quantile_inputs",
        call=ask,
        outputs=(Output("loss", (), 2), Output("coverage")),
        cases=_cases(
            "MKQ",
            Case("one level", {"M": None, "K": None, "Q": 1}, edge=True),
            Case("one window", {"M": 1, "K": 7, "Q": None}, edge=True, public=True),
            Case("a truth on each end", dict.fromkeys("MKQ"), edge=True, options={"ends": True}),
        ),
        reference="solutions.applications.forecasting:quantile_loss",
    ),
)
