"""The long run of the forecasting notebook: rates, the convolution, one step at a time. Writes long_run.json beside it.

    .venv/bin/python lessons/08-applications/data/forecasting/long_run.py     (from the root; 3 minutes on one core)

Every network gets the same search: the learning rate with the smallest mean absolute error on 2013, after training on
2010 to 2012, from the same four, with a seed that is used for nothing else. Then five seeds are trained on 2010 to 2013
and tested on 2014. "next hour" forecasts one hour and goes on from its own forecast.

The networks are those of the notebook: its cells are executed. It runs in the clone alone, where the answers stand.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import numpy as np
import torch

from solutions.applications.forecasting import windows
from solutions.toolbox.applications.forecasting.weather import beijing
from solutions.toolbox.experiments.seeds import SEEDS, seed_all

HERE = Path(__file__).resolve().parent
NOTEBOOK = HERE.parents[1] / "forecasting.ipynb"
CELLS = ("forecasting-001", "forecasting-032", "forecasting-033", "forecasting-next-hour", "forecasting-iterated")
RATES, TRIAL = (0.0025, 0.005, 0.01, 0.02), 5
SHRINKS = (1.0, 10.0, 100.0, 1000.0, 10000.0)
T, K, EVERY = 48, 24, 5
SIZES = {"GRU": 48, "convolution": 30, "next hour": 48}


def notebook():
    """Names that the notebook's cells define."""
    names = {"K": K, "LARGE": False}
    cells = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    for name in CELLS:
        exec(cells[name], names)
    return names


def year(series, hours, first, after):
    """Windows to learn from before ``first``, every fifth of those from there on, and one unit in °C."""
    start, end = (int(np.searchsorted(hours, np.datetime64(day))) for day in (first, after))
    x, y, x_test, y_test = windows(series[:end], T, K, start)
    return x, y, x_test[::EVERY], y_test[::EVERY], float(series[:start, 0].std())


def measured(names, kind, seed, rate, data):
    """Mean absolute error of one network at each step ahead and of each window, in °C; and the coverage of its fan."""
    x, y, x_test, y_test, degrees = data
    names.update(x_train=x, y_train=y)
    if kind == "next hour":
        found, inside = names["iterated"](names["train_next"](SIZES[kind], seed, rate), x_test), None
    else:
        model = names["train"](kind, SIZES[kind], seed, rate)
        fan = model(torch.tensor(x_test)).detach().numpy()
        found, inside = fan[..., 1], float(((fan[..., 0] <= y_test) & (y_test <= fan[..., 2])).mean())
    miss = np.abs(found - y_test) * degrees
    return miss.mean(axis=0), miss.mean(axis=1), inside


def ridge(shrink, data):
    """The mean absolute error of the linear regression, in °C."""
    x, y, x_test, y_test, degrees = data
    flat, asked = (np.c_[part.reshape(len(part), -1), np.ones(len(part))] for part in (x, x_test))
    weights = np.linalg.solve(flat.T @ flat + shrink * np.eye(flat.shape[1]), flat.T @ y)
    return float(np.abs(asked @ weights - y_test).mean() * degrees)


def main():
    hours, series, _ = beijing(HERE / "beijing.csv.gz")
    names, series = notebook(), series.astype(np.float32)
    past = year(series, hours, "2013-01-01", "2014-01-01")
    seed_all(0)
    shrinks = {str(shrink): round(ridge(shrink, past), 4) for shrink in SHRINKS}
    found = {"torch": torch.__version__, "seeds": SEEDS, "shrink": shrinks, "networks": {}}
    print(shrinks, flush=True)
    data = year(series, hours, "2014-01-01", "2015-01-01")
    first = int(np.searchsorted(hours, np.datetime64("2014-01-01")))
    month = hours[first + EVERY * np.arange(len(data[3]))].astype("datetime64[M]").astype(int) % 12
    for kind in SIZES:
        tried = {str(rate): round(float(measured(names, kind, TRIAL, rate, past)[0].mean()), 4) for rate in RATES}
        best = float(min(tried, key=tried.get))
        print(kind, tried, flush=True)
        rows = found["networks"][kind] = {"tried": tried, "rate": best, "by step": [], "by month": [], "inside": []}
        for seed in SEEDS:
            step, window, inside = measured(names, kind, seed, best, data)
            rows["by step"].append(step.round(4).tolist())
            rows["by month"].append([round(float(window[month == k].mean()), 4) for k in range(12)])
            rows["inside"].append(inside)
            print(kind, seed, step.mean(), inside, flush=True)
        (HERE / "long_run.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
