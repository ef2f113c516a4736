"""Pictures of tagging: padding, a matrix of confusions, accuracies by kind of word, tagged sentences."""

from __future__ import annotations

import html

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, arrow, box, canvas, write
from solutions.toolbox.pictures.plots import INK, NETWORK, SERIES, axes

TINTS = {"PER": COLOURS["state"], "LOC": COLOURS["input"]}


@says_what_it_shows
def network():
    """The tagger: letters and table make x, two directions read it, the scores look at both."""
    ax = canvas(9.0, 4.3)
    for k, word in enumerate(("Forests", "are", "renewable")):
        x = 1.9 + 2.7 * k
        write(ax, x, 0.18, word)
        letters, table = (
            box(ax, x - 0.55, 0.85, "letters", "gate", 0.95),
            box(ax, x + 0.55, 0.85, "word", "input", 0.85),
        )
        joined = box(ax, x, 1.7, f"$x_{k + 1}$", "input", 0.9)
        right, left = (
            box(ax, x - 0.55, 2.55, f"$h^→_{k + 1}$", "state"),
            box(ax, x + 0.55, 2.55, f"$h^←_{k + 1}$", "candidate"),
        )
        scores = box(ax, x, 3.45, f"$o_{k + 1}$", "output", 0.9)
        write(ax, x, 4.05, ("NOUN", "AUX", "ADJ")[k])
        for below, above in (
            (letters, joined),
            (table, joined),
            (joined, right),
            (joined, left),
            (right, scores),
            (left, scores),
        ):
            arrow(ax, below.top, above.bottom)
        if k:
            arrow(ax, (right.left[0] - 2.08, 2.66), (right.left[0], 2.66), role="state")
            arrow(ax, (left.left[0], 2.44), (left.left[0] - 2.08, 2.44), role="candidate")
    return ax


@says_what_it_shows
def padding(panels, title=""):
    """Batches as rectangles; what is real is coloured. ``panels`` maps a name to the lengths of its sentences."""
    each = axes(columns=len(panels), width=9.5, height=2.8)
    for ax, (name, lengths) in zip(np.atleast_1d(each), panels.items(), strict=True):
        real = np.arange(max(lengths))[:, None] < np.array(lengths)
        ax.imshow(real, cmap=ListedColormap(["#e6e6e6", COLOURS["input"]]), vmin=0, vmax=1, aspect="auto")
        ax.grid(False)
        ax.set(title=f"{name}: {1 - real.mean():.0%} padding", xlabel="sentence of the batch", ylabel="time step")
    if title:
        np.atleast_1d(each)[0].figure.suptitle(title)
    return each


@says_what_it_shows
def confusions(counts, tags, title=""):
    """A matrix of counts: colour by the share of its row, a number in each cell that is not 0."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax = plt.subplots(figsize=(8.2, 6.6), dpi=100, layout="constrained")[1]
    shown = ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.argwhere(counts):
        colour = "white" if share[i, j] > 0.55 else INK
        ax.text(j, i, counts[i, j], ha="center", va="center", fontsize=8, color=colour)
    ax.set_xticks(range(len(tags)), tags, rotation=60)
    ax.set_yticks(range(len(tags)), tags)
    ax.set(xlabel="tag that was found", ylabel="true tag", title=title)
    ax.figure.colorbar(shown, label="share of the words with that true tag", shrink=0.8)
    return ax


@says_what_it_shows
def by_group(results, xlabel, title=""):
    """A panel for each group, a row for each method, a dot for each seed, the mean written beside them.
    ``results`` maps a method to {group: values in per cent, one a seed}.
    """
    groups = list(next(iter(results.values())))
    panels = axes(columns=len(groups), width=9.5, height=1.1 + 0.36 * len(results), sharex=True, sharey=True)
    for ax, group in zip(panels, groups, strict=True):
        for k, (name, values) in enumerate(results.items()):
            column = np.atleast_1d(values[group])
            rows = k + np.linspace(-0.2, 0.2, len(column)) if len(column) > 1 else [k]
            ax.plot(column, rows, "osD^vP"[k], color=SERIES[k % len(SERIES)], markersize=4.5, label=name)
            place = {"xytext": (7, 0), "textcoords": "offset points", "fontsize": 8.5, "va": "center"}
            ax.annotate(f"{column.mean():.1f}", (column.max(), k), **place)
        ax.set(title=group, xlabel=xlabel)
    panels[0].set(yticks=range(len(results)), yticklabels=list(results), ylim=(len(results) - 0.5, -0.5))
    panels[0].set_xlim(left=min(0, panels[0].get_xlim()[0]), right=panels[0].get_xlim()[1] * 1.15)
    panels[0].figure.suptitle(title)
    return panels


def wrongly_tagged(rows):
    """Sentences as HTML: ``rows`` holds (words, true tags, found tags); mistakes are coloured, with both tags."""
    from IPython.display import HTML

    lines = []
    for words, true, found in rows:
        parts = [
            html.escape(word)
            if t == f
            else f'<b style="color:{NETWORK}">{html.escape(word)}</b> '
            f'<small style="color:{NETWORK}">[{f}, truly {t}]</small>'
            for word, t, f in zip(words, true, found, strict=True)
        ]
        lines.append(f"<p>{' '.join(parts)}</p>")
    return HTML("".join(lines))


def names_found(rows):
    """Chinese sentences as HTML: ``rows`` holds (characters, true spans, found spans).

    A full line under a name that was found, exactly; a dotted line under one that was missed; [ ] around what is none.
    """
    from IPython.display import HTML

    return HTML("".join(f"<p>{_marked(*row)}</p>" for row in rows) + f"<p><small>{_KEY}</small></p>")


_KEY = (
    f'<span style="border-bottom:3px solid {TINTS["PER"]}">person</span>, '
    f'<span style="border-bottom:3px solid {TINTS["LOC"]}">place</span>; full line: found; '
    f"dotted line: missed; [ ]: found, but no such name"
)


def _marked(characters, true, found):
    opening, closing = {}, {}
    for start, end, kind in true:
        line = "solid" if (start, end, kind) in found else "dotted"
        opening[start] = f'<span style="border-bottom:3px {line} {TINTS[kind]}">'
        closing[end] = "</span>"
    for start, end, kind in set(found) - set(true):
        mark = '<b style="color:{}">{}</b>'
        opening[start] = mark.format(TINTS[kind], "[") + opening.get(start, "")
        closing[end] = closing.get(end, "") + mark.format(TINTS[kind], "]")
    places = range(len(characters) + 1)
    text = [*map(html.escape, characters), ""]
    return "".join(closing.get(t, "") + opening.get(t, "") + text[t] for t in places)
