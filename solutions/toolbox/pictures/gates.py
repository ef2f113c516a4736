"""Pictures of cells made of gates: a cell drawn part by part, and what its gates do over a text.

A cell is a list of parts, `Node` and `Wire`. Each part says in which stage of the drawing it appears (``since``) and in
which it is no longer there (``until``): one list gives the whole series of pictures, one gate more in each. The
rules are those of `diagrams`: a box is a vector, coloured by its role; a blue or an orange wire is a product with W or
U; a black wire carries numbers that nothing is learned for. A circle is an operation, unit by unit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch
from matplotlib.path import Path

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, box, canvas, write

COMPLETE = 98
"""The stage in which everything is there."""

FOREVER = 99
PALE = 0.4
"""Opacity of what was there in the picture before."""


@dataclass(frozen=True)
class Node:
    """A box or a circle of a cell.

    Attributes:
        name: what wires call it.
        x, y: its centre, in inches.
        text: what stands in it.
        role: a role of `diagrams.COLOURS`; "operation" for a circle, "point" for a place where wires branch.
        since, until: the stages of the drawing in which it is there.
        note: a word at the left of the box, such as its activation function.
        dashed: a copy.
    """

    name: str
    x: float
    y: float
    text: str = ""
    role: str = "operation"
    since: int = 1
    until: int = FOREVER
    note: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Wire:
    """An arrow from one place to another, along straight lines.

    Attributes:
        course: names of nodes and corners (x, y), from the start to the tip. A corner may leave a coordinate open
            (None): then it is that of the place before it. A node may be moved: ("n", dx, dy). Where the course starts
            at a corner, it branches off another wire: a dot is drawn.
        label, shift: what stands beside its tip, and how far from it.
        role: its colour: "input" for W, "state" for U, "ink" for plain numbers.
        since, until: the stages of the drawing in which it is there.
        tip: False for a wire that only joins others.
    """

    course: tuple
    label: str = ""
    role: str = "ink"
    since: int = 1
    until: int = FOREVER
    shift: tuple[float, float] = (0.0, 0.0)
    tip: bool = True


BOX = {"width": 0.66, "height": 0.46}
RADIUS = 0.17
CIRCLES = {"operation": "ink", "quiet": "faint"}
"""Roles that are drawn as a circle → the colour of its edge."""


def quiet(parts, new):
    """The same parts in grey, but for those that appear in the stage ``new``, which stand out.

    Grey, not pale: it can be read, with a contrast of 4.7:1 on white.
    """
    circles = {"operation": "quiet", "point": "point"}
    return [part if part.since == new else replace(part, role=circles.get(part.role, "faint")) for part in parts]


def draw_cell(parts, width, height, stage=COMPLETE, frame=None):
    """Draws a cell as far as a stage; what was there in the stage before is pale, what is new is not.

    Args:
        parts: nodes and wires.
        width, height: of the picture, in inches.
        stage: how much of the cell is drawn; `COMPLETE` draws all of it in full colour.
        frame: (left, bottom, right, top) of a grey frame round the cell.
    """
    ax = canvas(width, height)
    if frame:
        left, bottom, right, top = frame
        corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
        ax.plot(*zip(*corners, strict=True), color=COLOURS["faint"], linewidth=1, linestyle=":", zorder=0)
    nodes = {part.name: part for part in parts if isinstance(part, Node)}
    for part in parts:
        if part.since <= stage < part.until:
            drawn = _draw_node(ax, part) if isinstance(part, Node) else _draw_wire(ax, part, nodes)
            if part.since < stage < COMPLETE:
                for piece in drawn:
                    piece.set_alpha(PALE)
    return ax


def _draw_node(ax, node):
    before = len(ax.patches), len(ax.texts)
    if node.role in CIRCLES:
        edge = COLOURS[CIRCLES[node.role]]
        ax.add_patch(Circle((node.x, node.y), RADIUS, facecolor="white", edgecolor=edge, lw=1.4, zorder=3))
        write(ax, node.x, node.y, node.text, size=11)
    elif node.role == "point":
        ax.add_patch(Circle((node.x, node.y), 0.04, color=COLOURS["ink"], zorder=3))
    else:
        box(ax, node.x, node.y, node.text, node.role, dashed=node.dashed, **BOX)
    if node.note:
        write(ax, node.x - BOX["width"] / 2 - 0.06, node.y, node.note, "ink", 10, "right")
    return [*ax.patches[before[0] :], *ax.texts[before[1] :]]


def _draw_wire(ax, wire, nodes):
    before = len(ax.patches), len(ax.texts)
    points = _points(wire.course, nodes)
    style = "-|>" if wire.tip else "-"
    look = {"arrowstyle": style, "mutation_scale": 11, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0, "zorder": 1.5}
    ax.add_patch(FancyArrowPatch(path=Path(points), color=COLOURS[wire.role], joinstyle="round", **look))
    if not isinstance(wire.course[0], str):
        ax.add_patch(Circle(points[0], 0.04, color=COLOURS[wire.role], zorder=2))
    if wire.label:
        write(ax, *np.add(points[-1], wire.shift), wire.label, wire.role, 11)
    return [*ax.patches[before[0] :], *ax.texts[before[1] :]]


def _points(course, nodes):
    """The corners of a wire; its two ends stop at the edges of the nodes that they touch."""
    points, ends = [], []
    for place in course:
        name = place if isinstance(place, str) else place[0]
        if isinstance(name, str):
            node = nodes[name]
            dx, dy = (0, 0) if isinstance(place, str) else place[1:]
            points.append((node.x + dx, node.y + dy))
            ends.append(node)
        else:
            points.append(tuple(points[-1][k] if place[k] is None else place[k] for k in (0, 1)))
            ends.append(None)
    first = _edge(ends[0], points[0], points[1])
    last = _edge(ends[-1], points[-1], points[-2])
    return [first, *points[1:-1], last]


def _edge(node, end, beside):
    """Where a line from a node's inside towards a point beside it leaves the node (the line runs along an axis)."""
    if node is None or node.role == "point":
        return end
    along = int(abs(beside[1] - end[1]) > abs(beside[0] - end[0]))
    half = RADIUS if node.role in CIRCLES else (BOX["width"], BOX["height"])[along] / 2
    moved = list(end)
    moved[along] = (node.x, node.y)[along] + np.sign(beside[along] - end[along]) * (half + 0.015)
    return tuple(moved)


@says_what_it_shows
def gates_over_text(gates, symbols, starts=None, units=None, title="", label="how far open (0 shut, 1 open)"):
    """What each unit's gate does at each letter: one panel a gate, a row for each unit, a column for each letter.

    Args:
        gates: name → values between 0 and 1, (T, H); every panel has the same scale of colours.
        symbols: the text, T characters, written under the lowest panel.
        starts: where words start, booleans, (T,): a line is drawn before each.
        units: which units are shown, in that order; by default all of them.
        title: above the highest panel.
    """
    T = len(symbols)
    rows = len(units) if units is not None else next(iter(gates.values())).shape[1]
    figure, panels = plt.subplots(
        len(gates),
        1,
        figsize=(9.5, 0.7 + len(gates) * (0.5 + 0.11 * rows)),
        dpi=100,
        sharex=True,
        layout="constrained",
        squeeze=False,
    )
    for ax, (name, values) in zip(panels[:, 0], gates.items(), strict=True):
        shown = values if units is None else values[:, units]
        picture = ax.imshow(shown.T, cmap="cividis", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        for t in np.flatnonzero(starts if starts is not None else np.zeros(T)):
            ax.axvline(t - 0.5, color="white", linewidth=1.2)
        ax.set(ylabel=f"{name}: unit", yticks=range(rows) if rows <= 6 else [0, rows - 1])
        if units is not None:
            ax.set_yticklabels([units[k] for k in ax.get_yticks().astype(int)])
    panels[0, 0].set_title(title)
    panels[-1, 0].set_xticks(range(T), list(symbols))
    panels[-1, 0].set_xlabel("letter that is read")
    figure.colorbar(picture, ax=panels, label=label, aspect=30, pad=0.01)
    return panels[:, 0]
