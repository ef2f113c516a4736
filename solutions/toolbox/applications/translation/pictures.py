"""Pictures of translation: the network unfolded, where it looks, quality against length, a tree of beginnings."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, Box, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import FAINT, MARKERS, SERIES, STYLES, axes

SOURCE, TARGET = ("close", "all", "tabs"), ("fermer", "tous", "les", "onglets")
LOOKS = (0.05, 0.2, 0.75)
"""Weights drawn in the picture of attention: an example."""


@says_what_it_shows
def encoder_decoder(attention=False):
    """The network unfolded over the example "close all tabs"; with ``attention``, where its last step looks."""
    ax = canvas(9.4, 4.5 if attention else 3.0)
    low, middle, high = 0.55, 1.45, 2.35
    states = []
    for t, word in enumerate(SOURCE):
        x = 0.6 + 1.05 * t
        read = box(ax, x, low, word, "input", width=0.9)
        states.append(box(ax, x, middle, f"$h_{t + 1}$", "state"))
        arrow(ax, read.top, states[-1].bottom, role="input")
        if t:
            arrow(ax, states[-2].right, states[-1].left, role="state")
    before = states[-1]
    fed, said = ("‹s›", *TARGET), (*TARGET, "‹/s›")
    for k in range(len(fed)):
        x = 3.95 + 1.1 * k
        read = box(ax, x, low, fed[k], "input", width=0.92, dashed=k > 0)
        state = box(ax, x, middle, f"$s_{k + 1}$", "gate")
        if attention and k == 3:
            state = _looks(ax, states, state)
        answer = box(ax, x, high + (state.y - middle), said[k], "output", width=0.92)
        arrow(ax, read.top, (x, middle - 0.21), role="input")
        arrow(ax, state.top, answer.bottom, role="output")
        arrow(ax, before.right, (x - 0.31, middle), role="state" if k == 0 else "gate")
        before = Box(x, middle, 0.62, 0.42)
    write(ax, 1.65, 0.13, "encoder: reads", "faint", 10)
    write(ax, 6.2, 0.13, "decoder: writes, and reads what was written before (dashed)", "faint", 10)
    return ax


def _looks(ax, states, state):
    """Scores from the decoder's state and each of the encoder's, a weighted mean, and the two joined: its box."""
    context = box(ax, 1.65, 4.0, "context $c_4$", "candidate", width=1.4)
    for source, weight in zip(states, LOOKS, strict=True):
        look = box(ax, source.x, 2.9, f"{weight:.2f}", "candidate", width=0.7, height=0.36)
        arrow(ax, source.top, look.bottom, role="candidate")
        ax.plot(*zip(look.top, context.bottom, strict=True), color=COLOURS["candidate"], linewidth=0.6 + 6 * weight)
    joined = box(ax, state.x, 2.35, r"$\tilde{s}_4$", "gate")
    arrow(ax, state.top, joined.bottom, role="gate")
    asks = [(state.x - 0.2, state.y + 0.21), (state.x - 0.47, state.y + 0.5), (state.x - 0.47, 2.9), (3.1, 2.9)]
    _bent(ax, asks, "gate")
    _bent(ax, [context.right, (state.x + 0.55, 4.0), (state.x + 0.55, 2.35), joined.right], "candidate")
    write(ax, 4.9, 3.1, "compared: $s_4 A\\,h_t^{\\mathsf{T}}$, then a softmax", "gate", 10)
    write(ax, 4.9, 4.2, "weighted mean of the $h_t$", "candidate", 10)
    write(ax, state.x + 0.65, 3.25, "joined by $W_c$", "candidate", 10, "left")
    return joined


def _bent(ax, points, role):
    """An arrow along several points."""
    ax.plot(*zip(*points[:-1], strict=True), color=COLOURS[role], linewidth=1.7, zorder=1.5)
    arrow(ax, points[-2], points[-1], role=role)


@says_what_it_shows
def looks(panels):
    """Heat maps of attention, one beside the other. ``panels``: weights (S, T), source words, target words."""
    widths = [max(3, len(source)) for _, source, _ in panels]
    tallest = max(len(target) for _, _, target in panels)
    figure, row = plt.subplots(
        1,
        len(panels),
        figsize=(max(4.5, 0.42 * sum(widths) + 1.6 * len(panels)), 1.6 + 0.27 * tallest),
        dpi=100,
        layout="constrained",
        squeeze=False,
        width_ratios=widths,
    )
    for ax, (weights, source, target) in zip(row[0], panels, strict=True):
        picture = ax.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        ax.set_xticks(range(len(source)), source, rotation=60, ha="right", rotation_mode="anchor")
        ax.set_yticks(range(len(target)), target)
        ax.set(xlabel="source word that is looked at", ylabel="target word that is written")
    figure.colorbar(picture, ax=row, label="weight α (0 to 1)", aspect=30, pad=0.02)
    return row[0]


@says_what_it_shows
def quality_by_length(shares, groups, counts):
    """A line for each method over groups of lengths: mean of the seeds, and a small dot for each seed.

    Args:
        shares: method's name → what share of each group is translated exactly, one row a seed, (seeds, groups).
        groups: pairs (shortest, longest).
        counts: how many sentences each group has.
    """
    ax = axes(width=8.6, height=3.4)
    at = np.arange(len(groups))
    for k, (name, rows) in enumerate(shares.items()):
        look = {"color": SERIES[k], "linestyle": STYLES[k], "marker": MARKERS[k]}
        ax.plot(at, np.mean(rows, axis=0), **look, label=name)
        for row in rows:
            ax.plot(at + 0.07 * (k - (len(shares) - 1) / 2), row, ".", color=SERIES[k], alpha=0.6)
    names = [f"{a}–{b}" if a < b else str(a) for a, b in groups]
    ax.set_xticks(at, [f"{name}\n({count})" for name, count in zip(names, counts, strict=True)])
    ax.set(xlabel="words in the source (in brackets: number of sentences)", ylim=(-0.03, 1.05))
    ax.set_ylabel("translated exactly (share)")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def scores_by_method(results):
    """Left: exact translations of each method. Right: their BLEU. A dot for each seed, the mean beside them.

    Args:
        results: method's name → pairs (share of exact translations, BLEU / 100), one a seed.
    """
    panels = axes(width=10.0, height=2.9, columns=2)
    for ax, column, factor, label in zip(panels, (0, 1), (1, 100), ("translated exactly (share)", "BLEU"), strict=True):
        for k, rows in enumerate(results.values()):
            values = factor * np.array(rows)[:, column]
            ax.plot(np.full(len(values), k), values, MARKERS[k], color=SERIES[k], alpha=0.75)
            text = f"{values.mean():.{3 - len(str(factor))}f}"
            ax.annotate(text, (k, values.mean()), (10, 0), textcoords="offset points", va="center", fontsize=9)
        ax.set_xticks(range(len(results)), [name.replace(" ", "\n", 1) for name in results])
        ax.set(ylabel=label, xlim=(-0.4, len(results) - 0.4), xlabel="method")
        ax.set_ylim(-0.04 * ax.get_ylim()[1], None)
    return panels


@says_what_it_shows
def tree(levels):
    """A tree of beginnings. Each entry of ``levels`` is a list of (name, parent's name, label, chosen by).

    ``chosen by`` is "greedy" or "beam" where a search goes that way, or "".
    """
    ax = canvas(8.6, 0.75 * max(len(level) for level in levels) + 0.5)
    places, height = {}, 0.75 * max(len(level) for level in levels) + 0.2
    colour = {"greedy": COLOURS["state"], "beam": COLOURS["input"], "": FAINT}
    for depth, level in enumerate(levels):
        for k, (name, parent, label, way) in enumerate(level):
            place = 0.9 + 3.1 * depth, height - 0.1 - (k + 0.5) * height / len(level) + 0.15
            places[name] = place
            if parent:
                start = places[parent]
                ax.plot(
                    (start[0] + 0.62, place[0] - 0.62),
                    (start[1], place[1]),
                    color=colour[way],
                    lw=3 if way else 1.2,
                    ls="--" if way == "beam" else "-",
                )
                middle = (0.4 * (start[0] + 0.62) + 0.6 * (place[0] - 0.62), 0.4 * start[1] + 0.6 * place[1])
                ax.text(
                    *middle,
                    label,
                    ha="center",
                    va="center",
                    fontsize=10,
                    bbox={"fc": "white", "ec": "none", "pad": 1.5},
                )
            role = {"greedy": "state", "beam": "input", "": "faint"}[way]
            box(ax, *place, name, role, width=1.24, height=0.4)
    return ax
