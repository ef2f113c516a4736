"""Where a guess came from, letter by letter: once to explore with mouse or keys, once as a picture that stands still.

Both show the same numbers: of the guess of each letter, how much of ‖∂y_t/∂x_s‖ belongs to each letter before it. The
first is a page of HTML and SVG with style sheets alone, in a frame that lets no script run and keeps the arrow keys to
itself, which JupyterLab would take.

Source: A. Madsen, "Visualizing memorization in RNNs", Distill (2019), https://doi.org/10.23915/distill.00016.
"""

from __future__ import annotations

import html
import zlib
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import PowerNorm

from solutions.toolbox.experiments.connectivity import reach, shares
from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS

TIMES = ("before", "after")
COLOUR = {"before": COLOURS["faint"], "after": COLOURS["input"]}
CELL, GAP, LEFT, RIGHT, BAR, TOP, ROW, SPACE = 15, 7, 116, 96, 26, 26, 50, 10
"""In the drawing: a letter, what is left before a word, margins, the highest bar, the head, a line, before a net."""
TICKS = (0.01, 0.05, 0.2, 0.5, 1)
SMALLEST = 0.002
"""Smaller shares have no bar: it would be lower than a hair."""
TITLE = "Which letters a guess came from, for each network before and after training"
TOLD = "Point at a letter: bars show which letters before it its guess came from. With keys: Tab, then ← and →."
MISSING = "The picture to explore is shown where this cell has been run; the next picture shows the same numbers."
"""Seen where the frame is taken away: in a notebook that is not trusted, on a feedback page."""
STYLE = """
body {{margin:0;background:#fff;color:{ink}}}
fieldset {{position:relative;border:0;margin:0;padding:0}}
label {{display:contents}}
svg {{display:block;width:100%;height:auto}}
input {{position:absolute;opacity:0;width:1px;height:1px;margin:0}}
.bars {{position:absolute;left:0;top:0;visibility:hidden;pointer-events:none}}
.place {{position:absolute;top:{top}px;bottom:0;cursor:crosshair}}
input:checked ~ .bars {{visibility:visible}}
fieldset:hover label:not(:hover) .bars {{visibility:hidden}}
label:hover .bars {{visibility:visible}}
fieldset:has(input:focus-visible) label:hover .bars {{visibility:hidden}}
fieldset:has(input:focus-visible) input:focus-visible ~ .bars {{visibility:visible}}
input:focus-visible ~ .place {{outline:2px solid {loss}}}
"""


def explored(found, start=-1):
    """The line of text under each network: point at a letter, and bars stand over the letters its guess came from.

    Args:
        found: ``letters`` (T characters), ``starts`` (where words start), and ``norms``: network → "before" and
            "after" training → for each letter but the first the norms of all letters before it.
        start: the letter that is shown at first.

    Returns:
        what a notebook shows as HTML; radio buttons in it take the arrow keys, and say in words what is shown.
    """
    from IPython.display import HTML

    letters, x, lines = found["letters"], _across(found), _lines(found)
    width, height = _width(x), max(lines.values()) + ROW
    size, group = f'viewBox="0 0 {width} {height}"', f"letters-{zlib.crc32(repr(found).encode()):x}"
    inside = "".join(
        _letter(found, t, x, lines, size, group, t == start % len(letters)) for t in range(1, len(letters))
    )
    style = STYLE.format(ink=COLOURS["ink"], loss=COLOURS["loss"], top=TOP)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{TITLE}</title><style>{style}</style>'
        f'<fieldset aria-label="{TOLD}">{_background(letters, x, lines, size)}{inside}</fieldset></html>'
    )
    return HTML(_framed(page, f"width:100%;min-width:640px;aspect-ratio:{width}/{height};border:0;background:#fff"))


def _framed(page, look):
    """A page within a page; where frames are taken away, style sheets are, too, and a sentence stands there."""
    inside = page.replace("&", "&amp;").replace("'", "&#39;")
    return (
        f'<style>.came-from-missing {{display:none}}</style><p class="came-from-missing">{MISSING}</p>'
        f'<div style="overflow-x:auto"><iframe title="{TITLE}" sandbox style="{look}" '
        f"srcdoc='{inside}'></iframe></div>"
    )


def _across(found):
    """Where each letter stands, (T,): a little further to the right where a word starts."""
    started = np.isin(np.arange(len(found["letters"])), found["starts"])
    return LEFT + CELL * (np.arange(len(started)) + 0.5) + GAP * np.cumsum(started)


def _width(x):
    return round(x[-1] + CELL / 2 + RIGHT)


def _lines(found):
    """(network, time) → where its line of letters begins, from above."""
    names = [(name, time) for name in found["norms"] for time in TIMES]
    return {key: TOP + ROW * k + SPACE * (k // len(TIMES)) for k, key in enumerate(names)}


def _background(letters, x, lines, size):
    """What to do, and the letters under each other, once for each network and time; bars are drawn over them."""
    places = " ".join(f"{place:g}" for place in x)
    parts = [f'<svg {size} aria-hidden="true" font-family="sans-serif" font-size="13" fill="{COLOURS["ink"]}">']
    parts.append(f'<text x="6" y="18">{TOLD}</text>')
    for (name, time), top in lines.items():
        y, colour = top + BAR + 16, COLOUR[time]
        parts.append(f'<text x="6" y="{y}" fill="{colour}"><tspan font-weight="bold">{name}</tspan> {time}</text>')
        parts.append(f'<text x="{places}" y="{y}" text-anchor="middle" font-family="monospace">{letters}</text>')
    return "".join(parts) + "</svg>"


def _letter(found, t, x, lines, size, group, checked):
    """What belongs to letter t: a button that says it in words, its bars, and the place to point at."""
    per_cent = 100 / _width(x)
    place = f"left:{(x[t] - CELL / 2) * per_cent:.2f}%;width:{CELL * per_cent:.2f}%"
    button = (
        f'<input type="radio" name="{group}"{" checked" * checked} aria-label="{html.escape(_in_words(found, t))}">'
    )
    bars = "".join(
        _bars(shares(found["norms"][name][time][t - 1]), x, t, time, top) for (name, time), top in lines.items()
    )
    drawn = f'<svg class="bars" {size} aria-hidden="true" font-family="sans-serif" font-size="12">{bars}</svg>'
    return f'<label>{button}{drawn}<span class="place" style="{place}"></span></label>'


def _bars(row, x, t, time, top):
    """The bars of one line, with a frame round the letter that is guessed, and at the right how far back they reach."""
    low = top + BAR + 3
    heights = np.round(BAR * np.sqrt(row)).astype(int)
    bars = "".join(
        f"M{x[s] - CELL / 2 + 2:g} {low}v-{height}h{CELL - 4}v{height}z"
        for s, height in enumerate(heights)
        if row[s] >= SMALLEST and height
    )
    around = f'x="{x[t] - CELL / 2:g}" y="{low + 1}" width="{CELL}" height="17"'
    frame = f'<rect {around} fill="none" stroke="{COLOURS["state"]}"/>'
    far = f'<text x="{x[-1] + CELL / 2 + 8:g}" y="{low + 13}" fill="{COLOUR[time]}">95 %: last {reach(row)}</text>'
    return f'<path d="{bars}" fill="{COLOUR[time]}"/>{frame}{far}'


def _in_words(found, t):
    """Letter 9, y of "days". SRN: before training 95 % from the last 6 letters; after from the last 9, most from …"""
    word = next(found["letters"][a:b] for a, b in pairwise([*found["starts"], len(found["letters"])]) if a <= t < b)
    told = [f"Letter {t + 1}, {found['letters'][t]} of “{word}”"]
    for name, norms in found["norms"].items():
        before, after = (shares(norms[time][t - 1]) for time in TIMES)
        most = [f"{found['letters'][s]} {after[s]:.0%}" for s in np.argsort(-after)[:3]]
        told.append(
            f"{name}: before training 95 % from the last {reach(before)}, after it from the last {reach(after)}, "
            f"most from {', '.join(most)}"
        )
    return ". ".join(told)


@says_what_it_shows
def maps(found):
    """Where each guess came from: a row for each letter guessed, a column for each letter read, dark for a large share.

    Args:
        found: as for `explored`.
    """
    panels = plt.subplots(
        2, len(found["norms"]), figsize=(9.5, 6.6), dpi=100, layout="constrained", sharex=True, sharey=True
    )[1]
    edges = [*found["starts"], len(found["letters"])]
    words, middles = [found["letters"][a:b] for a, b in pairwise(edges)], np.add(edges[1:], edges[:-1]) / 2
    for column, (name, norms) in enumerate(found["norms"].items()):
        for ax, time in zip(panels[:, column], TIMES, strict=True):
            drawn = ax.pcolormesh(_map(norms[time]), cmap="cividis_r", norm=PowerNorm(0.5, 0, 1))
            ax.set(title=f"{name}, {time} training", aspect="equal")
            ax.set_xticks(middles, words, rotation=90, fontsize=8)
            ax.set_yticks(middles, words, fontsize=8)
            ax.set_xticks(edges[1:-1], minor=True)
            ax.set_yticks(edges[1:-1], minor=True)
            ax.tick_params(length=0, which="both")
            ax.grid(which="minor", color="#d9d9d9", linewidth=0.6)
    panels[0, 0].invert_yaxis()
    for ax in panels[-1]:
        ax.set_xlabel("letter read")
    for ax in panels[:, 0]:
        ax.set_ylabel("letter guessed")
    ax.figure.colorbar(drawn, ax=panels, shrink=0.6, label="share of the guess", ticks=TICKS, format="{x:.0%}")
    return panels


def _map(rows):
    """The shares, (T, T); nothing where a letter had not been read yet, or its share has no bar either."""
    drawn = np.zeros((len(rows) + 1, len(rows) + 1))
    for t, row in enumerate(rows, start=1):
        drawn[t, :t] = shares(row)
    return np.ma.masked_less(drawn, SMALLEST)
