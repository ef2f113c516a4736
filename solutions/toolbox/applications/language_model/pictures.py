"""The pictures of lesson 08's language model: a text in windows, what comes next, surprises, temperature."""

from __future__ import annotations

import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS, box, canvas, write
from solutions.toolbox.pictures.plots import FAINT, INK, NETWORK, axes

CYCLE = tuple(COLOURS[role] for role in ("state", "input", "output", "loss", "candidate", "ink"))
MARKERS = "osD^vX"
HATCHES = ("", "//", "..", "xx", "\\\\", "--")


def shown(symbol):
    """A character as it can be read in a picture: ␣ for the space, ⏎ for the end of a line."""
    return {" ": "␣", "\n": "⏎"}.get(symbol, symbol)


@says_what_it_shows
def windows(text, B, T, number):
    """A text as columns of windows of a few steps: which symbols are inputs, which the last of each is asked.

    Args:
        text: at least B · number · T + 1 characters.
    """
    S = number * T
    ax = canvas(8.6, 0.6 + 0.62 * B)
    roles = ("input", "output", "candidate", "loss")
    for b in range(B):
        y = 0.45 + 0.62 * (B - 1 - b)
        write(ax, 0.65, y, f"column {b}", size=11)
        for s in range(S):
            box(ax, 1.6 + 0.4 * s, y, shown(text[b * S + s]), roles[s // T % 4], width=0.34, height=0.36)
        end = 1.6 + 0.4 * S
        box(ax, end, y, shown(text[(b + 1) * S]), "faint", width=0.34, height=0.36, dashed=True)
    for n in range(number):
        middle = 1.6 + 0.4 * (n * T + (T - 1) / 2)
        write(ax, middle, 0.3 + 0.62 * B, f"window {n}", roles[n % 4], 11)
    write(ax, 1.25 + 0.4 * S, 0.3 + 0.62 * B, "last target", "faint", 10, "left")
    return ax


@says_what_it_shows
def next_symbols(panels, truth, most=6):
    """The likeliest next characters and the true one. ``panels`` has a panel for each text → {character: probability}.

    The true one stands at the right, with its rank, where it is not among the likeliest.

    Args:
        truth: what did come next, a character for each panel.
        most: how many of the likeliest are shown.
    """
    drawn = np.atleast_1d(axes(columns=len(panels), width=9.5, height=2.7, sharey=True))
    for ax, (text, P), true in zip(drawn, panels.items(), truth, strict=True):
        order = sorted(P, key=P.get, reverse=True)
        best, rank = order[:most], order.index(true)
        places = [*range(len(best))]
        if rank >= most:
            best, places = [*best, true], [*places, most + 0.6]
            ax.text(most - 0.2, 0, "…", ha="center", va="bottom", color=INK)
        heights = [100 * P[symbol] for symbol in best]
        look = [(NETWORK, "//") if symbol == true else (FAINT, "") for symbol in best]
        colours, hatches = zip(*look, strict=True)
        ax.bar(places, heights, color=colours, hatch=hatches, edgecolor="white")
        for x, height in zip(places, heights, strict=True):
            ax.text(x, height + 1, f"{height:.0f}", ha="center", fontsize=9, color=INK)
        names = [shown(s) + (f"\n(no. {rank + 1})" if s == true and rank >= most else "\n") for s in best]
        ax.set_xticks(places, names)
        ax.set(title=f"“… {text}”", ylim=(0, 1.15 * max(100 * max(P.values()) for P in panels.values())))
    drawn[0].set_ylabel("probability (%)")
    for ax in drawn:
        ax.set_xlabel("next character")
    return drawn


@says_what_it_shows
def surprisal(losses, text, title=""):
    """Bits of every character of a text. ``losses`` has a line for each name → (T,)."""
    ax = axes(width=9.5, height=3.0)
    for k, (name, values) in enumerate(losses.items()):
        ax.plot(values, MARKERS[k] + "-", color=CYCLE[k], markersize=5 - k, linewidth=1.6 - 0.5 * k, label=name)
    ax.set_xticks(range(len(text)), [shown(symbol) for symbol in text])
    ax.set(xlabel="character that is asked", ylabel="surprisal (bits)", title=title, xlim=(-0.7, len(text) - 0.3))
    ax.legend(frameon=False)
    return ax


@says_what_it_shows
def lines(x, series, xlabel, ylabel, title="", log=False, level=None):
    """Lines with markers. ``series`` maps a name to the values at ``x``, or to (own x, values).

    Args:
        log: whether the x axis is logarithmic.
        level: name → a height that is drawn as a dashed line through all.
    """
    ax = axes(width=8.0, height=3.2)
    for k, (name, values) in enumerate(series.items()):
        own, values = values if isinstance(values, tuple) else (x, values)
        ax.plot(own, values, MARKERS[k] + "-", color=CYCLE[k], markersize=4.5, linewidth=1.5, label=name)
    for k, (name, height) in enumerate((level or {}).items()):
        ax.axhline(height, color=INK, linewidth=1.2, linestyle=("--", ":", "-.")[k % 3], label=name)
    if log:
        ax.set_xscale("log")
        ax.set_xticks(list(x), [f"{value:g}" for value in x])
        ax.minorticks_off()
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def histogram(differences, xlabel, title=""):
    """How often a difference falls on either side of 0. ``differences`` has a panel for each name → values."""
    panels = np.atleast_1d(axes(columns=len(differences), width=9.5, height=2.6, sharey=True))
    for ax, (name, values) in zip(panels, differences.items(), strict=True):
        edge = max(abs(np.asarray(values)))
        ax.hist(values, bins=np.linspace(-edge, edge, 31), color=COLOURS["input"])
        ax.axvline(0, color=NETWORK, linewidth=1.5)
        ax.set(title=name, xlabel=xlabel)
    panels[0].set_ylabel("sentences")
    panels[0].figure.suptitle(title)
    return panels


@says_what_it_shows
def at_temperatures(P, symbols, title=""):
    """Probabilities of a few characters at several temperatures. ``P`` maps a name to (K,), ``symbols`` names them."""
    ax = axes(width=9.0, height=2.8)
    width = 0.8 / len(P)
    for k, (name, values) in enumerate(P.items()):
        places = np.arange(len(symbols)) + (k - (len(P) - 1) / 2) * width
        ax.bar(places, values, width, color=CYCLE[k], hatch=HATCHES[k], edgecolor="white", label=name)
    ax.set_xticks(range(len(symbols)), [shown(symbol) for symbol in symbols])
    ax.set(xlabel="next character", ylabel="probability", title=title)
    ax.legend(frameon=False)
    return ax
