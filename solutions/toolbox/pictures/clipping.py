"""The pictures of lesson 03: the chain of Jacobians, norms against lag, the cliff, two ways to clip, adding."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.experiments.adding import BASELINE, SOLVED
from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import FAINT, INK, MARKERS, NETWORK, SERIES, axes

LOST = 1.0
"""Where a network is drawn whose weights are no longer numbers."""


@says_what_it_shows
def chain(T=4):
    """T states in a row: orange arrows to the right compute, pink ones carry the gradient back, a Jacobian each."""
    ax = canvas(1.75 * T + 1.4, 2.3)
    states = [box(ax, 0.9 + 1.75 * t, 1.35, f"$h_{{{t}}}$" if t else "$h_0$", dashed=t == 0) for t in range(T + 1)]
    for t in range(1, T + 1):
        before, now = states[t - 1], states[t]
        arrow(ax, before.right, now.left, "$U$, then $f$", "state", shift=(0, 0.18))
        start, end = (now.x - 0.08, now.bottom[1]), (before.x + 0.08, before.bottom[1])
        arrow(ax, start, end, f"$J_{{{t}}}^T$", "loss", bend=-0.35, shift=(0, -0.14))
    loss = box(ax, states[-1].x, 2.08, "$L_T$", "loss", height=0.32)
    arrow(ax, states[-1].top, loss.bottom, role="ink")
    write(ax, states[0].x - 0.1, 2.0, "forward: compute", "state", 10, "left")
    write(ax, states[0].x - 0.1, 0.2, "backward: multiply", "loss", 10, "left")
    return ax


@says_what_it_shows
def against_lag(series, title="", ylabel="‖∂h_T / ∂h_{T−lag}‖", dashed=(), limits=(1e-8, 1e8)):
    """Lines over the lag; the value axis is logarithmic. ``series`` maps a name to one value for each lag 0, 1, ….

    Args:
        dashed: names of lines drawn thin and dashed, without marks (a prediction, a bound).
        limits: of the value axis; what lies outside is not drawn.
    """
    ax = axes(width=8.0, height=3.4)
    for k, (name, values) in enumerate(series.items()):
        look = {"linestyle": "--", "linewidth": 1.2} if name in dashed else {"marker": MARKERS[k % 5], "markersize": 4}
        ax.semilogy(values, label=name, color=SERIES[k % 5], markevery=max(1, len(values) // 15), **look)
    ax.axhline(1, color=FAINT, linewidth=1)
    ax.set(xlabel="lag (steps back in time)", ylabel=ylabel, title=title, ylim=limits)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def cliff(w, b, loss, paths):
    """The loss over w and b as a map, and ways down it.

    Args:
        w, b: grid, (M,) and (N,).
        loss: (N, M).
        paths: name → points (K, 2); a path that leaves the map is drawn up to its edge.
    """
    figure, ax = plt.subplots(figsize=(8.0, 4.4), dpi=100, layout="constrained")
    colours = ax.pcolormesh(w, b, loss, cmap="cividis", shading="auto", rasterized=True)
    figure.colorbar(colours, ax=ax, label="loss (no unit)")
    for k, (name, path) in enumerate(paths.items()):
        ax.plot(*path.T, "os"[k] + "-", color=("#D55E00", "white")[k], markersize=4, linewidth=1.2, label=name)
    start = next(iter(paths.values()))[0]
    ax.plot(*start, "*", color="#F0E442", markersize=16, markeredgecolor=INK, label="start")
    ax.set(xlim=(w[0], w[-1]), ylim=(b[0], b[-1]), xlabel="weight w (no unit)", ylabel="bias b (no unit)")
    legend = ax.legend(loc="lower left", frameon=True, facecolor="#555555", edgecolor="none", labelcolor="white")
    legend.get_frame().set_alpha(0.85)
    return ax


@says_what_it_shows
def wall(x, loss, slope, label):
    """A cut through the map: the loss on the left, its slope on a logarithmic axis on the right."""
    left, right = axes(columns=2, width=9.0, height=2.8)
    left.plot(x, loss, color=NETWORK, linewidth=2)
    left.set(xlabel=label, ylabel="loss (no unit)", title="The loss along the cut")
    right.semilogy(x, np.abs(slope), color=COLOURS["input"], linewidth=2)
    right.set(xlabel=label, ylabel="size of the gradient", title="Its gradient")
    return left, right


@says_what_it_shows
def two_ways(gradient, limit, by_norm, by_value):
    """A gradient in the plane and what two ways of clipping make of it: a circle and a square."""
    figure, ax = plt.subplots(figsize=(5.6, 3.6), dpi=100, layout="constrained")
    turn = np.linspace(0, 2 * np.pi, 200)
    ax.plot(limit * np.cos(turn), limit * np.sin(turn), color=COLOURS["output"], linewidth=1)
    square = limit * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1), (1, 1)])
    ax.plot(*square.T, color=COLOURS["input"], linewidth=1)
    for vector, name, colour, mark, width in (
        (gradient, "gradient", FAINT, "D", 0.006),
        (by_value, "clipped by value", COLOURS["input"], "s", 0.011),
        (by_norm, "clipped by norm", COLOURS["output"], "o", 0.011),
    ):
        ax.quiver(0, 0, *vector, angles="xy", scale_units="xy", scale=1, color=colour, width=width, zorder=3)
        ax.plot(*vector, mark, color=colour, markersize=7, label=name, zorder=4)
    ax.set(xlabel="first entry", ylabel="second entry", aspect="equal")
    ax.set(xlim=(-1.3 * limit, 1.1 * gradient[0]), ylim=(-1.3 * limit, 1.6 * limit))
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return ax


@says_what_it_shows
def bends(shortened, angles):
    """Angle between the gradient before and after clipping, against how much shorter it became.

    Args:
        shortened: length after clipping / length before, for each way, name → (N,).
        angles: in degrees, name → (N,).
    """
    ax = axes(width=7.5, height=3.0)
    for k, name in enumerate(angles):
        ax.semilogx(
            shortened[name], angles[name], MARKERS[k] + "-", color=(COLOURS["input"], COLOURS["output"])[k], label=name
        )
    ax.set(
        xlabel="length after clipping / length before",
        ylabel="angle (degrees)",
        title="How far clipping turns the gradient",
    )
    ax.legend(frameon=False)
    return ax


@says_what_it_shows
def adding_results(T, errors, title=""):
    """Error on new adding problems against the length, a dot a seed. ``errors`` maps a name to (lengths, seeds)."""
    ax = axes(width=8.0, height=3.4)
    for k, (name, values) in enumerate(errors.items()):
        values = np.minimum(np.array(values, dtype=float), LOST)
        x = np.arange(len(T)) + (k - (len(errors) - 1) / 2) * 0.16
        ax.semilogy(x, np.exp(np.log(values).mean(axis=1)), "-", color=SERIES[k], linewidth=1)
        for seed, column in enumerate(values.T):
            label = name if seed == 0 else None
            ax.semilogy(x, column, MARKERS[k], color=SERIES[k], alpha=0.8, label=label)
    for level, text in ((BASELINE, "always answering 1: 1/6"), (SOLVED, "success: a tenth of it")):
        ax.axhline(level, color=FAINT, linestyle="--", linewidth=1)
        ax.text(len(T) - 0.55, level * 1.08, text, color=FAINT, ha="right", va="bottom", fontsize=9)
    ax.set_xticks(range(len(T)), T)
    ax.set(xlabel="length of the sequence, T (steps)", ylabel="mean squared error", title=title)
    ax.set(xlim=(-0.5, len(T) - 0.5), ylim=(None, 1.6 * LOST))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax
