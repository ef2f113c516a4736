"""Drawings of stacks of recurrent layers, and the plots of lesson 06."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.patches import Circle

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import FAINT, SERIES, axes

MARKERS = "osD^v"
LEFT, BOTTOM, WIDE, HIGH = 1.75, 0.45, 1.45, 0.95
"""Where the lower left box of a stack stands, and how far columns and rows lie apart."""


@says_what_it_shows
def stack(L=3, T=4, *, marked=(), dropped=False, residual=False):
    """A stack unfolded in time: a column for each step, a row for each layer.

    Args:
        L, T: number of layers and of steps.
        marked: places (layer, step) that a thick line joins; layer 0 is the input.
        dropped: whether the arrows between the layers are drawn dashed, in pink: there the masks act.
        residual: whether paths go past the layers above the lowest.
    """
    high = 1.2 if residual else HIGH
    ax = canvas(LEFT + WIDE * T + 0.3, BOTTOM + high * L + 0.6)
    boxes = {(k, t): _place(ax, k, t, high) for k in range(L + 1) for t in range(1, T + 1)}
    for k in range(1, L + 1):
        start = box(ax, LEFT - WIDE + 0.1, BOTTOM + high * k, f"$h^{{({k})}}_0$", dashed=True)
        for t in range(1, T + 1):
            before = start if t == 1 else boxes[k, t - 1]
            arrow(ax, before.right, boxes[k, t].left, f"$U^{{({k})}}$" if t == T else "", "state", shift=(0, 0.19))
            drop = dropped and k > 1
            name = f"$W^{{({k})}}$" if t == T else ""
            role = "loss" if drop else "input"
            arrow(ax, boxes[k - 1, t].top, boxes[k, t].bottom, name, role, shift=(0.34, 0), dashed=drop)
            if residual and k > 1:
                _past(ax, boxes[k - 1, t], boxes[k, t])
    if marked:
        line = np.array([(boxes[place].x, boxes[place].y) for place in marked])
        ax.plot(*line.T, color=COLOURS["output"], linewidth=7, alpha=0.45, solid_capstyle="round", zorder=1)
    for k in range(L + 1):
        height = BOTTOM + high * k
        write(ax, LEFT + WIDE * T - 0.55, height, "input" if k == 0 else f"layer {k}", "faint", 10, "left")
    return ax


def _place(ax, k, t, high):
    name, role = (f"$x_{t}$", "input") if k == 0 else (f"$h^{{({k})}}_{t}$", "state")
    return box(ax, LEFT + WIDE * (t - 1), BOTTOM + high * k, name, role)


def _past(ax, below, above):
    """A path from above a box to above the next one, bent round it, where it is added."""
    x, start, end = above.x, below.top[1] + 0.19, above.top[1] + 0.19
    arrow(ax, (x, start), (x - 0.07, end), "", "output", bend=-0.62)
    ax.plot([x, x], [above.top[1], end], color=COLOURS["input"], linewidth=1.7, zorder=1)
    ax.add_patch(Circle((x, end), 0.1, facecolor="white", edgecolor=COLOURS["output"], linewidth=1.4, zorder=3))
    write(ax, x, end, "+", "output", 10)


@says_what_it_shows
def ways_to_be_deep():
    """Three ways to put more layers into a step: a stack, a deep transition, a deep output."""
    ax = canvas(10.2, 3.9)
    for left, name in ((0.9, "stacked"), (4.4, "deep transition"), (7.9, "deep output")):
        write(ax, left + 0.85, 3.65, name, size=12)
    _stacked(ax, 0.9)
    _transition(ax, 4.4)
    _output(ax, 7.9)
    return ax


def _columns(ax, left):
    """The inputs of two steps."""
    return [box(ax, left + 1.7 * k, 0.4, f"$x_{{{t}}}$", "input") for k, t in enumerate(("t-1", "t"))]


def _stacked(ax, left):
    before = None
    for k, x in enumerate(_columns(ax, left)):
        t = ("t-1", "t")[k]
        low = box(ax, x.x, 1.3, f"$h^{{(1)}}_{{{t}}}$")
        high = box(ax, x.x, 2.2, f"$h^{{(2)}}_{{{t}}}$")
        arrow(ax, x.top, low.bottom, role="input")
        arrow(ax, low.top, high.bottom, role="input")
        arrow(ax, high.top, (x.x, 3.1), role="output")
        if k:
            arrow(ax, before[0].right, low.left, role="state")
            arrow(ax, before[1].right, high.left, role="state")
        before = low, high


def _transition(ax, left):
    before = None
    for k, x in enumerate(_columns(ax, left)):
        t = ("t-1", "t")[k]
        between = box(ax, x.x, 1.3, f"$s_{{{t}}}$", "candidate")
        h = box(ax, x.x, 2.2, f"$h_{{{t}}}$")
        arrow(ax, x.top, between.bottom, role="input")
        arrow(ax, between.top, h.bottom, "$W_2$" if k else "", "candidate", shift=(0.27, 0))
        arrow(ax, h.top, (x.x, 3.1), role="output")
        if k:
            arrow(ax, before.right, between.left, "$U$", "state", shift=(0.05, 0.22))
        before = h


def _output(ax, left):
    before = None
    for k, x in enumerate(_columns(ax, left)):
        t = ("t-1", "t")[k]
        h = box(ax, x.x, 1.3, f"$h_{{{t}}}$")
        q = box(ax, x.x, 2.2, f"$q_{{{t}}}$", "output")
        arrow(ax, x.top, h.bottom, role="input")
        arrow(ax, h.top, q.bottom, role="output")
        arrow(ax, q.top, (x.x, 3.1), role="output")
        if k:
            arrow(ax, before.right, h.left, role="state")
        before = h


@says_what_it_shows
def gradient_maps(panels, title="", limits=(1e-6, 1.0)):
    """Sizes of gradients by layer and time, a panel for each entry, on one logarithmic scale of colours.

    Args:
        panels: name → norms (L, T), the lowest layer first; it is drawn at the bottom.
        limits: where the scale of colours ends; what is smaller is as dark as its end.
    """
    (L, T), count = next(iter(panels.values())).shape, len(panels)
    figure, drawn = plt.subplots(
        count,
        1,
        figsize=(9.0, 0.75 + count * (0.5 + 0.27 * L)),
        dpi=100,
        layout="constrained",
        sharex=True,
        squeeze=False,
    )
    for ax, (name, norms) in zip(drawn[:, 0], panels.items(), strict=True):
        shown = np.clip(norms, *limits)
        edges = np.arange(T + 1) + 0.5, np.arange(L + 1) + 0.5
        image = ax.pcolormesh(*edges, shown, norm=LogNorm(*limits), cmap="viridis")
        ax.set(yticks=range(1, L + 1), ylabel="layer")
        ax.set_title(name, fontsize=10, loc="left")
    drawn[-1, 0].set_xlabel("time step")
    figure.suptitle(title, fontsize=11)
    figure.colorbar(image, ax=drawn[:, 0], label="norm (largest = 1)", extend="min", shrink=0.9)
    return drawn[:, 0]


@says_what_it_shows
def by_depth(results, title="", ylabel="loss on unseen text (bits a letter)"):
    """Lines over the depth, with a dot for each seed. ``results`` maps a name to {depth: one value for each seed}."""
    ax = axes(width=8.0, height=3.4)
    for k, (name, values) in enumerate(results.items()):
        depths = sorted(values)
        ax.plot(depths, [np.mean(values[L]) for L in depths], MARKERS[k] + "-", color=SERIES[k], label=name)
        for L in depths:
            ax.plot([L] * len(values[L]), values[L], MARKERS[k], color=SERIES[k], alpha=0.35, markersize=5)
    ax.set_xticks(sorted({L for values in results.values() for L in values}))
    ax.set(xlabel="number of layers (equal number of parameters)", ylabel=ylabel, title=title)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def by_layer(panels, chance, ylabel="right answers of a linear reader (%)"):
    """What each layer tells, a panel for each question. ``panels`` maps a name to percentages (seeds, L).

    Args:
        chance: name → percentage of always giving the most frequent answer, drawn as a dashed line.
    """
    drawn = np.atleast_1d(axes(columns=len(panels), width=9.8, height=3.0, sharey=True))
    for ax, (name, found) in zip(drawn, panels.items(), strict=True):
        layers = np.arange(1, found.shape[1] + 1)
        ax.plot(layers, found.T, "o", color=SERIES[0], alpha=0.45)
        ax.plot(layers, found.mean(axis=0), "-", color=SERIES[0])
        ax.axhline(chance[name], color=FAINT, linestyle="--")
        ax.set(xlabel="layer", xticks=layers, xlim=(0.6, layers[-1] + 0.4), ylim=(0, 104))
        ax.set_title(name, fontsize=10)
    drawn[0].set_ylabel(ylabel)
    return drawn
