"""The pictures of lesson 05: the LSTM grown part by part, its variants, what their symbols mean, and two plots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.patches import Circle, Ellipse, Rectangle

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.gates import COMPLETE, FOREVER, Node, Wire, draw_cell, quiet
from solutions.toolbox.pictures.plots import MARKERS, NETWORK, SERIES, STYLES, axes

BELT, GATE, BUS, FLOOR = 4.0, 2.1, 1.2, 0.45
"""Height of the conveyor belt, of the gates, of the wires with h and with x."""


def _layer(name, x, role, since, came_h=None, came_x=None, note="σ"):
    """A layer at x: its box and its two wires. They branch off right below it, or come from came_h and came_x."""
    wire_h = (*([came_h] if came_h else []), (x - 0.15, BUS), (name, -0.15, 0))
    wire_x = (*([came_x] if came_x else []), (x + 0.15, FLOOR), (name, 0.15, 0))
    return (
        Node(name, x, GATE, f"${name}_t$", role, since, note=note),
        Wire(wire_h, f"$U_{name}$", "state", since, shift=(-0.22, -0.3)),
        Wire(wire_x, f"$W_{name}$", "input", since, shift=(0.27, -0.3)),
    )


FORGET = (
    *_layer("f", 2.2, "gate", 5),
    Node("keep", 2.2, BELT, "×", since=5),
    Wire(("f", "keep"), since=5),
)
INPUT = (*_layer("i", 3.7, "gate", 3), Wire(("i", (None, 3.05), "write"), since=3))
REST = (
    Node("belt in", 0.75, BELT, "$c_{t-1}$", "state", dashed=True),
    Node("belt out", 8.9, BELT, "$c_t$", "state"),
    Wire(("belt in", "belt out"), until=2),
    # stage 2: the candidate is added
    Node("before", 0.75, BUS, "$h_{t-1}$", "state", since=2, dashed=True),
    Node("given", 0.75, FLOOR, "$x_t$", "input", since=2),
    *_layer("g", 5.2, "candidate", 2, "before", "given", note="tanh"),
    Node("add", 5.2, BELT, "+", since=2),
    Wire(("belt in", "add"), since=2, until=5),
    Wire(("belt in", "keep"), since=5),
    Wire(("keep", "add"), since=5),
    Wire(("add", "belt out"), since=2),
    Wire(("g", "add"), since=2, until=3),
    # stage 3: how much of it is written
    Node("write", 5.2, 3.05, "×", since=3),
    Wire(("g", "write"), since=3),
    Wire(("write", "add"), since=3),
    # stage 4: how much is shown
    Node("bend", 7.9, 3.3, "tanh", "faint", since=4),
    Node("show", 7.9, 2.6, "×", since=4),
    Node("after", 8.9, 2.6, "$h_t$", "state", since=4),
    *_layer("o", 6.75, "gate", 4, (5.05, BUS), (5.35, FLOOR)),
    Wire(((7.9, BELT), "bend"), since=4),
    Wire(("bend", "show"), since=4),
    Wire(("o", (None, 2.6), "show"), since=4),
    Wire(("show", "after"), since=4),
)
VARIANT = COMPLETE - 1
"""The stage of what only a variant of the cell has."""
PEEPHOLES = (
    Wire(((1.35, BELT), (1.35, 2.75), (1.98, 2.75), ("f", -0.22, 0)), "$p_f$", "loss", VARIANT, shift=(-0.2, 0.22)),
    Wire(((1.35, 2.75), (3.48, 2.75), ("i", -0.22, 0)), "$p_i$", "loss", VARIANT, shift=(-0.2, 0.22)),
    Wire(((6.5, BELT), ("o", -0.25, 0)), "$p_o$", "loss", VARIANT, shift=(-0.2, 0.22)),
)
COUPLING = (
    Node("rest", 3.7, 3.05, "1−", since=VARIANT),
    Wire(((2.2, 3.05), "rest"), since=VARIANT),
    Wire(("rest", "write"), since=VARIANT),
)
SIZE = {"width": 9.6, "height": 4.5, "frame": (1.25, 0.8, 8.4, 4.35)}
STEPS = {1: (3.0, 4.24), 2: (4.6, 2.5), 3: (4.45, 3.29), 4: (7.33, 2.84)}
"""Where the numbers of the four steps stand in the cell of 1997."""


@says_what_it_shows
def cell_1997(step=0):
    """The cell of 1997, grown in four steps: 1 the belt, 2 the candidate, 3 the input gate, 4 the output gate.

    Args:
        step: as far as it is drawn, with what this step adds in colour; 0 is the whole cell with the numbers of all.
    """
    parts = (*REST, *INPUT)
    ax = draw_cell(_at(step or 4, quiet(parts, step) if step else parts), **SIZE)
    for number, (x, y) in STEPS.items():
        if step in (0, number):
            look = {"boxstyle": "circle,pad=0.25", "facecolor": COLOURS["ink"], "edgecolor": "none"}
            ax.text(x, y, number, color="white", ha="center", va="center", fontsize=10, bbox=look, zorder=6)
    return ax


@says_what_it_shows
def cell(stage=COMPLETE):
    """The whole cell; with a stage, what it adds is in colour: 4 the output gate (1997), 5 the forget gate (2000)."""
    return _grown((*REST, *INPUT, *FORGET), stage)


@says_what_it_shows
def peepholes():
    """The cell whose gates see the cell state: two of them the old one, the output gate the new one."""
    return _grown((*REST, *INPUT, *FORGET, *PEEPHOLES), VARIANT)


@says_what_it_shows
def coupled():
    """The cell with one gate for keeping and writing."""
    return _grown((*REST, *FORGET, *COUPLING), VARIANT)


def _grown(parts, stage):
    """A cell as far as a stage, what that adds in colour and the rest grey; without a stage all of it in colour."""
    return draw_cell(_at(stage, parts) if stage == COMPLETE else _at(stage, quiet(parts, stage)), **SIZE)


def _at(stage, parts):
    """The parts that are there in a stage, and in every later one: none of them is drawn pale."""
    return [replace(part, since=1, until=FOREVER) for part in parts if part.since <= stage < part.until]


SYMBOLS = (
    ("layer", "σ", "a layer: products with weights, bias, σ or tanh"),
    ("circle", "×", "product, number by number"),
    ("circle", "+", "sum, number by number"),
    ("tanh", "tanh", "tanh of each number: nothing is learned"),
    ("copy", "", "copy: the same vector goes two ways"),
    ("join", "", "joined to one long vector; then one layer reads it"),
)
"""What the rows of `symbols` show: kind, what is written in it, what it means."""


@says_what_it_shows
def symbols():
    """Symbols in drawings of the LSTM: as drawn here, as in the best known drawings, and what they mean."""
    ax = canvas(9.0, 0.6 + 0.6 * len(SYMBOLS))
    top = 0.25 + 0.6 * len(SYMBOLS)
    for x, head, align in ((1.2, "here", "center"), (3.3, "elsewhere", "center"), (4.7, "what it means", "left")):
        write(ax, x, top, head, "faint", 11, align)
    for row, (kind, text, meaning) in enumerate(SYMBOLS):
        y = top - 0.5 - 0.6 * row
        _SYMBOL[kind](ax, y, text)
        write(ax, 4.7, y, meaning, "ink", 11, "left")
    return ax


def _layer_symbol(ax, y, text):
    box(ax, 1.2, y, "$f_t$", "gate", 0.6, 0.4)
    write(ax, 0.78, y, text, "ink", 10, "right")
    _square(ax, 3.3, y, text)


def _circle_symbol(ax, y, text):
    for x, shown in ((1.2, text), (3.3, {"×": "⊗", "+": "⊕"}[text])):
        ax.add_patch(Circle((x, y), 0.17, facecolor="white", edgecolor=COLOURS["ink"], lw=1.4, zorder=3))
        write(ax, x, y, text, size=12)
        if x > 3:
            write(ax, x + 0.28, y, f"or {shown}", "ink", 11, "left")


def _tanh_symbol(ax, y, text):
    box(ax, 1.2, y, text, "faint", 0.66, 0.4)
    ax.add_patch(Ellipse((3.3, y), 0.8, 0.4, facecolor="white", edgecolor=COLOURS["ink"], lw=1.4, zorder=3))
    write(ax, 3.3, y, text, size=11)


def _copy_symbol(ax, y, text):
    for x in (1.2, 3.3):
        for end in ((x + 0.5, y), (x, y + 0.24)):
            arrow(ax, (x, y), end)
        ax.plot([x - 0.5, x], [y, y], color=COLOURS["ink"], lw=1.7)
    ax.add_patch(Circle((1.2, y), 0.05, color=COLOURS["ink"], zorder=3))


def _join_symbol(ax, y, text):
    box(ax, 1.5, y, "$f_t$", "gate", 0.6, 0.36)
    arrow(ax, (0.75, y + 0.1), (1.2, y + 0.1), "$U$", "state", shift=(-0.36, 0.03))
    arrow(ax, (0.75, y - 0.1), (1.2, y - 0.1), "$W$", "input", shift=(-0.36, -0.03))
    ax.plot([2.8, 3.1], [y, y], color=COLOURS["ink"], lw=1.7)
    ax.plot([2.85, 3.05], [y - 0.22, y], color=COLOURS["ink"], lw=1.7)
    arrow(ax, (3.0, y), (3.45, y))
    _square(ax, 3.65, y, "σ")


def _square(ax, x, y, text):
    """A layer as others draw it: a square with its activation function."""
    ax.add_patch(Rectangle((x - 0.2, y - 0.18), 0.4, 0.36, facecolor="#f3e9c6", edgecolor=COLOURS["ink"], zorder=3))
    write(ax, x, y, text, size=11)


_SYMBOL = {
    "layer": _layer_symbol,
    "circle": _circle_symbol,
    "tanh": _tanh_symbol,
    "copy": _copy_symbol,
    "join": _join_symbol,
}


@says_what_it_shows
def over_time(panels, xlabel="time step"):
    """Lines over time. ``panels`` has a panel for each name of a value axis, and for it name → values, (T,)."""
    drawn = np.atleast_1d(axes(columns=len(panels), width=9.5, height=3.0))
    for ax, (ylabel, series) in zip(drawn, panels.items(), strict=True):
        for k, (name, values) in enumerate(series.items()):
            ax.plot(
                np.arange(1, len(values) + 1), values, color=SERIES[k], linestyle=STYLES[k], linewidth=1.6, label=name
            )
            ax.plot(len(values), values[-1], MARKERS[k], color=SERIES[k])
        ax.set(xlabel=xlabel, ylabel=ylabel)
    drawn[0].legend(frameon=False)
    return drawn


@says_what_it_shows
def spread_over_time(panels, xlabel="time step"):
    """The mean of several seeds over time, in a band from the least to the largest.

    Args:
        panels: name of a value axis → values, (seeds, T).
    """
    drawn = np.atleast_1d(axes(columns=len(panels), width=9.5, height=3.0))
    for ax, (ylabel, values) in zip(drawn, panels.items(), strict=True):
        values, time = np.asarray(values), np.arange(1, np.shape(values)[1] + 1)
        ax.fill_between(time, values.min(0), values.max(0), color=NETWORK, alpha=0.3, linewidth=0)
        ax.plot(time, values.mean(0), color=NETWORK, linewidth=1.6)
        ax.set(xlabel=xlabel, ylabel=ylabel)
    return drawn
