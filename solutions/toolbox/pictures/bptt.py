"""The pictures of lesson 02: the way of the error back through the unfolded network, and where truncation cuts it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write

LEVEL = {"x": 0.4, "h": 1.3, "y": 2.2, "L": 3.1}


@says_what_it_shows
def unfolded_with_losses(T=3, back=False):
    """The unfolded network with a loss at every step; with ``back``, the arrows of the error, the other way."""
    ax = canvas(1.9 * T + 2.0, 3.6)
    before = box(ax, 0.7, LEVEL["h"], "$h_0$", dashed=True)
    for t in range(1, T + 1):
        x = 0.7 + 1.9 * t
        boxes = {
            s: box(ax, x, LEVEL[s], f"${s}_{t}$", r) for s, r in zip("xhy", ("input", "state", "output"), strict=True)
        }
        boxes["L"] = box(ax, x, LEVEL["L"], f"$L_{t}$", "loss")
        chain = [("x", "h", "$W$", "input"), ("h", "y", "$V$", "output"), ("y", "L", "", "loss")]
        for low, high, name, role in chain:
            ends = (boxes[high].bottom, boxes[low].top) if back else (boxes[low].top, boxes[high].bottom)
            arrow(ax, *ends, name, role, shift=(0.2, 0), dashed=back)
        ends = (boxes["h"].left, before.right) if back else (before.right, boxes["h"].left)
        arrow(ax, *ends, "$U$", "state", shift=(0, 0.18), dashed=back)
        before = boxes["h"]
    return ax


@says_what_it_shows
def paths_of_one_loss(T=3):
    """The ways from the last loss back to the copies of u: along a way the factors multiply, and the ways add."""
    ax = canvas(2.4 * T + 1.6, 2.7 + 0.42 * T)
    place = {"z": lambda k: 2.4 * k - 1.6, "h": lambda k: 2.4 * k - 0.4}
    end = box(ax, place["h"](T) + 1.3, 2.0, f"$L_{T}$", "loss")
    for k in range(T, 0, -1):
        state = box(ax, place["h"](k), 2.0, f"$h_{k}$")
        arrow(ax, end.left, state.right, f"$h_{T}-d_{T}$" if k == T else "$u$", "ink", shift=(0, 0.2), dashed=True)
        end = box(ax, place["z"](k), 2.0, f"$z_{k}$", "faint")
        arrow(ax, state.left, end.right, f"$f'(z_{k})$", "ink", shift=(0, 0.22), dashed=True)
        copy = box(ax, end.x, 0.95, f"$u$, step {k}", width=1.0)
        arrow(ax, end.bottom, copy.top, f"$h_{k - 1}$", "ink", shift=(0.25, 0), dashed=True)
        write(ax, end.x, 0.35, f"$\\delta_{{{T},{k}}}\\ h_{{{k - 1}}}$", size=12)
        if k > 1:
            write(ax, end.x - 1.2, 0.35, "$+$")
        _brace(ax, end.x, place["h"](T) + 1.3, 2.65 + 0.42 * (T - k), f"$\\delta_{{{T},{k}}}$")
    return ax


def _brace(ax, left, right, y, name):
    """A line from left to right with its ends turned down, and its name in it."""
    ax.plot([left, left, right, right], [y - 0.1, y, y, y - 0.1], color=COLOURS["ink"], linewidth=1.2)
    middle = (left + right) / 2
    ax.text(middle, y, name, ha="center", va="center", fontsize=12, backgroundcolor="white", color=COLOURS["ink"])


@says_what_it_shows
def truncation(T=10, k1=2, k2=4):
    """Which pairs (t, k) a truncated sweep keeps: a row for each loss, a column for each step."""
    ax = plt.subplots(figsize=(4.6, 4.0), dpi=100, layout="constrained")[1]
    for t, k in np.argwhere(np.tri(T)):
        kept = k >= min((t // k1 + 1) * k1, T) - k2
        colour = COLOURS["state"] if kept else COLOURS["faint"]
        ax.plot(k + 1, t + 1, "s" if kept else "x", color=colour, markersize=11 if kept else 6)
    for start in range(k1, T, k1):
        ax.axhline(start + 0.5, color=COLOURS["faint"], linestyle=":", linewidth=1)
    ax.set(xlabel="step k", ylabel="loss of step t", xticks=range(1, T + 1), yticks=range(1, T + 1))
    ax.set(xlim=(0.3, T + 0.7), ylim=(T + 0.7, 0.3), aspect="equal", title=f"kept with k1 = {k1}, k2 = {k2}: squares")
    return ax


@says_what_it_shows
def heat_map(sizes, title="", ax=None, limits=(1e-6, 1.0), bar=True):
    """Sizes as colours on a logarithmic scale, a row for each loss, a column for each step; white after the loss.

    Args:
        sizes: numbers ≥ 0, row t, column k, (T, T); entries with k > t are not drawn.
        limits: the numbers that the darkest and the lightest colour stand for.
        bar: draw the scale of colours beside it.
    """
    if ax is None:
        ax = plt.subplots(figsize=(5.2, 4.2), dpi=100, layout="constrained")[1]
    T = len(sizes)
    shown = np.where(np.tri(T, dtype=bool), np.maximum(sizes, limits[0]), np.nan)
    image = ax.imshow(shown, norm=LogNorm(*limits), cmap="cividis", extent=(0.5, T + 0.5, T + 0.5, 0.5))
    ax.set(xlabel="step k", ylabel="loss of step t", title=title)
    if bar:
        ax.figure.colorbar(image, ax=ax, label="‖δ‖ (relative to the largest)", extend="min")
    return ax
