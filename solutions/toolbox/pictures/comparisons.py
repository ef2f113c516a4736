"""Pictures that compare cells: a dot for each seed, none over another, and the interval of a difference."""

from __future__ import annotations

import numpy as np

from solutions.toolbox.experiments.verdicts import interval
from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.plots import BASELINE, FAINT, INK, MARKERS, NETWORK, SERIES, STYLES, axes


def dodged(row, count, height=0.5):
    """Places round a row, one below the other, so that dots of equal value do not hide each other, (count,)."""
    return row + height * (np.arange(count) - (count - 1) / 2) / max(count - 1, 1)


@says_what_it_shows
def errors_by_length(errors, lengths, levels, title=""):
    """Error on new problems: a panel for each length, a row for each network, a dot for each seed.

    Args:
        errors: name of a network → errors, (lengths, seeds); one that is no number stands as a cross at the right edge.
        levels: name → error, drawn as a line.
    """
    panels = np.atleast_1d(axes(columns=len(lengths), width=9.5, height=1.2 + 0.4 * len(errors), sharex=True))
    largest = 2 * max(np.nanmax(np.where(np.isfinite(rows), rows, np.nan)) for rows in errors.values())
    for column, ax in enumerate(panels):
        for row, (name, values) in enumerate(errors.items()):
            drawn, places = np.array(values[column], dtype=float), dodged(row, len(values[column]))
            known = np.isfinite(drawn)
            ax.semilogx(drawn[known], places[known], MARKERS[row], color=SERIES[row], markersize=5, label=name)
            ax.semilogx(np.full((~known).sum(), largest), places[~known], "x", color=SERIES[row])
        for k, level in enumerate(levels.values()):
            ax.axvline(level, color=FAINT, linestyle=STYLES[1 + k], linewidth=1)
        ax.set(xlabel="mean squared error", title=f"T = {lengths[column]} steps", ylim=(len(errors) - 0.5, -0.5))
        ax.set_yticks(range(len(errors)), list(errors))
    panels[0].figure.suptitle(title)
    panels[0].figure.supxlabel("   ".join(_keys(levels)), fontsize=9, color=INK)
    return panels


def _keys(levels):
    return [f"{('dashed', 'dash-dotted', 'dotted')[k]}: {name}" for k, name in enumerate(levels)]


@says_what_it_shows
def differences(results, reference, xlabel, title=""):
    """How far each cell lies from one of them: a dot a seed, a bar for the 95 % interval of the mean difference.

    Args:
        results: name → values, one for each seed, in the same order of seeds.
        reference: the name of that one; its row is left out, its place is the line at 0.
    """
    others = {name: np.subtract(values, results[reference]) for name, values in results.items() if name != reference}
    ax = axes(width=8.4, height=0.9 + 0.42 * len(others))
    for row, values in enumerate(others.values()):
        low, high = interval(values)
        ax.plot([low, high], [row, row], color=INK, linewidth=2, solid_capstyle="butt")
        label = None if row else "difference (mean)"
        ax.plot(values, dodged(row, len(values)), "o", color=NETWORK, markersize=5, label=label)
    ax.axvline(0, color=FAINT, linestyle="--", linewidth=1)
    ax.set_yticks(range(len(others)), list(others))
    ax.set(xlabel=xlabel, title=title, ylim=(len(others) - 0.5, -0.5))
    return ax


@says_what_it_shows
def shares(values, xlabel, title=""):
    """How often each value occurs, in tenths of the range from 0 to 1; a line of steps for each name.

    Args:
        values: name → numbers from 0 to 1, of any shape.
    """
    ax, edges = axes(width=7.6, height=3.2), np.linspace(0, 1, 11)
    for k, (name, numbers) in enumerate(values.items()):
        found = np.histogram(numbers, edges)[0] / np.size(numbers)
        ax.plot(edges[:-1] + 0.05, found, STYLES[k], color=SERIES[k], drawstyle="steps-mid", linewidth=1.8, label=name)
        ax.plot(edges[:-1] + 0.05, found, MARKERS[k], color=SERIES[k], markersize=5)
    ax.set(xlabel=xlabel, ylabel="share of all values", title=title, xlim=(0, 1), ylim=(0, None), xticks=edges)
    ax.legend(frameon=False)
    return ax


@says_what_it_shows
def turning_up(updates, tracks, title="", unit="bits a letter"):
    """Loss against updates, a line a seed: dashed on the training text, solid on unseen text, a dot at its lowest.

    Args:
        updates: (R,).
        tracks: name of a network → (seen, unseen), each (seeds, R); a panel for each.
    """
    panels = np.atleast_1d(axes(columns=len(tracks), width=9.5, height=3.4, sharey=True))
    for ax, (name, (seen, unseen)) in zip(panels, tracks.items(), strict=True):
        for k, (known, new) in enumerate(zip(seen, unseen, strict=True)):
            ax.plot(updates, known, "--", color=BASELINE, linewidth=1.1, label=None if k else "training text")
            ax.plot(updates, new, color=NETWORK, linewidth=1.3, label=None if k else "unseen text")
            lowest = int(np.argmin(new))
            ax.plot(updates[lowest], new[lowest], "o", color=NETWORK, markersize=5, label=None if k else "lowest")
        ax.set(xlabel="updates", title=name)
    panels[0].set_ylabel(f"loss ({unit})")
    panels[0].figure.suptitle(title)
    panels[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return panels
