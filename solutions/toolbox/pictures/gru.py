"""The pictures of lesson 04: the gated recurrent unit, grown gate by gate, and what its experiments measure."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.text import Text

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.gates import COMPLETE, PALE, RADIUS, Node, Wire, draw_cell
from solutions.toolbox.pictures.plots import FAINT, INK, NETWORK, SERIES, STYLES, axes

PARTS = (
    Node("before", 0.75, 3.75, "$h_{t-1}$", "state", dashed=True),
    Node("given", 0.75, 0.45, "$x_t$", "input"),
    Node("after", 7.75, 3.75, "$h_t$", "state"),
    # stage 1: the simple recurrent network
    Node("n", 6.15, 2.15, "$n_t$", "candidate", note="tanh"),
    Wire(("before", (None, 1.25), (6.0, 1.25), ("n", -0.15, 0)), "$U_n$", "state", until=3, shift=(-0.22, -0.3)),
    Wire(("given", (6.3, 0.45), ("n", 0.15, 0)), "$W_n$", "input", shift=(0.27, -0.3)),
    Wire(("n", (None, 3.75), "after"), until=2),
    # stage 2: the update gate
    Node("z", 2.15, 2.15, "$z_t$", "gate", since=2, note="σ"),
    Wire(((2.0, 1.25), ("z", -0.15, 0)), "$U_z$", "state", since=2, shift=(-0.22, -0.3)),
    Wire(((2.3, 0.45), ("z", 0.15, 0)), "$W_z$", "input", since=2, shift=(0.27, -0.3)),
    Node("keep", 2.15, 3.75, "×", since=2),
    Node("branch", 2.15, 2.95, role="point", since=2),
    Node("complement", 4.15, 2.95, "1−", since=2),
    Node("take", 6.15, 2.95, "×", since=2),
    Node("sum", 6.15, 3.75, "+", since=2),
    Wire(("before", "keep"), since=2),
    Wire(("z", "keep"), since=2),
    Wire(("branch", "complement"), since=2),
    Wire(("complement", "take"), since=2),
    Wire(("n", "take"), since=2),
    Wire(("take", "sum"), since=2),
    Wire(("keep", "sum"), since=2),
    Wire(("sum", "after"), since=2),
    # stage 3: the reset gate
    Node("r", 4.15, 2.15, "$r_t$", "gate", since=3, note="σ"),
    Wire(((4.0, 1.25), ("r", -0.15, 0)), "$U_r$", "state", since=3, shift=(-0.22, -0.3)),
    Wire(((4.3, 0.45), ("r", 0.15, 0)), "$W_r$", "input", since=3, shift=(0.27, -0.3)),
    Node("reset", 5.15, 1.25, "×", since=3),
    Wire(("r", (5.15, None), "reset"), since=3),
    Wire(("before", (None, 1.25), "reset"), "$U_n$", "state", since=3, shift=(-0.12, -0.2)),
    Wire(("reset", (6.0, None), ("n", -0.15, 0)), since=3),
)
"""The cell, every part of it with the stages in which it is drawn."""


@says_what_it_shows
def cell(stage=COMPLETE):
    """The cell: stage 1 is the simple network, 2 has the update gate, 3 the reset gate; without a number all of it."""
    ax = draw_cell(PARTS, 8.5, 4.3, stage, frame=(1.3, 0.75, 7.1, 4.15))
    for piece in [*ax.patches, *ax.texts]:
        if piece.get_alpha() == PALE:
            _make_grey(piece)
    return ax


def _make_grey(piece):
    """What was there before is grey in place of pale: it steps back and can still be read."""
    piece.set_alpha(None)
    if isinstance(piece, Text | FancyArrowPatch):
        piece.set_color(FAINT)
    else:
        dot = isinstance(piece, Circle) and piece.radius < RADIUS
        piece.set(edgecolor=FAINT, facecolor=FAINT if dot else "white")


ZONES = (
    ("1", "#f4efe3", ((5.4, 1.82, 1.2, 0.8),), (5.54, 2.48)),
    ("2", "#f1e8fc", ((1.62, 2.72, 4.98, 1.33), (1.62, 1.82, 0.98, 0.95)), (1.78, 3.9)),
    ("3", "#e5f3ee", ((3.52, 0.98, 1.82, 1.52),), (5.14, 2.34)),
)
"""Number of a zone, its ground, its rectangles (left, bottom, width, height), where its number stands."""


@says_what_it_shows
def cell_in_zones():
    """The whole cell in three zones, in the order in which it is built: 1 candidate, 2 update gate, 3 reset gate."""
    ax = cell()
    for number, ground, rectangles, (x, y) in ZONES:
        for left, bottom, width, height in rectangles:
            ax.add_patch(Rectangle((left, bottom), width, height, facecolor=ground, edgecolor="none", zorder=-1))
        ax.add_patch(Circle((x, y), 0.11, facecolor=INK, edgecolor="none", zorder=4))
        ax.text(x, y, number, color="white", fontsize=9, fontweight="bold", ha="center", va="center", zorder=5)
    return ax


@says_what_it_shows
def what_comes_back(curves, title="", lowest=1e-16):
    """How much of a gradient comes back from so many steps ago: a line a network, the band holds all its seeds.

    Args:
        curves: name → norms for lag 0, 1, …, (seeds, lags).
        lowest: where the value axis begins.
    """
    ax = axes(width=8.5, height=3.6)
    middles = {name: np.exp(np.log(values).mean(0)) for name, values in curves.items()}
    heights = _apart({name: np.log10(middle[-1]) for name, middle in middles.items()}, 0.075 * -np.log10(lowest))
    for k, (name, middle) in enumerate(middles.items()):
        lag = np.arange(len(middle))
        ax.fill_between(lag, np.min(curves[name], 0), np.max(curves[name], 0), color=SERIES[k], alpha=0.2, linewidth=0)
        ax.semilogy(lag, middle, color=SERIES[k], linestyle=STYLES[k], linewidth=1.8, label=name)
        ax.text(1.015 * lag[-1], 10 ** heights[name], name, color=SERIES[k], va="center", fontsize=10)
    ax.set(xlabel="lag k (steps back in time)", title=title, xlim=(0, lag[-1]), ylim=(lowest, 10))
    ax.set_ylabel(r"left of the gradient, $\|\partial h_T\, /\, \partial h_{T-k}\|$")
    return ax


def _apart(heights, gap):
    """The same heights, moved up where needed so that no two are nearer than ``gap``; the highest stays."""
    moved, above = {}, np.inf
    for name in sorted(heights, key=heights.get, reverse=True):
        moved[name] = above = min(heights[name], above - gap)
    return moved


@says_what_it_shows
def gates_and_symbols(z, usual, symbols, starts, title=""):
    """Above, the update gate of each unit at each letter, a row a unit. Below, the mean of all units.

    Args:
        z: values between 0 and 1, (T, H); the units are drawn in the order of their means, the largest on top.
        usual: name → what the mean of all units is, on average, at such letters, (T,).
        symbols, starts: the text, T characters, and where words start, booleans, (T,): dotted lines.
    """
    figure, (upper, lower) = plt.subplots(
        2, 1, figsize=(9.5, 5.2), dpi=100, sharex=True, layout="constrained", height_ratios=(3, 2)
    )
    order, t = np.argsort(-z.mean(0)), np.arange(len(z))
    picture = upper.imshow(z[:, order].T, cmap="cividis", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    figure.colorbar(picture, ax=upper, label="z (0 replace, 1 keep)", aspect=14, pad=0.01)
    upper.set(title=title, yticks=[0, z.shape[1] - 1], yticklabels=["1", z.shape[1]])
    upper.set_ylabel("unit, by its mean z")
    lower.plot(t, z.mean(1), "o-", color=NETWORK, markersize=4, linewidth=1.5, label="at this place")
    for k, (name, values) in enumerate(usual.items()):
        lower.plot(t, values, STYLES[k + 1], color=SERIES[k + 1], linewidth=1.5, label=name)
    lower.vlines(t[starts] - 0.5, 0, 1.15 * z.mean(1).max(), color=FAINT, linewidth=1, linestyle=":")
    lower.set(xlabel="letter that is read (dotted: a word starts)", ylabel="z, mean of all units", ylim=(0, None))
    lower.set_xticks(t, list(symbols))
    lower.spines[["top", "right"]].set_visible(False)
    lower.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=3, frameon=False)
    return upper, lower


@says_what_it_shows
def differences(rows, intervals, xlabel, title=""):
    """Differences, a dot a seed and a row a comparison; the bar is the 95 % interval of their mean.

    Args:
        rows: name of a comparison → one number for each seed.
        intervals: name → (low, high).
    """
    ax = axes(width=8.5, height=0.9 + 0.5 * len(rows))
    for k, (name, values) in enumerate(rows.items()):
        ax.plot(intervals[name], (k, k), color=INK, linewidth=5, alpha=0.25, solid_capstyle="butt")
        ax.plot(values, k + np.linspace(-0.14, 0.14, len(values)), "o", color=NETWORK, markersize=5)
    ax.axvline(0, color=FAINT, linewidth=1, linestyle="--")
    ax.grid(visible=False)
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel=xlabel, title=title, ylim=(len(rows) - 0.5, -0.5))
    return ax


@says_what_it_shows
def clipped_or_not(rows, rates, solved):
    """Errors of GRUs against the learning rate, with and without clipping, a panel for each way of training.

    Args:
        rows: dicts with "way" (of descending), "start" (factor of U), "clip" (None without), "tuning" (the error for
            each rate), "rate" (the best) and "runs", whose first entries are the errors of the seeds at that rate.
        rates: way → its learning rates.
        solved: errors below it count as success.
    """
    kinds = list(dict.fromkeys((row["way"], row["start"]) for row in rows))
    panels = np.atleast_1d(axes(width=9.5, height=3.2, columns=len(kinds), sharey=True))
    for row in rows:
        ax, free = panels[kinds.index((row["way"], row["start"]))], row["clip"] is None
        look = {"color": SERIES[int(free)], "markerfacecolor": "white" if free else SERIES[0]}
        ax.loglog(rates[row["way"]], _shown(row["tuning"]), STYLES[int(free)], color=look["color"], linewidth=1.5)
        errors = _shown([error for error, *_ in row["runs"]])
        label = "without clipping" if free else "norm held at 1"
        beside = row["rate"] * 1.15 ** ((1 if free else -1) + np.linspace(-0.8, 0.8, len(errors)))
        ax.plot(beside, errors, "os"[free], label=label, markersize=5, **look)
    for ax, (way, start) in zip(panels, kinds, strict=True):
        ax.axhline(solved, color=FAINT, linestyle=":", linewidth=1.2)
        ax.set(xlabel="learning rate", title=f"{way}, $U$ × {start}")
        ax.set_xticks(rates[way][::2], [f"{rate:g}" for rate in rates[way][::2]])
        ax.minorticks_off()
    panels[0].set_ylabel("mean squared error")
    panels[0].text(rates[kinds[0][0]][0], 1.3 * solved, "solved: below", color=FAINT, fontsize=9)
    panels[0].figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return panels


def _shown(errors, most=10.0):
    """Errors, those that are larger or no numbers at the upper edge."""
    return np.minimum(errors, most)
