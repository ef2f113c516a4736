"""The pictures of captioning: the network drawn, pictures with their captions, what the eyes and the GRU say."""

from __future__ import annotations

import textwrap

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import BASELINE, FAINT, INK, NETWORK, SERIES, STYLES, axes

WRONG = NETWORK


@says_what_it_shows
def gallery(pictures, titles, wrong=None, columns=6, width=10.0, lines=3):
    """Pictures in a grid, each with a title; a frame and bold letters mark what is wrong.

    Args:
        pictures: (N, P, Q, 3), 0 to 255.
        titles: N strings, broken into lines.
        wrong: N booleans, or None.
    """
    rows = -(-len(pictures) // columns)
    figure, panels = plt.subplots(
        rows, columns, figsize=(width, rows * (1.05 + 0.16 * lines)), dpi=100, layout="constrained", squeeze=False
    )
    for ax in panels.flat:
        ax.set_axis_off()
    for k, (ax, picture, title) in enumerate(zip(panels.flat, pictures, titles, strict=False)):
        ax.imshow(picture, interpolation="nearest")
        bad = wrong is not None and wrong[k]
        text = "\n".join(part for line in title.split("\n") for part in textwrap.wrap(line, 21))
        ax.set_title(text, fontsize=8, color=WRONG if bad else INK, fontweight="bold" if bad else "normal")
        if bad:
            ax.add_patch(plt.Rectangle((-0.5, -0.5), *picture.shape[1::-1], fill=False, edgecolor=WRONG, linewidth=3))
    return figure


@says_what_it_shows
def network(picture, said):
    """The whole network in one drawing: a picture, maps that shrink, the first state, and a GRU that writes.

    Args:
        said: the words that the GRU writes, three with the end symbol.
    """
    ax = canvas(9.6, 3.1)
    for x, size, depth, places in ((0.8, 1.3, 1, 32), (2.15, 0.95, 3, 16), (3.25, 0.65, 5, 8), (4.05, 0.4, 7, 4)):
        for layer in reversed(range(depth)):
            corner = (x - size / 2 + 0.05 * layer, 1.35 - size / 2 + 0.05 * layer)
            colour = COLOURS["input" if depth == 1 else "gate"]
            ax.add_patch(plt.Rectangle(corner, size, size, facecolor="white", edgecolor=colour, linewidth=1.3))
        if depth == 1:
            ax.imshow(picture, extent=(x - size / 2, x + size / 2, 1.35 - size / 2, 1.35 + size / 2), zorder=3)
        write(ax, x, 0.4, f"{places} × {places}", "faint", size=9)
    for left, right in ((1.47, 1.66), (2.75, 2.9), (3.8, 3.84)):
        arrow(ax, (left, 1.35), (right, 1.35), role="input")
    write(ax, 2.5, 2.75, "the convolutional net sees", size=11)
    write(ax, 7.2, 2.75, "the GRU writes", size=11)
    before = box(ax, 5.25, 1.35, "$h_0$", "state")
    arrow(ax, (4.6, 1.35), before.left, "$A$", "input", shift=(0, 0.2))
    read = ("start", *said[:-1])
    for t in range(3):
        x = 6.4 + 1.2 * t
        here = box(ax, x, 1.35, f"$h_{t + 1}$", "state")
        arrow(ax, before.right, here.left, "$U$", "state", shift=(-0.14, -0.18))
        word = box(ax, x, 0.4, read[t], "input", width=0.8)
        out = box(ax, x, 2.25, said[t], "output", width=0.8)
        arrow(ax, word.top, here.bottom, "$W$", "input", shift=(0.19, 0))
        arrow(ax, here.top, out.bottom, "$V$", "output", shift=(0.17, 0))
        if t < 2:
            arrow(ax, (x + 0.42, 2.1), (x + 0.8, 0.55), role="faint", dashed=True)
        before = here
    ax.set(xlim=(0, 9.6), ylim=(0, 3.1))  # imshow moves them
    return ax


@says_what_it_shows
def maps(picture, seen, title=""):
    """A picture, and the maps that a layer makes of it: dark is 0, bright is much. ``seen`` are the maps, (M, I, J)."""
    figure, panels = plt.subplots(1, len(seen) + 1, figsize=(9.6, 1.55), dpi=100, layout="constrained")
    for ax in panels:
        ax.set_axis_off()
    panels[0].imshow(picture, interpolation="nearest")
    panels[0].set_title("picture", fontsize=9)
    for k, (ax, one) in enumerate(zip(panels[1:], seen, strict=True)):
        ax.imshow(one, cmap="cividis", interpolation="nearest")
        ax.set_title(f"map {k + 1}", fontsize=9)
    figure.suptitle(title, fontsize=10)
    return panels


@says_what_it_shows
def likely_words(picture, said, y, words, shown=5):
    """The picture, and for each step the likeliest words with their probabilities, as a table of shades.

    Args:
        picture: (P, Q, 3).
        said: the words written, the end symbol among them, T strings.
        y: probabilities, (T, O).
        words: the vocabulary.
        shown: how many words of each step.
    """
    T = len(said)
    left, ax = plt.subplots(
        1, 2, figsize=(1.6 + 1.3 * T, 2.5), dpi=100, layout="constrained", width_ratios=(1.3, 1.3 * T)
    )[1]
    left.imshow(picture, interpolation="nearest")
    left.set_axis_off()
    top = np.argsort(-y, axis=1, kind="stable")[:, :shown]
    share = np.take_along_axis(y, top, axis=1)
    ax.imshow(share.T, cmap="Blues", vmin=0, vmax=1.3, aspect="auto")
    for t in range(T):
        for rank in range(shown):
            text = f"{words[top[t, rank]]} {share[t, rank]:.2f}"
            colour = "white" if share[t, rank] > 0.6 else INK
            ax.text(t, rank, text, ha="center", va="center", fontsize=8, color=colour)
    ax.set(xticks=range(T), yticks=range(shown), xlabel="step t (below: the word that was written)", ylabel="rank")
    ax.set_xticklabels([f"{t + 1}\n{word}" for t, word in enumerate(said)], fontsize=8)
    ax.set_yticklabels(range(1, shown + 1))
    return ax


@says_what_it_shows
def scores_by_part(results, parts, title="", ylabel="share of captions that are right"):
    """One dot for each seed. ``results`` maps a method's name to an array (seeds, parts)."""
    ax = axes(height=3.0)
    for k, (name, values) in enumerate(results.items()):
        for place, column in enumerate(np.atleast_2d(values).T):
            x = place + (k - (len(results) - 1) / 2) * 0.17
            colour = (*SERIES, FAINT)[k]
            label = name if place == 0 else None
            ax.plot(np.full(len(column), x), column, "osD^vP"[k], color=colour, alpha=0.8, label=label)
            ax.annotate(
                f"{column.mean():.2f}", (x, column.max()), (0, 5), textcoords="offset points", fontsize=8, ha="center"
            )
    ax.set_xticks(range(len(parts)), parts)
    ax.set(ylim=(-0.04, 1.1), xlim=(-0.6, len(parts) - 0.4), ylabel=ylabel, title=title, xlabel="part of the album")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def neighbours(pictures, captions, found, names):
    """A column for each picture that is asked for: itself, and below it the nearest one by each distance.

    Args:
        pictures, captions: all of them, (N, P, Q, 3) and N strings.
        found: the numbers of those to be shown, (rows, columns).
        names: of the rows.
    """
    figure, panels = plt.subplots(
        *found.shape, figsize=(1.6 + 1.3 * found.shape[1], 1.75 * len(found)), dpi=100, layout="constrained"
    )
    for k, (row, numbers, name) in enumerate(zip(panels, found, names, strict=True)):
        for ax, number in zip(row, numbers, strict=True):
            ax.imshow(pictures[number], interpolation="nearest")
            ax.set(xticks=[], yticks=[])
            ax.set_title("\n".join(textwrap.wrap(captions[number], 17)), fontsize=8)
            for edge in ax.spines.values():
                edge.set(color=FAINT if k else BASELINE, linewidth=1 if k else 2.5)
        row[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=10)
    return figure


@says_what_it_shows
def loss_and_exact(parts):
    """Left: the loss of held-out captions after each epoch. Right: the share of them that would be written exactly. A
    line for each seed; a ring at its lowest loss, on both sides.

    Args:
        parts: name → array (seeds, epochs, 2): loss a word, share of exact captions.
    """
    left, right = axes(columns=2, width=10.5, height=3.1)
    for k, (name, values) in enumerate(parts.items()):
        for seed, rows in enumerate(values):
            epochs, best = np.arange(1, len(rows) + 1), rows[:, 0].argmin()
            for ax, column in ((left, rows[:, 0]), (right, rows[:, 1])):
                label = f"“{name}”" if ax is left and not seed else None
                ax.plot(epochs, column, color=SERIES[k], linestyle=STYLES[k], linewidth=1.2, label=label)
                ax.plot(best + 1, column[best], "o", color=SERIES[k], markerfacecolor="white", zorder=3)
    left.set(ylabel="loss (nats a word)", ylim=(0, None))
    right.set(ylabel="captions exactly right (share)", ylim=(-0.02, 1))
    for ax in (left, right):
        ax.set(xlabel="epoch", xticks=range(0, len(rows) + 1, 5))
    left.legend(frameon=False)
    return left, right


@says_what_it_shows
def learning(curves, title=""):
    """Loss a word against the epoch, one line a name."""
    ax = axes(width=7.5, height=2.8)
    for k, (name, values) in enumerate(curves.items()):
        ax.plot(np.arange(1, len(values) + 1), values, color=SERIES[k], linestyle=STYLES[k], label=name)
    ax.set(xlabel="epoch (once through the training pictures)", ylabel="loss (nats a word)", title=title)
    ax.set(ylim=(0, None), xticks=range(0, len(values) + 1, max(len(values) // 10, 1)))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax
