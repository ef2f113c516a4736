"""The plots of the experiments, in one style: colours that colour-blind readers can tell apart, named axes, units."""

from __future__ import annotations

import html

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS

NETWORK, BASELINE, INK, FAINT = COLOURS["state"], COLOURS["input"], COLOURS["ink"], COLOURS["faint"]
SERIES = tuple(COLOURS[role] for role in ("state", "input", "output", "loss", "candidate"))
MARKERS = "os^Dv"
STYLES = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)))
"""Colour, marker and dashes of the first, second, … line of a plot: a marker or dashes tell it without colour, too."""


def axes(width=9.0, height=3.2, columns=1, **options):
    """Axes of that size in inches, without the upper and the right edge; an array of them if ``columns`` > 1."""
    ax = plt.subplots(1, columns, figsize=(width, height), dpi=100, layout="constrained", **options)[1]
    for each in np.atleast_1d(ax):
        each.spines[["top", "right"]].set_visible(False)
        each.grid(axis="y", color="#e6e6e6", linewidth=0.8)
        each.set_axisbelow(True)
    return ax


@says_what_it_shows
def loss_per_symbol(losses, symbols, starts, found=None, title="", unit="nats"):
    """Elman's curve: the loss of each symbol of a text. Lines are ``starts``, triangles are cuts by a rule.

    Args:
        losses: loss of each symbol, (T,).
        symbols: the text, T characters, written under the axis.
        starts, found: true word starts and cuts, booleans, (T,).
    """
    ax, t = axes(), np.arange(len(losses))
    ax.vlines(t[starts] - 0.5, 0, max(losses) * 1.12, color=FAINT, linewidth=1, linestyle=":", label="a word starts")
    ax.plot(t, losses, "-", color=NETWORK, linewidth=1.5)
    ax.plot(t[starts], losses[starts], "o", color=NETWORK, label="first symbol of a word")
    ax.plot(t[~starts], losses[~starts], "o", color=NETWORK, markerfacecolor="white", label="inside a word")
    if found is not None:
        ax.plot(t[found] - 0.5, np.full(found.sum(), -0.04 * max(losses)), "^", color=BASELINE, label="cut by the rule")
    ax.set_xticks(t, list(symbols))
    ax.set(xlim=(-1, len(t)), ylabel=f"loss ({unit})", xlabel="letter", title=title)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=4, frameon=False)
    return ax


@says_what_it_shows
def dots_by_method(results, metrics=("precision", "recall", "F1"), title=""):
    """One dot for each seed. ``results`` maps a method's name to its tuples of metrics, one tuple a seed."""
    ax = axes(height=2.8)
    for k, (name, values) in enumerate(results.items()):
        for m, column in enumerate(np.array(values, dtype=float).T):
            x = m + (k - (len(results) - 1) / 2) * 0.22
            label = name if m == 0 else None
            look = {"color": SERIES[k], "markerfacecolor": "none", "markeredgewidth": 1.5, "label": label}
            ax.plot(np.full(len(column), x), column, "osD^"[k], **look)
            ax.annotate(f"{column.mean():.2f}", (x, column.mean()), (9, -3), textcoords="offset points", fontsize=9)
    ax.set_xticks(range(len(metrics)), metrics)
    ax.set(xlim=(-0.5, len(metrics) - 0.4), ylim=(0, 1.08), ylabel="score (1 is perfect)", title=title)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def error_by_phase(errors, period, chance, title="", steps=12):
    """Left: the error of a stretch, mean over all of them. Right: its mean at each place of the period.

    Args:
        errors: squared errors, (seeds, T), T a multiple of ``steps``, the first at place 0 of the period.
        period: how many steps until the sequence's rule repeats.
        chance: the error of always answering with the mean, drawn as a line.
    """
    left, right = axes(columns=2, height=3.0, sharey=True, width_ratios=(2, 1))
    left.plot(range(steps), errors.reshape(len(errors), -1, steps).mean((0, 1)), "o-", color=NETWORK)
    left.set(xticks=range(steps), xlabel="time step (mean over stretches of 12)", ylabel="squared error", title=title)
    means = errors.reshape(len(errors), -1, period).mean(1)
    for place in range(period):
        right.plot(
            np.full(len(means), place), means[:, place], "o", color=NETWORK, markerfacecolor="none", markeredgewidth=1.5
        )
    right.set(xticks=range(period), xlim=(-0.5, period - 0.5), xlabel=f"time step modulo {period} (one dot a seed)")
    for ax in (left, right):
        ax.axhline(chance, color=FAINT, linestyle="--")
        ax.set_ylim(0, 1.25 * max(chance, means.max()))
    left.text(steps - 0.5, chance * 1.12, "dashed: always guessing ½", color=FAINT, ha="right")
    return left, right


@says_what_it_shows
def error_per_letter(rows, letters, ylabel="squared error"):
    """The error of each letter of a text. ``rows`` has a panel for each title → errors, (T,)."""
    panels = axes(columns=len(rows), width=9.5, height=2.8, sharey=True)
    marked = np.array([letter in "bdg" for letter in letters])
    for k, (ax, (title, errors)) in enumerate(zip(np.atleast_1d(panels), rows.items(), strict=True)):
        t = np.arange(len(errors))
        ax.plot(t, errors, "-", color=FAINT, linewidth=1)
        ax.plot(t[marked], errors[marked], "o", color=NETWORK, label="consonant")
        ax.plot(t[~marked], errors[~marked], "o", color=BASELINE, markerfacecolor="white", label="vowel")
        ax.set_xticks(t, list(letters))
        ax.set(title=title, xlabel="letter to be predicted")
        if k == 0:
            ax.set_ylabel(ylabel)
            ax.legend(frameon=False)
    return panels


@says_what_it_shows
def growth(T, series, ylabel, title="", ax=None):
    """Lines over the length of the sequence, both axes logarithmic. ``series`` maps a name to one value for each T."""
    ax = axes(width=7.0, height=3.2) if ax is None else ax
    for k, (name, values) in enumerate(series.items()):
        ax.loglog(T, values, "os^D"[k] + "-", color=SERIES[k], label=name)
    ax.set_xticks(T, T)
    ax.set_xticks([], minor=True)
    ax.set(xlabel="length of the sequence, T (steps)", ylabel=ylabel, title=title)
    if len(series) > 1:
        ax.legend(frameon=False)
    return ax


def loss_per_character(losses, symbols, starts, title=""):
    """Elman's curve for characters that the fonts of pictures lack: a bar for each, as HTML, which the browser draws.

    Args:
        losses: loss of each character in nats, (T,).
        symbols: the text, T characters.
        starts: true word starts, booleans, (T,); their bars are filled, those inside a word are hollow.
    """
    from IPython.display import HTML

    cells = "".join(_bar(loss, symbol, start) for loss, symbol, start in zip(losses, symbols, starts, strict=True))
    key = f"{_key(True)} first character of a word {_key(False)} inside a word · above each bar: loss (nats)"
    row = f'<div style="display:flex;flex-wrap:wrap;align-items:flex-end;row-gap:14px">{cells}</div>'
    return HTML(f"<p><b>{html.escape(title)}</b></p>{row}<p><small>{key}</small></p>")


def _bar(loss, symbol, start):
    """One character: its loss, a bar of that height, itself; a gap before the first of a word."""
    gap = "margin-left:7px;" if start else ""
    column = f"display:flex;flex-direction:column;align-items:center;width:22px;{gap}"
    number = f'<span style="font-size:10px">{loss:.1f}</span>'
    bar = f'<span style="{_box(start)}width:14px;height:{12 * loss:.0f}px"></span>'
    return f'<span style="{column}">{number}{bar}<span>{html.escape(symbol)}</span></span>'


def _key(start):
    return f'<span style="{_box(start)}display:inline-block;width:12px;height:12px;margin-left:12px"></span>'


def _box(start):
    return f"background:{NETWORK if start else 'transparent'};border:2px solid {NETWORK};box-sizing:border-box;"


def cuts(text, found):
    """A text with its cuts, as HTML: │ found a word start, ╎ missed it, ✗ cut inside a word.

    Args:
        text: an `Unspaced` text.
        found: the cuts, booleans, (T,).
    """
    from IPython.display import HTML

    marks = {(True, True): ("│", BASELINE), (True, False): ("╎", FAINT), (False, True): ("✗", NETWORK)}
    parts = []
    for t, symbol in enumerate(text.symbols):
        mark, colour = marks.get((bool(text.starts[t]), bool(found[t])), ("", ""))
        parts.append(f'<b style="color:{colour}">{mark}</b>' * (t > 0 and mark != "") + html.escape(symbol))
    key = "│ word start found, ╎ missed, ✗ cut inside a word"
    style = "font-size:1.15em;letter-spacing:.06em;overflow-wrap:anywhere"
    return HTML(f'<p style="{style}">{"".join(parts)}</p><p><small>{key}</small></p>')
