"""Pictures of networks, drawn by code.

Three rules make the pictures of all lessons one family:

- a box is a vector; its colour is its role (input, state, output, loss, gate, candidate);
- an arrow is a computation; its colour is its *parameter*, so arrows of one colour share one parameter;
- a dashed line is a copy: nothing is learned there.

One data unit is one inch. The colours are Okabe and Ito's, which colour-blind readers can tell apart; gates and
candidates have darker ones. All have a contrast of 3:1 or more on white, and nothing is told by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

COLOURS = {
    "input": "#0072B2",
    "state": "#D55E00",
    "output": "#009E73",
    "loss": "#CC79A7",
    "gate": "#9A4DE8",
    "candidate": "#80602A",
    "ink": "#333333",
    "faint": "#737373",
}
"""Role → colour. W has the colour of the input, U of the state, V of the output: where each starts to act."""


@dataclass(frozen=True)
class Box:
    """A drawn box: its centre and its size, in inches; the four properties are where arrows attach."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self):
        return self.x, self.y + self.height / 2

    @property
    def bottom(self):
        return self.x, self.y - self.height / 2

    @property
    def left(self):
        return self.x - self.width / 2, self.y

    @property
    def right(self):
        return self.x + self.width / 2, self.y


def canvas(width, height):
    """An empty drawing of that size in inches, (0, 0) at the lower left; returns its axes."""
    figure = plt.figure(figsize=(width, height), dpi=110)
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.set_axis_off()
    return ax


def box(ax, x, y, text="", role="state", width=0.62, height=0.42, units=0, dashed=False):
    """A vector: a rounded box around (x, y) with its name, or with ``units`` dots in it, one for each number."""
    colour = COLOURS[role]
    corner = (x - width / 2, y - height / 2)
    look = {"facecolor": _tint(colour), "edgecolor": colour, "linewidth": 1.6, "linestyle": "--" if dashed else "-"}
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle="round,pad=0,rounding_size=0.1", zorder=2, **look))
    for k in range(units):
        centre = (x + (k - (units - 1) / 2) * width / (units + 0.3), y)
        ax.add_patch(Circle(centre, 0.085, facecolor="white", edgecolor=colour, linewidth=1.3, zorder=3))
    ax.text(x, y, text, ha="center", va="center", fontsize=12, color=COLOURS["ink"], zorder=4)
    return Box(x, y, width, height)


def arrow(ax, start, end, label="", role="ink", bend=0.0, shift=(0.14, 0.0), dashed=False):
    """A computation from one point to another, labelled with its parameter beside its middle (moved by ``shift``)."""
    _draw_arrow(ax, role, dashed, posA=start, posB=end, connectionstyle=f"arc3,rad={bend}")
    across = np.array([end[1] - start[1], start[0] - end[0]])
    x, y = (np.add(start, end) + bend * across) / 2 + np.array(shift)
    write(ax, x, y, label, role)


def loop(ax, around, label="", role="state"):
    """An arrow from a box back to itself, on its right side: the result of one step goes into the next."""
    x, y = around.right
    curve = [(x, y + 0.1), (x + 0.62, y + 0.42), (x + 0.62, y - 0.42), (x, y - 0.1)]
    _draw_arrow(ax, role, path=Path(curve, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]))
    write(ax, x + 0.6, y, label, role)


def _draw_arrow(ax, role, dashed=False, **course):
    look = {"arrowstyle": "-|>", "mutation_scale": 12, "linewidth": 1.7, "shrinkA": 1, "shrinkB": 1, "zorder": 1.5}
    line = (0, (4, 2)) if dashed else "-"
    ax.add_patch(FancyArrowPatch(**course, **look, linestyle=line, color=COLOURS[role]))


def write(ax, x, y, text, role="ink", size=12, align="center"):
    """A word or a symbol in the colour of its role."""
    ax.text(x, y, text, ha=align, va="center", fontsize=size, color=COLOURS[role], zorder=5)


def _tint(colour, strength=0.16):
    """The same hue, pale."""
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return tuple(1 - strength * (1 - rgb))


LEVEL = {"x": 0.4, "h": 1.3, "y": 2.2}
"""Height of each layer in the drawings that show a column for every time step."""

ROLE = {"x": "input", "h": "state", "y": "output"}


def column(ax, x, t, layers="xhy"):
    """The boxes of one time step, one above the other, joined by W and V; returns them by layer."""
    boxes = {s: box(ax, x, LEVEL[s], f"${s}_{{{t}}}$", ROLE[s]) for s in layers}
    if "x" in boxes and "h" in boxes:
        arrow(ax, boxes["x"].top, boxes["h"].bottom, "$W$", "input", shift=(0.19, 0))
    if "y" in boxes:
        arrow(ax, boxes["h"].top, boxes["y"].bottom, "$V$", "output", shift=(0.17, 0))
    return boxes
