"""Pictures of forecasts: how a series is split, errors by step and by month, fans."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgba
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
    "next hour": COLOURS["gate"],
}
DASHES = dict(zip(LOOK, (":", "-.", "--", "-", plots.STYLES[4], (0, (1, 1))), strict=True))
"""Each forecast's colour and dashes, the same in every picture."""


@says_what_it_shows
def splitting(rows=18, first=11, T=4, K=2):
    """Windows over numbered rows: two for training, one that straddles the border, two for testing."""
    ax = canvas(9.4, 3.6)
    width, start_x = 0.4, 0.4
    for row in range(rows):
        _square(ax, start_x + row * width, 2.6, str(row), "faint" if row < first else "candidate", 0.16)
    edge = start_x + first * width - 0.02
    ax.plot((edge, edge), (0.1, 3.35), color=COLOURS["ink"], linestyle=":", linewidth=1.5)
    write(ax, edge - 0.12, 3.15, "known while training", "faint", 11, "right")
    write(ax, edge + 0.12, 3.15, f"the test begins: first = {first}", "candidate", 11, "left")
    kinds = [(0, "training"), (first - T - K, "training: the last one"), (first - T - 1, "left out")]
    kinds += [(first - T, "testing: the first one"), (rows - T - K, "testing")]
    for level, (start, kind) in enumerate(kinds):
        y = 2.05 - 0.47 * level
        for k in range(T + K):
            look = {"alpha": 0.0, "dashed": True} if kind == "left out" else {"alpha": 0.2 if k < T else 0.6}
            _square(ax, start_x + (start + k) * width, y, "x" if k < T else "y", "input" if k < T else "state", **look)
        write(ax, start_x + (start + T + K) * width + 0.1, y + 0.15, kind, "ink", 11, "left")
    return ax


def _square(ax, x, y, text, role, alpha, dashed=False):
    edge = {"edgecolor": COLOURS[role], "linewidth": 1.4, "linestyle": "--" if dashed else "-"}
    ax.add_patch(Rectangle((x, y), 0.35, 0.3, facecolor=to_rgba(COLOURS[role], alpha), **edge))
    ax.text(x + 0.175, y + 0.15, text, ha="center", va="center", fontsize=9, color=COLOURS["ink"])


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
def by_step(misses, level="linear", unit="°C"):
    """Left: mean absolute error for each step ahead, means over seeds. Right: the difference from one of the methods,
    a line for each seed.

    Args:
        misses: name → errors (seeds, K) or (K,).
        level: the method from which the differences on the right are taken.
    """
    left, right = plots.axes(columns=2, width=11.0, height=3.4)
    level_line = np.atleast_2d(misses[level]).mean(axis=0)
    for name, values in misses.items():
        look = {"color": LOOK[name], "linestyle": DASHES[name], "linewidth": 1.5}
        steps = range(1, len(level_line) + 1)
        left.plot(steps, np.atleast_2d(values).mean(axis=0), **look, label=name)
        if not name.startswith("as "):
            right.plot(steps, (np.atleast_2d(values) - level_line).T, **look)
    left.set(ylabel=f"mean absolute error ({unit})", ylim=(0, None))
    right.set(ylabel=f"difference from {level} ({unit})")
    for ax in (left, right):
        ax.set(xlabel="steps ahead (hours)", xticks=range(0, len(level_line) + 1, 6))
    left.figure.legend(loc="outside lower center", ncols=len(misses), frameon=False)
    return left, right


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
