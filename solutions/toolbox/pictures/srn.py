"""The pictures of lesson 01: the simple recurrent network, folded and unfolded, its tasks, and its family."""

from __future__ import annotations

from itertools import pairwise, product

from matplotlib.patches import Circle

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, LEVEL, ROLE, arrow, box, canvas, column, loop, write


@says_what_it_shows
def feed_forward(T=4):
    """A network without a memory: every input is answered alone."""
    ax = canvas(1.5 * T + 0.2, 2.6)
    columns = [column(ax, 0.85 + 1.5 * t, t + 1) for t in range(T)]
    for left, right in pairwise(columns):
        write(ax, (left["h"].x + right["h"].x) / 2, LEVEL["h"], "no link", "faint", 9)


@says_what_it_shows
def folded():
    """Elman's own drawing: four layers of units; the context layer holds the hidden layer of the step before."""
    ax = canvas(6.6, 3.3)
    top = box(ax, 3.0, 2.85, role="output", units=3, width=1.1)
    hidden = box(ax, 3.0, 1.7, role="state", units=4, width=1.4)
    given = box(ax, 2.0, 0.45, role="input", units=3, width=1.1)
    context = box(ax, 4.2, 0.45, role="state", units=4, width=1.4, dashed=True)
    arrow(ax, given.top, (2.75, 1.48), "$W$", "input", shift=(-0.22, 0.03))
    arrow(ax, context.top, (3.3, 1.48), "$U$", "state", shift=(-0.2, -0.06))
    arrow(ax, hidden.top, top.bottom, "$V$", "output", shift=(0.17, 0))
    arrow(ax, hidden.right, (4.65, 0.68), role="state", bend=-0.35, dashed=True)
    write(ax, 4.6, 1.55, "copy, one step late", "faint", 10, "left")
    for x, y, text in ((2.35, 2.85, "output $y_t$"), (2.2, 1.7, "hidden $h_t$"), (1.35, 0.45, "input $x_t$")):
        write(ax, x, y, text, size=11, align="right")
    write(ax, 5.0, 0.45, "context $h_{t-1}$", size=11, align="left")


@says_what_it_shows
def unfolded(T=4):
    """The same network twice: with a loop on the left, one column for every time step on the right."""
    ax = canvas(1.5 * T + 3.6, 2.6)
    loop(ax, column(ax, 0.75, "t")["h"], "$U$")
    write(ax, 2.12, LEVEL["h"], "=", size=18)
    before = box(ax, 2.85, LEVEL["h"], "$h_0$", dashed=True)
    for t in range(1, T + 1):
        now = column(ax, 2.85 + 1.5 * t, t)["h"]
        arrow(ax, before.right, now.left, "$U$", "state", shift=(0, 0.17))
        before = now


@says_what_it_shows
def inside_step():
    """The equations of one step as a flow: three terms are added, bent by f, and read out."""
    ax = canvas(7.6, 2.9)
    before = box(ax, 0.8, 2.1, "$h_{t-1}$", dashed=True, width=0.8)
    given = box(ax, 0.8, 0.7, "$x_t$", "input", width=0.8)
    total = box(ax, 2.7, 1.4, "$z_t$", "faint")
    state = box(ax, 4.6, 1.4, "$h_t$")
    out = box(ax, 6.8, 1.4, "$y_t$", "output")
    arrow(ax, before.right, (2.42, 1.55), "$U$", "state", shift=(0.05, 0.2))
    arrow(ax, given.right, (2.42, 1.25), "$W$", "input", shift=(0.05, -0.2))
    arrow(ax, (2.7, 0.55), total.bottom)
    write(ax, 2.7, 0.4, "$b$")
    arrow(ax, total.right, state.left, "$f$", shift=(0, 0.2))
    arrow(ax, state.right, out.left, "$V$, $c$, then $g$", "output", shift=(0, 0.2))
    arrow(ax, state.top, (5.4, 2.5), role="state", dashed=True, bend=-0.2)
    write(ax, 5.5, 2.5, "to the next step", "faint", 10, "left")


TASKS = (
    ("one to many", "x", "hhhh", "yyyy", "caption of a picture"),
    ("many to one", "xxxx", "hhhh", "   y", "mood of a review"),
    ("many to many, aligned", "xxxx", "hhhh", "yyyy", "tag of every word"),
    ("many to many, not aligned", "xxx", "hhhhhh", "   yyy", "translation"),
)
"""Shape of a task, where there is an input, a state, an output, and an example."""


@says_what_it_shows
def task_shapes():
    """Four shapes of tasks: which steps have an input, which an output."""
    ax = canvas(10.2, 2.6)
    left = 0.35
    for name, inputs, states, outputs, example in TASKS:
        xs = [left + 0.48 * k for k in range(len(states))]
        boxes = {}
        for marks, y, role in ((inputs, 0.7, "input"), (states, 1.28, "state"), (outputs, 1.86, "output")):
            for k in (k for k, mark in enumerate(marks) if mark != " "):
                boxes[role, k] = box(ax, xs[k], y, role=role, width=0.28, height=0.28)
        for (role, k), here in boxes.items():
            if role == "state" and k:
                arrow(ax, boxes["state", k - 1].right, here.left, role="state")
            elif role != "state":
                ends = (here.top, boxes["state", k].bottom) if role == "input" else (boxes["state", k].top, here.bottom)
                arrow(ax, *ends, role=role)
        middle = (xs[0] + xs[-1]) / 2
        write(ax, middle, 2.35, name, size=10)
        write(ax, middle, 0.25, example, "faint", 9)
        left = xs[-1] + 0.8


UP = (("x", "h", 0), ("h", "y", 0))
NEAR, ALL = range(-1, 2), range(-3, 4)
FAMILY = (
    ("SRN (Elman 1990)", "lesson 01", "xhy", (*UP, ("h", "h", 1)), 0),
    ("Jordan 1986", "lesson 02, question", "xhy", (*UP, ("y", "h", 1)), 0),
    ("GRU (2014)", "lesson 04", "xhy", (*UP, ("h", "h", 1)), 1),
    ("LSTM (1997)", "lesson 05", "xhy", (*UP, ("h", "h", 1)), 2),
    ("deep", "lesson 06", "xhgy", (*UP[:1], ("h", "g", 0), ("g", "y", 0), ("h", "h", 1), ("g", "g", 1)), 0),
    (
        "bidirectional (1997)",
        "lesson 07",
        "xhgy",
        (*UP, ("x", "g", 0), ("g", "y", 0), ("h", "h", 1), ("g", "g", -1)),
        0,
    ),
    ("convolution", "lesson 08", "xhy", (*[("x", "h", d) for d in NEAR], UP[1]), 0),
    ("Transformer (2017)", "after this course", "xhy", (*[("x", "h", d) for d in ALL], UP[1]), 0),
)
"""Name, place in the course, layers from below, links (from a layer, to a layer, so many steps later), gated links."""


@says_what_it_shows
def family(T=4):
    """The family of networks for sequences: what is linked with what."""
    ax = canvas(10.2, 5.9)
    for k, (name, place, layers, links, gated) in enumerate(FAMILY):
        left, low = 0.5 + 2.55 * (k % 4), 3.55 - 2.9 * (k // 4)
        aside = {"h": -0.1, "g": 0.12} if ("x", "g", 0) in links else {}
        boxes = {}
        for (level, s), t in product(enumerate(layers), range(T)):
            x, y = left + 0.55 * t + aside.get(s, 0), low + 1.5 * level / (len(layers) - 1)
            boxes[s, t] = box(ax, x, y, role=ROLE.get(s, "state"), width=0.26, height=0.26)
        for (start, end, later), t in product(links, range(T)):
            if (end, t + later) in boxes:
                _link(ax, boxes[start, t], boxes[end, t + later], start, end, gated)
        write(ax, left + 0.82, low + 1.93, name, size=11)
        write(ax, left + 0.82, low - 0.38, place, "faint", 9)


def _link(ax, start, end, low, high, gated):
    """An arrow of the family's picture: from one layer to another, or along a layer, with a gate on it or without."""
    if low != high:
        ends = (start.bottom, end.top) if low == "y" else (start.top, end.bottom)
        return arrow(ax, *ends, role={"x": "input", "y": "state"}.get(low, "output" if high == "y" else "input"))
    ends = (start.right, end.left) if start.x < end.x else (start.left, end.right)
    for shift in (0.07, -0.07) if gated == 2 else (0.0,):
        arrow(ax, *[(x, y + shift) for x, y in ends], role="state")
    if gated:
        middle = ((ends[0][0] + ends[1][0]) / 2 - 0.02, start.y + 0.07 * (gated - 1))
        ax.add_patch(Circle(middle, 0.055, facecolor=COLOURS["gate"], edgecolor="white", zorder=3))
