"""Pictures of translation: the network unfolded, where it looks, quality against length, a tree of beginnings."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import FAINT, SERIES, axes

SOURCE, TARGET = ("close", "all", "tabs"), ("fermer", "tous", "les", "onglets")
LOOKS = (0.05, 0.2, 0.75)
"""Weights drawn in the picture of attention: an example."""


@says_what_it_shows
def encoder_decoder(attention=False):
    """The network unfolded over the example "close all tabs"; with ``attention``, where its last step looks."""
    ax = canvas(9.4, 3.7 if attention else 3.0)
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
        answer = box(ax, x, high, said[k], "output", width=0.92)
        arrow(ax, read.top, state.bottom, role="input")
        arrow(ax, state.top, answer.bottom, role="output")
        arrow(ax, before.right, state.left, role="state" if k == 0 else "gate")
        before = state
        if attention and k == 3:
            _looks(ax, states, answer)
    write(ax, 1.65, 0.13, "encoder: reads", "faint", 10)
    write(ax, 6.2, 0.13, "decoder: writes, and reads what was written before (dashed)", "faint", 10)
    return ax


def _looks(ax, states, answer):
    context = box(ax, 1.65, 3.1, "context $c_4$", "candidate", width=1.3)
    for state, weight in zip(states, LOOKS, strict=True):
        ax.plot(*zip(state.top, context.bottom, strict=True), color=COLOURS["candidate"], linewidth=0.6 + 6 * weight)
        x, y = state.top
        write(ax, x + (0.32 if x > context.x else -0.28), y + 0.25, f"{weight:.2f}", "ink", 9)
    arrow(ax, context.right, (answer.x, answer.top[1]), role="candidate", bend=-0.16)


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
def quality_by_length(lengths, results, groups, ylabel="translated exactly (share)", xlabel="words in the source"):
    """A line for each method over groups of lengths: mean of the seeds, and a dot for each seed.

    Args:
        lengths: of the source sentences, (N,).
        results: method's name → rightness of every sentence, one row a seed, (seeds, N).
        groups: pairs (shortest, longest).
    """
    ax = axes(width=8.0, height=3.2)
    at = np.arange(len(groups))
    for k, (name, right) in enumerate(results.items()):
        means = np.array([[row[(lengths >= a) & (lengths <= b)].mean() for a, b in groups] for row in np.array(right)])
        ax.plot(at, means.mean(axis=0), "osD^"[k] + "-", color=SERIES[k], label=name)
        for row in means:
            ax.plot(at, row, ".", color=SERIES[k], alpha=0.5)
    counts = [int(((lengths >= a) & (lengths <= b)).sum()) for a, b in groups]
    names = [f"{a}–{b}" if a < b else str(a) for a, b in groups]
    ax.set_xticks(at, [f"{name}\n({count} sentences)" for name, count in zip(names, counts, strict=True)])
    ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(-0.03, 1.05))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


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
