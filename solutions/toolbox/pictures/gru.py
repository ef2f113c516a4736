"""The pictures of lesson 04: the gated recurrent unit, grown gate by gate."""

from __future__ import annotations

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.gates import COMPLETE, Node, Wire, draw_cell

PARTS = (
    Node("before", 0.75, 3.75, "$h_{t-1}$", "state", dashed=True),
    Node("given", 0.75, 0.45, "$x_t$", "input"),
    Node("after", 7.75, 3.75, "$h_t$", "state"),
    # stage 1: the simple recurrent network
    Node("n", 6.15, 2.15, "$n_t$", "candidate", note="tanh"),
    Wire(("before", (None, 1.25), (6.0, 1.25), ("n", -0.15, 0)), "$U_n$", "state", until=3, shift=(-0.22, -0.3)),
    Wire(("given", (6.3, 0.45), ("n", 0.15, 0)), "$W_n$", "input", shift=(0.27, -0.3)),
    Wire(("n", (None, 3.75), "after"), until=2),
    # stage 2: the update gate
    Node("z", 2.15, 2.15, "$z_t$", "gate", since=2, note="σ"),
    Wire(((2.0, 1.25), ("z", -0.15, 0)), "$U_z$", "state", since=2, shift=(-0.22, -0.3)),
    Wire(((2.3, 0.45), ("z", 0.15, 0)), "$W_z$", "input", since=2, shift=(0.27, -0.3)),
    Node("keep", 2.15, 3.75, "×", since=2),
    Node("branch", 2.15, 2.95, role="point", since=2),
    Node("complement", 4.15, 2.95, "1−", since=2),
    Node("take", 6.15, 2.95, "×", since=2),
    Node("sum", 6.15, 3.75, "+", since=2),
    Wire(("before", "keep"), since=2),
    Wire(("z", "keep"), since=2),
    Wire(("branch", "complement"), since=2),
    Wire(("complement", "take"), since=2),
    Wire(("n", "take"), since=2),
    Wire(("take", "sum"), since=2),
    Wire(("keep", "sum"), since=2),
    Wire(("sum", "after"), since=2),
    # stage 3: the reset gate
    Node("r", 4.15, 2.15, "$r_t$", "gate", since=3, note="σ"),
    Wire(((4.0, 1.25), ("r", -0.15, 0)), "$U_r$", "state", since=3, shift=(-0.22, -0.3)),
    Wire(((4.3, 0.45), ("r", 0.15, 0)), "$W_r$", "input", since=3, shift=(0.27, -0.3)),
    Node("reset", 5.15, 1.25, "×", since=3),
    Wire(("r", (5.15, None), "reset"), since=3),
    Wire(("before", (None, 1.25), "reset"), "$U_n$", "state", since=3, shift=(-0.12, -0.2)),
    Wire(("reset", (6.0, None), ("n", -0.15, 0)), since=3),
)
"""The cell, every part of it with the stages in which it is drawn."""


@says_what_it_shows
def cell(stage=COMPLETE):
    """The cell: stage 1 is the simple network, 2 has the update gate, 3 the reset gate; without a number all of it."""
    return draw_cell(PARTS, 8.5, 4.3, stage, frame=(1.3, 0.75, 7.1, 4.15))
