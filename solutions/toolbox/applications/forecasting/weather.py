"""The weather of Beijing, hour by hour, as a forecaster reads it."""

from __future__ import annotations

import numpy as np

COLUMNS = (
    "temperature (°C)",
    "dew point (°C)",
    "pressure (hPa)",
    *(f"log of the wind run, {direction}" for direction in ("north-east", "north-west", "south-east", "calm")),
    *(f"{what} of the {cycle}" for cycle in ("hour", "season") for what in ("sine", "cosine")),
)
"""What the columns of `beijing` are."""


def beijing(path):
    """The file ``beijing.csv.gz`` as a series of numbers.

    The wind direction is no number: each of the four has a column, zero while the wind blows from elsewhere. The hour
    of the day and the day of the year are circles: each becomes a sine and a cosine.

    Returns:
        hours: the time of each row, datetime64, (N,).
        series: (N, 11), the columns as in `COLUMNS`.
        dust: PM2.5 in µg/m³, (N,), nan where it is missing.
    """
    *measured, direction, run, dust = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)
    wind = np.where(direction[:, None] == np.arange(4), np.log1p(run)[:, None], 0.0)
    hours = np.datetime64("2010-01-01T00", "h") + np.arange(len(run))
    angles = 2 * np.pi * np.arange(len(run))[:, None] / np.array([24.0, 24 * 365.25])
    circles = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(len(run), 4)
    return hours, np.column_stack([*measured, wind, circles]), dust
