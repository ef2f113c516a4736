"""The pictures of lesson 03: the chain of Jacobians, norms against lag, the cliff, two ways to clip, adding."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogFormatterMathtext

from solutions.toolbox.experiments.adding import BASELINE, SOLVED
from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import FAINT, INK, MARKERS, NETWORK, SERIES, STYLES, axes

PRODUCT = r"norm of $\partial h_T / \partial h_{T-\mathrm{lag}}$"


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
def against_lag(series, title="", ylabel="", dashed=(), limits=(1e-8, 1e8), behind=None):
    """Lines over the lag; the value axis is logarithmic. ``series`` maps a name to one value for each lag 0, 1, ….

    Args:
        ylabel: by default the norm of ∂h_T/∂h_(T−lag).
        dashed: names of lines drawn thin and dashed, without marks (a prediction, a bound).
        limits: of the value axis; the legend says where a line ends that leaves it.
        behind: as ``series``; drawn in grey, and named where they end or leave the picture.
    """
    ax = axes(width=8.0, height=3.4)
    ax.set(xlabel="lag (steps back in time)", ylabel=ylabel or PRODUCT, title=title, ylim=limits, yscale="log")
    for name, values in (behind or {}).items():
        inside = [lag for lag, value in enumerate(values) if limits[0] <= value <= limits[1]]
        ax.plot(values, color=FAINT, linewidth=1)
        ax.annotate(name, (inside[-1], values[inside[-1]]), (3, 3), textcoords="offset points", color=FAINT, fontsize=9)
    for k, (name, values) in enumerate(series.items()):
        look = {"linestyle": "--", "linewidth": 1.2} if name in dashed else {"marker": MARKERS[k % 5], "markersize": 4}
        label = f"{name}{_leaves(values, *limits)}"
        ax.plot(values, label=label, color=SERIES[k % 5], markevery=max(1, len(values) // 15), **look)
    ax.axhline(1, color=FAINT, linewidth=1)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


def _leaves(values, low, high):
    """Where a line ends that leaves the picture before its last lag; "" for one that stays."""
    last = values[-1]
    return "" if low <= last <= high else f"\n   (at {len(values) - 1}: {last:.0e})"


@says_what_it_shows
def powers(norms, bound, rho, first=20):
    """Norms of the powers of two matrices. Left the first powers, right many of them on a logarithmic axis.

    Args:
        norms: name → norm of the power 0, 1, …, one for each of the two matrices.
        bound: σ_max of the first, to the power 0, 1, …
        rho: the spectral radius of both.
        first: how many powers the left panel shows.
    """
    left, right = axes(columns=2, width=9.5, height=3.2)
    for k, (name, values) in enumerate(norms.items()):
        left.plot(values[: first + 1], MARKERS[k] + "-", color=SERIES[k], markersize=4, label=name)
        right.semilogy(values, MARKERS[k] + "-", color=SERIES[k], markersize=4, markevery=10, label=name)
    top = max(max(values) for values in norms.values())
    left.plot(bound, "--", color=SERIES[2], label="bound (3.6) for A")
    left.set(xlim=(-0.5, first + 0.5), ylim=(0, 1.3 * top), title="The first steps", ylabel="norm of the power")
    right.semilogy(rho ** np.arange(len(bound)), ":", color=INK, linewidth=2, label="ρⁿ")
    right.set(title="The long run", ylabel="norm of the power")
    left.annotate(f"to {bound[-1]:.0e} at n = {len(bound) - 1}", (2.5, 1.2 * top), color=SERIES[2], fontsize=9)
    for ax in (left, right):
        ax.set_xlabel("power n")
        ax.legend(frameon=False)
    return left, right


@says_what_it_shows
def gammas(sizes, found):
    """The factor a step against the size of U: what was said beforehand and what was measured, a panel for each kind.

    Args:
        sizes: of U, (N,).
        found: kind → rows (bound, predicted, measured, …), (N, 3 or more).
    """
    panels = axes(columns=len(found), width=9.0, height=3.2, sharey=True)
    for ax, (kind, rows) in zip(panels, found.items(), strict=True):
        bound, predicted, measured = np.array(rows, dtype=float).T[:3]
        ax.loglog(sizes, bound, "^--", color=SERIES[1], linewidth=1, label="bound")
        ax.loglog(sizes, predicted, "-", color=SERIES[0], linewidth=2, label="predicted")
        ax.loglog(sizes, measured, "o", color=INK, markersize=5, label="measured")
        ax.axhline(1, color=FAINT, linewidth=1)
        ax.set_xticks(sizes, [f"{size:g}" for size in sizes], fontsize=8)
        ax.set_yticks((0.5, 1, 2, 4), ("0.5", "1", "2", "4"))
        ax.minorticks_off()
        ax.set(title=f"U is a {kind}", xlabel="size of U: spectral radius ρ")
    panels[0].set_ylabel("γ (factor a step)")
    panels[0].legend(frameon=False)
    return panels


@says_what_it_shows
def cliff(w, across, loss, path, heights, gone):
    """The loss over w and b as a mountain. Its height is the loss: a plain, a wall straight up, a plateau above it. A
    way leads along the foot of the wall, and ends in a leap out of the picture.

    Args:
        w: grid along the wall, (M,).
        across: grid across it, (N,): b = across − w/2. The wall stands at 0.
        loss: (N, M).
        path: points (w, b) of the way, up to the last one before the leap, (K, 2).
        heights: the loss at each of them, (K,).
        gone: in words, where the leap ends.
    """
    figure = plt.figure(figsize=(8.5, 4.8), dpi=100)
    ax = figure.add_axes((-0.02, -0.02, 0.95, 1.04), projection="3d", computed_zorder=False)
    along, beside = np.meshgrid(w, across)
    ax.plot_surface(along, beside - along / 2, loss, cmap="cividis", rcount=200, ccount=60, linewidth=0)
    way = {"color": COLOURS["state"], "zorder": 5}
    ax.plot(*path.T, heights + LIFT, "-", linewidth=1.5, label="gradient descent", **way)
    ax.plot(*path[:1].T, heights[:1], "*", color="#F0E442", markersize=15, markeredgecolor=INK, label="start", zorder=6)
    far = (across[-1] - path[-1] @ (0.5, 1)) / 2.5  # straight off the wall: 2 in b for each 1 in w
    leap = path[-1] + np.outer((0, far), (1, 2))
    ax.plot(*leap.T, [heights[-1] + LIFT, 0.09], ":", linewidth=2.5, label=gone, **way)
    ax.set(xlabel="weight w", ylabel="bias b", zlabel="loss", xlim=(w[0], w[-1]), zlim=(0, 0.5))
    ax.view_init(elev=30, azim=22)
    ax.set_box_aspect((1.5, 1.3, 0.7), zoom=1.05)
    ax.legend(loc="upper left", bbox_to_anchor=(0.05, 0.95), frameon=False)
    return ax


LIFT = 0.004
"""How far above the surface a way is drawn, so that the surface does not hide it."""


@says_what_it_shows
def two_descents(w, b, loss, shared, paths, losses):
    """Left the loss from above with two ways down it, right the loss after each step.

    Args:
        w, b: grid, (M,) and (N,).
        loss: (N, M).
        shared: what both ways have in common, points (K, 2).
        paths: name → the points that follow, (L, 2); a way that leaves the map is drawn up to its edge.
        losses: name → the loss after 0, 1, … steps.
    """
    left, right = axes(columns=2, width=10.0, height=3.9)
    left.grid(visible=False)
    colours = left.pcolormesh(w, b, loss, cmap="cividis", shading="auto", rasterized=True)
    left.figure.colorbar(colours, ax=left, label="loss (no unit)", location="left")
    left.plot(*shared.T, "o-", color="white", markersize=3, linewidth=1, label="both")
    for k, (name, path) in enumerate(paths.items()):
        colour, mark = (("#FF8C3A", "-"), ("#8FE3FF", "s-"))[k]
        left.plot(*np.vstack([shared[-1:], path]).T, mark, color=colour, markersize=3.5, linewidth=2 - k, label=name)
        right.semilogy(losses[name], "-", color=SERIES[k], linewidth=1.5, label=name)
    left.plot(*shared[0], "*", color="#F0E442", markersize=15, markeredgecolor=INK, label="start")
    left.set(xlim=(w[0], w[-1]), ylim=(b[0], b[-1]), xlabel="weight w (no unit)", ylabel="bias b (no unit)")
    legend = left.legend(loc="lower left", frameon=True, facecolor="#444444", edgecolor="none", labelcolor="white")
    legend.get_frame().set_alpha(0.9)
    right.set(xlabel="step of gradient descent", ylabel="loss (no unit)", title="The loss after each step")
    left.set_title("The way, from above")
    right.legend(frameon=False)
    return left, right


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
def burst(steps, before=100, near=60):
    """The length of Adam's step, in learning rates, around one gradient that is much too long: the first updates after
    it on the left, many on the right.

    Args:
        steps: name → the length of each step; the burst comes after ``before`` of them.
        near: how many updates the left panel shows.
    """
    left, right = axes(columns=2, width=9.0, height=3.2)
    for k, (name, values) in enumerate(steps.items()):
        for ax in (left, right):
            look = {"linestyle": STYLES[k], "color": SERIES[k], "linewidth": 2, "label": name}
            ax.plot(np.arange(len(values)) - before, values, **look)
    left.set(xlim=(-10, near), title="At the burst", ylabel="length of the step\n(learning rates)")
    right.set(yscale="log", title="Long after it")
    for ax in (left, right):
        ax.set_xlabel("updates after the burst")
    left.legend(frameon=False)
    return left, right


@says_what_it_shows
def failing(curves, lost, level):
    """The loss after each update of trainings that fail; the value axis is logarithmic.

    Args:
        curves: name → the losses that are numbers.
        lost: names of those whose next loss is no number any more.
        level: the loss of always giving the same answer, drawn dashed.
    """
    ax = axes(width=8.0, height=3.4)
    for k, (name, values) in enumerate(curves.items()):
        ax.semilogy(values, STYLES[k], color=SERIES[k], linewidth=1.6, label=name)
        if name in lost:
            last = len(values) - 1, values[-1]
            ax.semilogy(*last, "X", color=SERIES[k], markersize=10, label="then: NaN, not a number")
    ax.axhline(level, color=FAINT, linestyle="--", linewidth=1, label="always answering 1: 1/6")
    ax.set(xlabel="update", ylabel="loss (mean squared error)", title="Three trainings that fail")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def adding_results(T, errors, title=""):
    """Error on new adding problems against the length, a panel for each network, a dot a seed; lines join medians.

    Args:
        T: the lengths.
        errors: name → for each length a list of errors; None, inf or nan for a network whose weights are no longer
            numbers, which is drawn in a strip of its own above the others.
    """
    count = len(errors)
    panels = np.atleast_1d(axes(columns=count, width=min(2.0 + 2.6 * count, 12.0), height=3.4, sharey=True))
    for k, (ax, (name, rows)) in enumerate(zip(panels, errors.items(), strict=True)):
        dots(ax, np.arange(len(T)), rows, SERIES[k % 5], MARKERS[k % 5], name)
        ax.set_xticks(range(len(T)), T)
        ax.set(xlabel="length T (steps)", title=name, xlim=(-0.5, len(T) - 0.5))
    _levels(panels, panels[-1:])
    panels[0].set_ylabel("mean squared error")
    panels[0].figure.suptitle(title)
    return panels


@says_what_it_shows
def by_rate(results):
    """Error on new adding problems against the learning rate, a dot a seed; lines join medians, dashed are the levels
    of always answering 1 and of success. What is too large to draw, or no number, stands in strips of its own.

    Args:
        results: (row, column) → name → (learning rates, errors (rates, seeds)); a panel for each pair.
    """
    rows, columns = (list(dict.fromkeys(pair[i] for pair in results)) for i in (0, 1))
    figure, panels = plt.subplots(
        *(len(rows), len(columns)), figsize=(9.5, 5.6), dpi=100, layout="constrained", sharey=True, squeeze=False
    )
    for (row, column), series in results.items():
        ax = panels[rows.index(row), columns.index(column)]
        for k, (name, (rates, errors)) in enumerate(series.items()):
            dots(ax, np.array(rates), errors, SERIES[1 - k], "so"[k], name, hollow=k == 0)
        ax.set(xscale="log", title=f"{row}, {column}")
        ax.spines[["top", "right"]].set_visible(False)
    _levels(panels.flat, panels[:, -1])
    for ax in panels[-1]:
        ax.set_xlabel("largest learning rate η")
    for ax in panels[:, 0]:
        ax.set_ylabel("mean squared error")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return panels


TOP, ABOVE, LOST = 1.0, 3.0, 10.0
"""The largest error that is drawn as it is; the strip for larger ones; the strip for what is no longer a number."""


class WithStrips(LogFormatterMathtext):
    """Powers of ten, and the names of the two strips."""

    def __call__(self, x, pos=None):
        return {ABOVE: "above 1", LOST: "no number"}.get(x) or super().__call__(x, pos)


def dots(ax, x, errors, colour, mark, label, hollow=False):
    """Errors on a logarithmic axis, a list of one or more seeds for each x: a dot each, a line through the medians.

    A network whose weights are no longer numbers counts as worse than any other: so do medians.
    """
    shown = [_height(row) for row in errors]
    look = {"markerfacecolor": "white", "markersize": 7} if hollow else {"markersize": 5}
    ax.semilogy(x, [np.median(row) for row in shown], "-", color=colour, linewidth=1.2)
    places = np.repeat(x, [len(row) for row in shown])
    values = np.concatenate(shown)
    ax.semilogy(places, np.where(values <= TOP, values, np.nan), mark, color=colour, label=label, **look)
    for strip in (ABOVE, LOST):
        for at, row in zip(x, shown, strict=True):
            if count := int((row == strip).sum()):
                area, face = (50, "white") if hollow else (25, colour)
                ax.scatter(at, strip, area, face, marker=mark, edgecolors=colour)
                beside = (-11 if hollow else 6, -3)
                ax.annotate(f"{count}", (at, strip), beside, textcoords="offset points", fontsize=8, color=colour)


def _height(errors):
    """Where errors are drawn: as they are, or in one of the two strips."""
    errors = np.array(errors, dtype=float)
    return np.where(errors <= TOP, errors, np.where(np.isfinite(errors), ABOVE, LOST))


def _levels(panels, named):
    """The two dashed levels, written beside the panels ``named``, and the axis that they share, with its strips."""
    panels = list(panels)
    lowest = min(ax.dataLim.y0 for ax in panels)
    for ax in panels:
        ax.grid(axis="y", color="#e6e6e6", linewidth=0.8)
        ax.axhspan(1.6, 20, color="#f0f0f0", zorder=0)
        for level in (BASELINE, SOLVED):
            ax.axhline(level, color=FAINT, linestyle="--", linewidth=1)
    for ax in named:
        for level, text in ((BASELINE, "always 1"), (SOLVED, "success")):
            ax.text(1.02, level, text, color=FAINT, fontsize=9, va="center", transform=ax.get_yaxis_transform())
    panels[0].set_yticks([*(10.0**k for k in range(-5, 1)), ABOVE, LOST])
    panels[0].yaxis.set_major_formatter(WithStrips())
    panels[0].minorticks_off()
    panels[0].set_ylim(0.6 * min(lowest, SOLVED), 20)
