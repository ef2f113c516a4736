"""The pictures of lesson 05: the LSTM grown part by part, its variants, and what the experiments measure."""

from __future__ import annotations

import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.gates import COMPLETE, Node, Wire, draw_cell
from solutions.toolbox.pictures.plots import FAINT, MARKERS, NETWORK, SERIES, STYLES, axes

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
PEEPHOLES = (
    Wire(((1.35, BELT), (1.35, 2.75), (1.98, 2.75), ("f", -0.22, 0)), "$p_f$", "loss", shift=(-0.2, 0.22)),
    Wire(((1.35, 2.75), (3.48, 2.75), ("i", -0.22, 0)), "$p_i$", "loss", shift=(-0.2, 0.22)),
    Wire(((6.5, BELT), ("o", -0.25, 0)), "$p_o$", "loss", shift=(-0.2, 0.22)),
)
COUPLING = (
    Node("rest", 3.7, 3.05, "1−"),
    Wire(((2.2, 3.05), "rest")),
    Wire(("rest", "write")),
)
SIZE = {"width": 9.6, "height": 4.5, "frame": (1.25, 0.8, 8.4, 4.35)}


@says_what_it_shows
def cell(stage=COMPLETE):
    """The cell: 1 the belt, 2 the candidate, 3 the input gate, 4 the output gate (1997), 5 the forget gate (2000)."""
    return draw_cell((*REST, *INPUT, *FORGET), stage=stage, **SIZE)


@says_what_it_shows
def peepholes():
    """The cell whose gates see the cell state: two of them the old one, the output gate the new one."""
    return draw_cell((*REST, *INPUT, *FORGET, *PEEPHOLES), **SIZE)


@says_what_it_shows
def coupled():
    """The cell with one gate for keeping and writing."""
    return draw_cell((*REST, *FORGET, *COUPLING), **SIZE)


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
def dots_per_cell(results, xlabel, title="", reference=None):
    """One row for each cell: a dot for each seed, and their mean in figures. ``results`` maps a name to a value a seed.

    Args:
        reference: name of the row whose mean is drawn as a line through all.
    """
    ax = axes(width=8.0, height=0.6 + 0.34 * len(results))
    for row, values in enumerate(results.values()):
        ax.plot(values, np.full(len(values), row), "o", color=NETWORK, alpha=0.75)
        ax.annotate(f"{np.mean(values):.2f}", (max(values), row), (8, -3), textcoords="offset points", fontsize=9)
    if reference:
        ax.axvline(np.mean(results[reference]), color=FAINT, linestyle="--", linewidth=1)
    ax.set_yticks(range(len(results)), list(results))
    ax.set(xlabel=xlabel, title=title, ylim=(len(results) - 0.5, -0.5))
    ax.margins(x=0.12)
    return ax


@says_what_it_shows
def learning_curves(updates, curves, title=""):
    """Loss against updates: solid on unseen text, dashed on the training text. ``curves`` maps a name to both."""
    ax = axes(width=8.0, height=3.2)
    for k, (name, (seen, unseen)) in enumerate(curves.items()):
        ax.plot(updates, unseen, MARKERS[k] + "-", color=SERIES[k], markersize=4, label=f"{name}, unseen text")
        ax.plot(updates, seen, "--", color=SERIES[k], linewidth=1.2, label=f"{name}, training text")
    ax.set(xlabel="updates", ylabel="loss (bits a letter)", title=title)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax
