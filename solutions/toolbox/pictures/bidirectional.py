"""The pictures of lesson 07: two directions, sequences of unequal length, and what the experiments measure."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import MARKERS, axes

ROLES = {"→": "state", "←": "loss"}
"""Each direction has a colour of its own: it has parameters of its own."""

HEIGHT = {"x": 0.45, "→": 1.4, "←": 2.35, "y": 3.3}
STEP = 1.6


@says_what_it_shows
def two_directions(T=4):
    """The layer unrolled in time: states from left to right, states from right to left, joined at every step."""
    ax = canvas(STEP * (T + 2), 3.8)
    _layer(ax, T, HEIGHT["x"], HEIGHT, [f"$x_{t}$" for t in range(1, T + 1)], [f"$y_{t}$" for t in range(1, T + 1)])
    write(ax, 0.12, HEIGHT["y"], "joined, ⊕", "faint", 10, "left")
    write(ax, 0.12, HEIGHT["x"], "input", "faint", 10, "left")
    return ax


def _layer(ax, T, read, at, below, above):
    """Both directions over boxes at height ``read``; draws those boxes, the states and the outputs."""
    inputs = [box(ax, STEP * (t + 1.5), read, name, "input") for t, name in enumerate(below)]
    outputs = [box(ax, STEP * (t + 1.5), at["y"], name, "output", width=0.8) for t, name in enumerate(above)]
    for direction, side in (("→", -0.25), ("←", 0.25)):
        role, order = ROLES[direction], range(T) if direction == "→" else range(T)[::-1]
        hat = "overrightarrow" if direction == "→" else "overleftarrow"
        boxes = [box(ax, STEP * (t + 1.5) + side, at[direction], rf"$\{hat}{{h}}_{t + 1}$", role) for t in range(T)]
        for t in range(T):
            x, y = inputs[t].top
            arrow(ax, (x + side, y), (boxes[t].x, boxes[t].bottom[1]), role=role)
            arrow(ax, (boxes[t].x, boxes[t].top[1]), (outputs[t].x + side, outputs[t].bottom[1]), role=role)
        for one, two in pairwise(order):
            ends = (boxes[one].right, boxes[two].left) if direction == "→" else (boxes[one].left, boxes[two].right)
            arrow(ax, *ends, role=role)
        x = STEP * (0.5 if direction == "→" else T + 1.5) + side
        start = box(ax, x, at[direction], "start", role, dashed=True)
        first = boxes[order[0]]
        ends = (start.right, first.left) if direction == "→" else (start.left, first.right)
        arrow(ax, *ends, role=role)


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
    ax = canvas(STEP * (T + 2), 6.4)
    middle = [f"$y^{{(1)}}_{t}$" for t in range(1, T + 1)]
    _layer(ax, T, HEIGHT["x"], HEIGHT, [f"$x_{t}$" for t in range(1, T + 1)], middle)
    up = {name: height + HEIGHT["y"] - HEIGHT["x"] for name, height in HEIGHT.items()}
    _layer(ax, T, HEIGHT["y"], up, [""] * T, [f"$y^{{(2)}}_{t}$" for t in range(1, T + 1)])
    for t, name in enumerate(middle):
        box(ax, STEP * (t + 1.5), HEIGHT["y"], name, "output", width=0.8)
    write(ax, 0.12, HEIGHT["→"] + 0.45, "layer 1", "faint", 10, "left")
    write(ax, 0.12, up["→"] + 0.45, "layer 2", "faint", 10, "left")
    return ax


@says_what_it_shows
def reach(panels, lengths=None):
    """Heat maps of how strongly the output of each step depends on the input of each step.

    Args:
        panels: title → sizes, (T, T): row t, column s is ‖∂y_t/∂x_s‖.
    """
    figure, drawn = plt.subplots(1, len(panels), figsize=(3.3 * len(panels) + 0.6, 3.2), dpi=100, layout="constrained")
    floor = 1e-4
    for ax, (title, sizes) in zip(np.atleast_1d(drawn), panels.items(), strict=True):
        shown = np.log10(np.where(sizes > floor, sizes, np.nan))
        ax.set_facecolor("#e6e6e6")
        picture = ax.imshow(shown, cmap="cividis", vmin=np.log10(floor), vmax=0)
        ax.set(title=title, xlabel="input, step s", ylabel="output, step t")
        ax.set_xticks(range(0, len(sizes), 2))
        ax.set_yticks(range(0, len(sizes), 2))
    bar = figure.colorbar(picture, ax=drawn, label=r"$\Vert \partial y_t / \partial x_s \Vert$", aspect=20, pad=0.01)
    bar.set_ticks([-4, -3, -2, -1, 0], labels=["0.0001", "0.001", "0.01", "0.1", "1"])
    return drawn


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
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def loss_per_letter(losses, letters, title=""):
    """The loss of each letter of a text. ``losses`` maps a name to (T,); the letters stand under the axis."""
    ax = axes(width=9.5, height=3.0)
    for k, (name, values) in enumerate(losses.items()):
        ax.plot(
            range(len(values)), values, MARKERS[k] + "-", color=COLOUR_CYCLE[k], markersize=4, linewidth=1.2, label=name
        )
    ax.set_xticks(range(len(letters)), [letter.replace(" ", "␣") for letter in letters])
    ax.set(xlabel="the letter that is missing", ylabel="loss (bits)", title=title, xlim=(-0.8, len(letters) - 0.2))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=len(losses), frameon=False)
    return ax
