"""The pictures of the notebook on sentiment."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.diagrams import COLOURS
from solutions.toolbox.pictures.plots import BASELINE, FAINT, INK, NETWORK, axes

LOOKS = {
    "lexicon": (COLOURS["candidate"], "P"),
    "bag of words": (COLOURS["gate"], "D"),
    "bag": (COLOURS["input"], "s"),
    "GRU, every word": (COLOURS["output"], "^"),
    "GRU": (COLOURS["state"], "o"),
    "CNN": (COLOURS["loss"], "v"),
}
"""Colour and marker of a method: those of the first name with which the method's begins."""


def look_of(method):
    """Colour and marker of a method's dots, as matplotlib wants them."""
    colour, marker = next(look for name, look in LOOKS.items() if method.startswith(name))
    return {"color": colour, "marker": marker}


@says_what_it_shows
def ratings_and_lengths(ratings, lengths):
    """Left how people rated, right how many words the sentences have."""
    left, right = axes(columns=2, height=2.8)
    bins = np.arange(-4, 4.1, 0.25)
    left.hist(ratings[ratings < 0], bins, color=NETWORK, label="negative")
    left.hist(ratings[ratings > 0], bins, color=BASELINE, label="positive")
    left.set(xlabel="mean rating of at least 15 people (−4 … 4)", ylabel="sentences")
    left.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    right.hist(lengths, np.arange(0.5, max(lengths) + 1), color=FAINT)
    right.set(xlabel="length (words and punctuation marks)", ylabel="sentences")
    return left, right


@says_what_it_shows
def padded_batch(sentences):
    """A batch as the network sees it: time down, one column a sentence; padding is empty.

    Args:
        sentences: lists of words.
    """
    T, B = max(map(len, sentences)), len(sentences)
    ax = axes(width=1.35 * B, height=0.3 * T + 0.6)
    for b, words in enumerate(sentences):
        for t in range(T):
            real, last = t < len(words), t == len(words) - 1
            colour = COLOURS["state"] if last else COLOURS["input"]
            face = {"facecolor": (colour, 0.3)} if real else {"facecolor": "none", "hatch": "///"}
            ax.add_patch(_cell(b, t, edgecolor=colour if last else FAINT, linewidth=1.8 if last else 0.6, **face))
            ax.text(b + 0.5, t + 0.5, words[t] if real else "", ha="center", va="center", fontsize=9, color=INK)
    ax.set(xlim=(0, B), ylim=(T, 0), xlabel="sentence b", ylabel="word t")
    ax.set_xticks(np.arange(B) + 0.5, [f"{b}\nn = {len(words)}" for b, words in enumerate(sentences)])
    ax.set_yticks(np.arange(T) + 0.5, np.arange(1, T + 1))
    ax.grid(visible=False)
    ax.tick_params(length=0)
    return ax


def _cell(x, y, **look):
    return Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, **look)


@says_what_it_shows
def dots_by_group(results, ylabel, limits=None):
    """One dot a seed. ``results`` method → group → values; the mean in figures above."""
    ax = axes(width=9.5, height=3.4)
    groups = list(next(iter(results.values())))
    step = 0.84 / len(results)
    for k, (method, by_group) in enumerate(results.items()):
        for g, group in enumerate(groups):
            values = np.atleast_1d(by_group[group])
            x = g + (k - (len(results) - 1) / 2) * step
            label = method if g == 0 else None
            ax.plot(x + _beside(values), values, linestyle="", markersize=4.5, label=label, **look_of(method))
            place = {"xytext": (0, 6), "textcoords": "offset points", "ha": "center", "fontsize": 8}
            ax.annotate(f"{values.mean():.1f}", (x, values.max()), **place)
    ax.set_xticks(range(len(groups)), groups)
    ax.set(xlim=(-0.5, len(groups) - 0.5), ylabel=ylabel, ylim=limits)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=6, frameon=False, columnspacing=1.2)
    return ax


def _beside(values, width=0.08):
    """How far the dots of the seeds are moved apart, so that none hides another; one dot is not moved."""
    return np.linspace(-width / 2, width / 2, len(values)) if len(values) > 1 else np.zeros(1)


@says_what_it_shows
def lessons(results, ylabel, chance=50):
    """What further training changes, a line a seed. ``results`` method → training → group → values; the last group is
    of real sentences and has a scale of its own.
    """
    trainings = list(next(iter(results.values())))
    groups = list(next(iter(results.values()))[trainings[0]])
    panels = axes(columns=len(groups), width=10.5, height=3.6)
    for m, (method, by_training) in enumerate(results.items()):
        for ax, group in zip(panels, groups, strict=True):
            lines = np.array([np.atleast_1d(by_group[group]) for by_group in by_training.values()])
            x = np.arange(len(trainings))[:, None] + (m - (len(results) - 1) / 2) * 0.2 + _beside(lines[0])
            for k, line in enumerate(lines.T):
                label = method if k == 0 and ax is panels[0] else None
                ax.plot(x[:, k], line, linewidth=0.8, markersize=3.5, label=label, **look_of(method))
    for k, (ax, group) in enumerate(zip(panels, groups, strict=True)):
        ax.set_xticks(range(len(trainings)), trainings, fontsize=8.5)
        ax.set(title=group, xlim=(-0.45, len(trainings) - 0.55))
        if ax is not panels[-1]:
            ax.axhline(chance, color=INK, linestyle="--", linewidth=1)
            ax.set(ylim=(40, 103), yticks=range(40, 101, 10))
            ax.tick_params(labelleft=k == 0)
    panels[0].set_ylabel(ylabel)
    panels[0].figure.legend(loc="outside upper center", ncols=len(results), frameon=False)
    panels[0].figure.supxlabel("trained on real sentences, then further on …", fontsize=10)
    return panels


@says_what_it_shows
def arriving(curves, sentences):
    """Accuracy against the number of words read; beside it, who is left. ``curves`` method → (seeds, T) in per cent."""
    top, bottom = axes(columns=2, width=9.5, height=3.2, width_ratios=(2, 1))
    t = np.arange(1, len(sentences) + 1)
    for method, values in curves.items():
        look, values = look_of(method), np.atleast_2d(values)
        top.plot(t, values.mean(0), label=method, markersize=4, **look)
        top.fill_between(t, values.min(0), values.max(0), color=look["color"], alpha=0.2, linewidth=0)
    top.set(xlabel="words read", ylabel="accuracy (%)")
    top.axhline(50, color=FAINT, linestyle="--", linewidth=1)
    top.legend(frameon=False, loc="lower right")
    bottom.fill_between(t, sentences, color=FAINT, linewidth=0)
    bottom.set(xlabel="words read", ylabel="sentences that long")
    return top, bottom


@says_what_it_shows
def along(panels):
    """The score after each word; above 0 is positive. ``panels`` is a list of (words, method → scores (n,))."""
    drawn = []
    for words, series in panels:
        ax, t = axes(width=9.5, height=2.7), np.arange(len(words))
        for method, scores in series.items():
            ax.plot(t, scores, label=method, markersize=4, **look_of(method))
        ax.axhline(0, color=INK, linewidth=0.8)
        ax.set_xticks(t, words, rotation=50, ha="right", fontsize=9)
        ax.set(ylabel="score\n(above 0: positive)", xlabel="word just read")
        ax.legend(frameon=False, loc="best", fontsize=8)
        drawn.append(ax)
    return drawn
