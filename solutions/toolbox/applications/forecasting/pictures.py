"""Pictures of forecasts: how a series is split, errors by step and by month, fans."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from solutions.toolbox.pictures import plots
from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, canvas, write

LOOK = {
    "as now": plots.FAINT,
    "as yesterday": plots.INK,
    "linear": plots.BASELINE,
    "GRU": plots.NETWORK,
    "convolution": COLOURS["output"],
}
DASHES = dict(zip(LOOK, (":", "-.", "--", "-", plots.STYLES[4]), strict=True))
"""Each forecast's colour and dashes, the same in every picture."""


@says_what_it_shows
def splitting(rows=18, first=11, T=4, K=2):
    """Windows over a series of boxes: two for training, one that straddles, two for testing."""
    ax = canvas(8.6, 3.3)
    width = 0.4
    for row in range(rows):
        colour = COLOURS["faint"] if row < first else COLOURS["candidate"]
        ax.add_patch(Rectangle((0.4 + row * width, 2.55), 0.9 * width, 0.3, facecolor=colour, alpha=0.45))
    edge = 0.4 + first * width - 0.02
    ax.axvline(edge, 0.08, 0.92, color=COLOURS["ink"], linestyle=":", linewidth=1.3)
    write(ax, edge - 0.1, 3.1, "known while training", "faint", 10, "right")
    write(ax, edge + 0.1, 3.1, "the test begins: row first", "candidate", 10, "left")
    kinds = [(0, "training"), (first - T - K, "the last one for training"), (first - T - 1, "left out")]
    kinds += [(first - T, "the first one for testing"), (rows - T - K, "testing")]
    for level, (start, kind) in enumerate(kinds):
        y = 2.1 - 0.45 * level
        for k in range(T + K):
            role = "input" if k < T else "loss"
            x = 0.4 + (start + k) * width
            alpha = 0.25 if kind == "left out" else 0.85
            ax.add_patch(Rectangle((x, y), 0.9 * width, 0.26, facecolor=COLOURS[role], alpha=alpha))
        end = 0.4 + (start + T + K) * width + 0.1
        left = end > 8
        write(ax, 0.3 + start * width if left else end, y + 0.13, kind, "ink", 10, "right" if left else "left")
    return ax


@says_what_it_shows
def weeks(hours, values, title=""):
    """A stretch of an hourly series."""
    ax = plots.axes(height=2.6)
    ax.plot(hours, values, color=plots.INK, linewidth=1.2)
    ax.set(ylabel="temperature (°C)", xlabel="day (a tick is midnight)", title=title)
    days = hours[:: 24 * max(1, len(hours) // 24 // 14)]
    ax.set_xticks(days, [str(day.astype("datetime64[D]"))[5:] for day in days])
    return ax


@says_what_it_shows
def by_step(misses, unit="°C"):
    """Mean absolute error for each step ahead, a line for each seed. ``misses`` maps a name to errors (seeds, K)."""
    ax = plots.axes(height=3.4)
    for name, values in misses.items():
        for seed, line in enumerate(np.atleast_2d(values)):
            look = {"color": LOOK[name], "linestyle": DASHES[name], "linewidth": 1.3}
            ax.plot(range(1, len(line) + 1), line, **look, label=None if seed else name)
    ax.set(xlabel="steps ahead (hours)", ylabel=f"mean absolute error ({unit})", ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def fans(known, truth, fan, titles, unit="°C"):
    """Forecasts with their fans, one panel each.

    Args:
        known: what was known, (M, T).
        truth: what came, (M, K).
        fan: the lowest, the middle and the highest forecast, (M, K, 3).
        titles: M short titles.
    """
    panels = np.atleast_1d(plots.axes(columns=len(known), width=11.5, height=2.9, sharey=True))
    for ax, before, came, spread, title in zip(panels, known, truth, fan, titles, strict=True):
        back, ahead = np.arange(-len(before) + 1, 1), np.arange(1, len(came) + 1)
        ax.fill_between(ahead, spread[:, 0], spread[:, -1], color=plots.NETWORK, alpha=0.25, label="10 % to 90 %")
        ax.plot(ahead, spread[:, 1], color=plots.NETWORK, linewidth=1.6, label="forecast")
        ax.plot(back, before, color=plots.FAINT, linewidth=1.2, label="known")
        ax.plot(ahead, came, color=plots.INK, linewidth=1.4, linestyle="--", label="what came")
        ax.set(xlabel="hours from now", title=title)
        ax.set_xticks(range(-24, 25, 12))
    panels[0].set_ylabel(f"temperature ({unit})")
    panels[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return panels


@says_what_it_shows
def by_month(misses, unit="°C"):
    """Mean absolute error in each month. ``misses`` maps a name to (seeds, 12) or (12,)."""
    ax = plots.axes(height=2.8)
    for k, (name, values) in enumerate(misses.items()):
        for seed, line in enumerate(np.atleast_2d(values)):
            x = np.arange(1, 13) + 0.18 * (k - (len(misses) - 1) / 2)
            ax.plot(x, line, "osD^"[k], color=LOOK[name], alpha=0.75, label=None if seed else name)
    ax.set(xlabel="month of the test year", ylabel=f"mean absolute error ({unit})", ylim=(0, None))
    ax.set_xticks(range(1, 13))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax
