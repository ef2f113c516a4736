"""The pictures of lesson 07: two directions, sequences of unequal length, and what the experiments measure."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Polygon

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import MARKERS, axes

ROLES = {"→": "state", "←": "loss"}
"""Each direction has a colour of its own: it has parameters of its own."""

HAT = {"→": "overrightarrow", "←": "overleftarrow"}
SIDE = {"→": -0.25, "←": 0.25}
"""How far beside the middle of its step a direction stands."""
HEIGHT = {"x": 0.45, "→": 1.4, "←": 2.35, "y": 3.3, "o": 4.3}
STEP = 1.6


@says_what_it_shows
def two_directions(T=4):
    """The layer unrolled in time, with six weight matrices: states from left to right, states from right to left.

    At every step they are joined, and an output layer reads both.
    """
    ax = canvas(STEP * (T + 2), 4.8)
    steps = range(1, T + 1)
    joined = _layer(ax, T, HEIGHT["x"], HEIGHT, [f"$x_{t}$" for t in steps], [f"$y_{t}$" for t in steps], named=True)
    for t, y in zip(steps, joined, strict=True):
        o = box(ax, y.x, HEIGHT["o"], f"$o_{t}$", "output", width=0.8)
        for direction, side in SIDE.items():
            name = _named("V", direction) if t == T else ""
            ends = (y.x + side, y.top[1]), (y.x + side, o.bottom[1])
            arrow(ax, *ends, name, ROLES[direction], shift=(0.9 * side, 0))
    for height, name in ((HEIGHT["o"], "output"), (HEIGHT["y"], "joined, ⊕"), (HEIGHT["x"], "input")):
        write(ax, 0.12, height, name, "faint", 10, "left")
    return ax


def _named(letter, direction):
    return rf"$\{HAT[direction]}{{{letter}}}$"


def _layer(ax, T, read, at, below, above, layer="", named=False):
    """Both directions over boxes at height ``read``; draws those boxes, the states and the outputs, and returns these.

    Args:
        layer: number of the layer, written at its states.
        named: whether the arrows of W and U carry their names.
    """
    inputs = [box(ax, STEP * (t + 1.5), read, name, "input") for t, name in enumerate(below)]
    outputs = [box(ax, STEP * (t + 1.5), at["y"], name, "output", width=0.8) for t, name in enumerate(above)]
    for direction, side in SIDE.items():
        role, order = ROLES[direction], range(T) if direction == "→" else range(T)[::-1]
        number = rf"^{{\,({layer})}}" if layer else ""
        names = [rf"$\{HAT[direction]}{{h}}{number}_{t + 1}$" for t in range(T)]
        boxes = [box(ax, STEP * (t + 1.5) + side, at[direction], name, role) for t, name in enumerate(names)]
        for t in range(T):
            x, y = inputs[t].top
            name = _named("W", direction) if named and t == T - 1 else ""
            arrow(ax, (x + side, y), (x + side, boxes[t].bottom[1]), name, role, shift=_low(side, y, boxes[t]))
            ends = (boxes[t].x, boxes[t].top[1]), (outputs[t].x + side, outputs[t].bottom[1])
            arrow(ax, *ends, role=role, dashed=True)
        for place, (one, two) in enumerate(pairwise(order)):
            ends = (boxes[one].right, boxes[two].left) if direction == "→" else (boxes[one].left, boxes[two].right)
            name = _named("U", direction) if named and place == (T - 2 if direction == "→" else 0) else ""
            arrow(ax, *ends, name, role, shift=(0.1, 0.22))
        x = STEP * (0.5 if direction == "→" else T + 1.5) + side
        start = box(ax, x, at[direction], "start", role, dashed=True)
        first = boxes[order[0]]
        ends = (start.right, first.left) if direction == "→" else (start.left, first.right)
        arrow(ax, *ends, role=role)
    return outputs


def _low(side, bottom, state):
    """Where the name of W stands: outside of its arrow, as low as those of both directions fit."""
    return 0.9 * side, bottom + 0.25 - (bottom + state.bottom[1]) / 2


@says_what_it_shows
def turned(words):
    """A batch of words: as it is, the whole batch turned round, and each word turned within its own length.

    Args:
        words: strings of unequal length.
    """
    T = max(map(len, words))
    ways = {
        "the batch": lambda word: word.ljust(T),
        "turned with its padding: wrong": lambda word: word.ljust(T)[::-1],
        "each within its own length: right": lambda word: word[::-1].ljust(T),
    }
    panels = plt.subplots(1, 3, figsize=(10.2, 0.55 * len(words) + 1.0), dpi=100, layout="constrained")[1]
    for ax, (title, way) in zip(panels, ways.items(), strict=True):
        shown = [way(word) for word in words]
        ax.imshow([[letter == " " for letter in row] for row in shown], cmap="Greys", vmin=0, vmax=6, aspect="auto")
        for (b, t), letter in np.ndenumerate([list(row) for row in shown]):
            mark, colour = ("∅", COLOURS["faint"]) if letter == " " else (letter, COLOURS["ink"])
            ax.text(t, b, mark, ha="center", va="center", fontsize=13, color=colour)
        ax.set(title=title, xticks=range(T), yticks=range(len(words)), xlabel="time step", ylabel="row of the batch")
        ax.set_xticks(np.arange(T + 1) - 0.5, minor=True)
        ax.set_yticks(np.arange(len(words) + 1) - 0.5, minor=True)
        ax.grid(which="minor", color="white", linewidth=2)
        ax.tick_params(which="minor", length=0)
    return panels


@says_what_it_shows
def packed(words):
    """Left: a padded batch, the longest word on top. Right: what packing stores, step by step, without the padding."""
    words = sorted(words, key=len, reverse=True)
    T, colours = len(words[0]), [COLOURS[role] for role in ("state", "input", "output", "loss", "candidate")]
    left, right = axes(columns=2, width=10.2, height=0.45 * len(words) + 1.2, width_ratios=(1, 2))
    for b, word in enumerate(words):
        for t in range(T):
            inside = t < len(word)
            mark, colour = (word[t], colours[t % 5]) if inside else ("∅", COLOURS["faint"])
            left.text(
                t, b, mark, ha="center", va="center", fontsize=13, color=colour, weight="bold" if inside else None
            )
    sizes = [sum(len(word) > t for word in words) for t in range(T)]
    place = 0
    for t, size in enumerate(sizes):
        for word in words[:size]:
            right.text(place, 0, word[t], ha="center", va="center", fontsize=13, color=colours[t % 5], weight="bold")
            place += 1
        right.text(place - (size + 1) / 2, 0.62, f"{size}", ha="center", color=colours[t % 5])
        right.axvline(place - 0.5, color=COLOURS["faint"], linewidth=0.8, linestyle=":")
    left.set(xlim=(-0.6, T - 0.4), ylim=(len(words) - 0.4, -0.6), xlabel="time step", ylabel="row of the batch")
    left.set(xticks=range(T), yticks=range(len(words)), title="padded")
    right.set(
        xlim=(-0.6, place - 0.4),
        ylim=(-1, 1),
        yticks=[],
        xlabel="place in the packed data (numbers: rows at that step)",
    )
    right.set_title("packed")
    for ax in (left, right):
        ax.grid(False)
    return left, right


@says_what_it_shows
def two_layers(T=3):
    """Two bidirectional layers: both directions of the second read the joined states of the first."""
    ax = canvas(STEP * (T + 2), 6.6)
    middle, top = ([f"$y^{{({layer})}}_{t}$" for t in range(1, T + 1)] for layer in (1, 2))
    _layer(ax, T, HEIGHT["x"], HEIGHT, [f"$x_{t}$" for t in range(1, T + 1)], middle, 1)
    up = {name: height + HEIGHT["y"] - HEIGHT["x"] for name, height in HEIGHT.items()}
    _layer(ax, T, HEIGHT["y"], up, [""] * T, top, 2)
    for t, name in enumerate(middle):
        box(ax, STEP * (t + 1.5), HEIGHT["y"], name, "output", width=0.8)
    said = {"input": HEIGHT["x"], "layer 1, joined": HEIGHT["y"], "layer 2, joined": up["y"]}
    for name, height in said.items():
        write(ax, 0.12, height, name, "faint", 10, "left")
    return ax


@says_what_it_shows
def reach(right, left, n):
    """A map of how strongly the output of each step depends on the input of each step.

    Below the diagonal the input came before, and → has read it; above it came later, and ← has. On the diagonal both.

    Args:
        right, left: ‖∂y_t/∂x_s‖ of → and of ←, (T, T): row t, column s.
        n: length of the sequence; what is behind it is padding.
    """
    T, scale = len(right), LogNorm(1e-4, 1)
    figure, ax = plt.subplots(figsize=(7.4, 5.0), dpi=100, layout="constrained")
    ax.set_facecolor("#e6e6e6")
    edges = np.arange(T + 1) + 0.5
    for sizes, direction, said in ((right, "→", "before"), (left, "←", "after")):
        tones = LinearSegmentedColormap.from_list(direction, ["white", COLOURS[ROLES[direction]], COLOURS["ink"]])
        side = np.tri(T, k=-1, dtype=bool) if direction == "→" else np.tri(T, k=-1, dtype=bool).T
        shown = np.ma.masked_where(~side | (sizes == 0), np.maximum(sizes, scale.vmin))
        mesh = ax.pcolormesh(edges, edges, shown, norm=scale, cmap=tones, edgecolors="white", linewidth=0.5)
        for t in range(n):
            corner = (t + 0.5, t + 1.5) if direction == "→" else (t + 1.5, t + 0.5)
            half = [(t + 0.5, t + 0.5), corner, (t + 1.5, t + 1.5)]
            ax.add_patch(Polygon(half, facecolor=tones(scale(min(sizes[t, t], 1))), edgecolor="white", linewidth=0.5))
        figure.colorbar(mesh, ax=ax, label=f"through {direction}: the input came {said} the output", aspect=30)
    for place in ((n + 1 + T) / 2, n / 2 + 0.5), (n / 2 + 0.5, (n + 1 + T) / 2):
        ax.text(*place, "padding", ha="center", va="center", color=COLOURS["ink"])
    ax.set(xlabel="input, step s", ylabel="output, step t", xticks=range(1, T + 1), yticks=range(1, T + 1))
    ax.set(xlim=(0.5, T + 0.5), ylim=(T + 0.5, 0.5), aspect="equal")
    ax.set_title(r"size of $\partial y_t / \partial x_s$")
    return ax


COLOUR_CYCLE = tuple(COLOURS[role] for role in ("state", "loss", "output", "input", "candidate"))


@says_what_it_shows
def lines(x, series, xlabel, ylabel, title=""):
    """Lines: the mean, and a band for the seeds. ``series`` maps a name to (points,) or (seeds, points)."""
    ax = axes(width=8.0, height=3.2)
    for k, (name, values) in enumerate(series.items()):
        values = np.atleast_2d(values)
        mean = values.mean(axis=0)
        ax.plot(x, mean, MARKERS[k] + "-", color=COLOUR_CYCLE[k], markersize=4, label=name)
        if len(values) > 1:
            ax.fill_between(x, values.min(axis=0), values.max(axis=0), color=COLOUR_CYCLE[k], alpha=0.2, linewidth=0)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if len(x) <= 10:
        ax.set_xticks(x)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def loss_per_letter(losses, letters, title=""):
    """A map of losses, a row for each network, a column for each letter: the darker, the harder.

    Args:
        losses: name → loss of each letter, (T,).
    """
    figure, ax = plt.subplots(figsize=(9.8, 0.9 + 0.45 * len(losses)), dpi=100, layout="constrained")
    tones = LinearSegmentedColormap.from_list("loss", ["white", COLOURS["input"], COLOURS["ink"]])
    edges = np.arange(len(letters) + 1) - 0.5, np.arange(len(losses) + 1) - 0.5
    mesh = ax.pcolormesh(*edges, np.array(list(losses.values())), cmap=tones, vmin=0, edgecolors="white", linewidth=0.8)
    ax.set_xticks(range(len(letters)), [letter.replace(" ", "␣") for letter in letters])
    ax.set_yticks(range(len(losses)), list(losses))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="the letter that is missing", ylabel="read from", title=title, ylim=(len(losses) - 0.5, -0.5))
    figure.colorbar(mesh, ax=ax, label="loss (bits)", aspect=8)
    return ax
