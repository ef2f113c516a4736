"""Drawings of stacks of recurrent layers, and the plots of lesson 06."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch
from matplotlib.path import Path

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import FAINT, MARKERS, SERIES, axes

LEFT, BOTTOM, WIDE, HIGH = 1.75, 0.45, 1.45, 0.95
"""Where the lower left box of a stack stands, and how far columns and rows lie apart."""
JOINT = 0.27
"""How far above a box a way round the next one begins or ends."""


@says_what_it_shows
def stack(L=3, T=4, *, marked=(), dropped=False, residual=False):
    """A stack unfolded in time: a column for each step, a row for each layer.

    Args:
        L, T: number of layers and of steps.
        marked: places (layer, step) that a thick line joins; layer 0 is the input.
        dropped: whether the arrows between the layers are drawn dashed, in pink: there the masks act.
        residual: whether paths go past the layers above the lowest.
    """
    high = 1.35 if residual else HIGH
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
            beside = (0.34, 0.16 if residual and k > 2 else 0)
            arrow(ax, boxes[k - 1, t].top, boxes[k, t].bottom, name, role, shift=beside, dashed=drop)
            if residual and k > 1:
                _past(ax, boxes[k - 1, t], boxes[k, t], f"$y^{{({k})}}_{t}$")
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


def _past(ax, below, above, name):
    """A way round a box, from where the layer below gives its output to where it is added to the box's own."""
    x, start, end, left = above.x, below.top[1] + JOINT, above.top[1] + JOINT, above.x - 0.52
    way = Path([(x, start), (left, start), (left, end), (x - 0.1, end)])
    ax.plot(*way.vertices.T, color="white", linewidth=5, zorder=1.6)  # a gap where it crosses the arrow in time
    look = {"arrowstyle": "-|>", "mutation_scale": 12, "linewidth": 1.7, "shrinkA": 0, "shrinkB": 1, "zorder": 1.7}
    ax.add_patch(FancyArrowPatch(path=way, color=COLOURS["output"], **look))
    ax.plot(x, start, "o", color=COLOURS["output"], markersize=4, zorder=2)
    ax.plot([x, x], [above.top[1], end], color=COLOURS["input"], linewidth=1.7, zorder=1)
    ax.add_patch(Circle((x, end), 0.1, facecolor="white", edgecolor=COLOURS["output"], linewidth=1.4, zorder=3))
    write(ax, x, end, "+", "output", 10)
    write(ax, x + 0.2, end, name, "output", align="left")


@says_what_it_shows
def ways_to_be_deep():
    """Four ways to put more layers into a step: a stack, a deep input, a deep transition, a deep output."""
    ax = canvas(11.6, 3.9)
    ways = {"stacked": _stacked, "deep input": _input, "deep transition": _transition, "deep output": _output}
    for k, (name, draw) in enumerate(ways.items()):
        left = 0.6 + 2.95 * k
        write(ax, left + BESIDE / 2, 3.65, name, size=12)
        draw(ax, left)
    return ax


BESIDE = 1.6
"""How far the two steps lie apart."""


def _columns(ax, left):
    """The inputs of two steps."""
    return [box(ax, left + BESIDE * k, 0.4, f"$x_{{{t}}}$", "input") for k, t in enumerate(("t-1", "t"))]


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


def _input(ax, left):
    before = None
    for k, x in enumerate(_columns(ax, left)):
        t = ("t-1", "t")[k]
        between = box(ax, x.x, 1.3, f"$e_{{{t}}}$", "candidate")
        h = box(ax, x.x, 2.2, f"$h_{{{t}}}$")
        arrow(ax, x.top, between.bottom, role="input")
        arrow(ax, between.top, h.bottom, role="candidate")
        arrow(ax, h.top, (x.x, 3.1), role="output")
        if k:
            arrow(ax, before.right, h.left, "$U$", "state", shift=(0, 0.2))
        before = h


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
def gradients_down_and_back(sizes, title=""):
    """Sizes of gradients. Left: at the last step, from the top layer down. Right: from the last step back in time.

    Args:
        sizes: name → norms (seeds, L, T), the lowest layer first; geometric means are drawn, the largest is 1.
    """
    down, back = axes(columns=2, width=9.8, height=3.6, sharey=True, width_ratios=(1, 2))
    for k, (name, norms) in enumerate(sizes.items()):
        mean = np.exp(np.log(norms).mean(axis=0))
        L, T = mean.shape
        down.plot(range(1, L + 1), mean[:, -1], MARKERS[k] + "-", color=SERIES[k])
        for layer, look in ((L, "-"), (1, "--")):
            label = f"{name}, layer {layer}"
            back.plot(
                range(T), mean[layer - 1, ::-1], look, color=SERIES[k], marker=MARKERS[k], markevery=5, label=label
            )
    down.set(xlabel="layer, from the top down", ylabel="size of the gradient (largest = 1)", yscale="log")
    down.set(xlim=(L + 0.3, 0.7), xticks=range(1, L + 1), ylim=(1e-6, 2))
    down.set_title("at the last step", fontsize=10)
    back.set_xlabel("time steps back from the last one")
    back.set_title("back in time", fontsize=10)
    back.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    down.figure.suptitle(title, fontsize=11)
    return down, back


@says_what_it_shows
def by_depth(results, title="", ylabel="loss on unseen text (bits a letter)"):
    """Lines over the depth, with a dot for each seed. ``results`` maps a name to {depth: one value for each seed}."""
    ax = axes(width=8.0, height=3.4)
    for k, (name, values) in enumerate(results.items()):
        depths = sorted(values)
        ax.plot(depths, [np.mean(values[L]) for L in depths], MARKERS[k] + "-", color=SERIES[k], label=name)
        for L in depths:
            dots = {"color": SERIES[k], "markersize": 4, "markerfacecolor": "none", "zorder": 3}
            ax.plot([L] * len(values[L]), values[L], MARKERS[k], **dots)
    ax.set_xticks(sorted({L for values in results.values() for L in values}))
    ax.set(xlabel="number of layers (equal number of parameters)", ylabel=ylabel, title=title)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def by_layer(trained, untrained, chance, ylabel="right answers of a linear reader (%)"):
    """What each layer tells: filled dots after training, hollow ones before it, one for each seed, a group a question.

    Args:
        trained, untrained: question → percentages (seeds, L).
        chance: question → percentage of always giving the most frequent answer, drawn as a dashed line.
    """
    ax, L = axes(width=9.8, height=3.6), next(iter(trained.values())).shape[1]
    for layer in range(L):
        for told, look in ((trained, SERIES[layer]), (untrained, "white")):
            x = [[k + (layer - (L - 1) / 2) * 0.24] * len(found) for k, found in enumerate(told.values())]
            y = [found[:, layer] for found in told.values()]
            label = f"layer {layer + 1}, {'trained' if told is trained else 'untrained'}"
            dots = {"color": SERIES[layer], "markerfacecolor": look, "markersize": 5, "label": label}
            ax.plot(np.concatenate(x), np.concatenate(y), MARKERS[layer], **dots)
    for k, name in enumerate(trained):
        ax.plot([k - 0.4, k + 0.4], [chance[name]] * 2, color=FAINT, linestyle="--")
    ax.set_xticks(range(len(trained)), [name.replace(" ", "\n", 1) for name in trained])
    ax.set(ylabel=ylabel, xlim=(-0.5, len(trained) - 0.5), ylim=(0, 104), xlabel="question")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def rows_of_dots(results, xlabel, title="", digits=2):
    """A row for each name: a dot for each seed, a stroke at their mean, and the mean in figures on the right.

    Args:
        results: kind of dot → {name: one value for each seed}; the second kind is drawn hollow.
    """
    names = list(dict.fromkeys(name for rows in results.values() for name in rows))
    apart = 0.34 if sum(map(len, results.values())) > len(names) else 0  # where a row has dots of several kinds
    ax = axes(width=9.0, height=0.9 + (0.52 if apart else 0.36) * len(names))
    for k, (kind, rows) in enumerate(results.items()):
        places = [names.index(name) + (k - (len(results) - 1) / 2) * apart for name in rows]
        x, y = np.concatenate(list(rows.values())), np.repeat(places, [len(values) for values in rows.values()])
        face = "white" if k == 1 else SERIES[k]
        ax.plot(x, y, MARKERS[k], color=SERIES[k], markerfacecolor=face, markersize=5, label=kind)
        for place, values in zip(places, rows.values(), strict=True):
            ax.plot(np.mean(values), place, "|", color=COLOURS["ink"], markersize=11, zorder=1)
            where = {"xycoords": ("axes fraction", "data"), "va": "center", "fontsize": 9, "color": SERIES[k]}
            ax.annotate(f"{np.mean(values):.{digits}f}", (1.01, place), **where)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel=xlabel, title=title, ylim=(len(names) - 0.5, -0.5))
    ax.margins(x=0.05)
    if len(results) > 1:
        ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.5 / (0.2 + 0.36 * len(names))), ncols=2, frameon=False)
    return ax
