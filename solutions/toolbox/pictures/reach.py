"""Pictures of how far back a gradient reaches: what is left of it, on a logarithmic axis, against the lag."""

from __future__ import annotations

import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.plots import FAINT, MARKERS, SERIES, axes

NORM = r"$\Vert\partial c_T/\partial c_{T-\mathrm{lag}}\Vert$"
"""What is measured: the largest factor by which an earlier cell state changes the last one."""

LAG = "lag (steps back in time)"


@says_what_it_shows
def all_ways_and_belt(reaches, belts, title=""):
    """Solid: the norm of the whole gradient against the lag; dashed, in the same colour: the belt alone.

    Args:
        reaches, belts: name → values for lag 0, 1, … T − 1, (T,).
    """
    ax = axes(width=8.6, height=4.2)
    ends = _apart({name: np.log10(values[-1]) for name, values in reaches.items()}, gap=1.6)
    for k, (name, values) in enumerate(reaches.items()):
        ax.semilogy(values, color=SERIES[k], linewidth=1.6, marker=MARKERS[k], markevery=12, markersize=4, label=name)
        ax.semilogy(belts[name], "--", color=SERIES[k], linewidth=1.2, label=f"{name}, belt alone")
        ax.text(1.01 * len(values), 10 ** ends[name], name, color=SERIES[k], va="center")
    ax.axhline(1, color=FAINT, linewidth=1)
    ax.set(xlabel=LAG, ylabel=NORM, title=title, xlim=(0, 1.1 * len(values)))
    return ax


def _apart(heights, gap):
    """The same heights, moved down until no two are nearer than ``gap``; the highest starts half of it higher."""
    moved, above = {}, np.inf
    for name in sorted(heights, key=heights.get, reverse=True):
        moved[name] = above = min(heights[name] + gap / 2 * (not moved), above - gap)
    return moved


@says_what_it_shows
def before_and_after(runs, solved, title=""):
    """The norm against the lag, a line for each seed: dashed before training, solid after it; a panel for each start.

    Args:
        runs: name of the start → (before, after), each (seeds, T).
        solved: name → booleans, (seeds,): a network that solved its task ends in a filled dot, another in a cross.
    """
    panels = axes(columns=len(runs), width=9.5, height=3.6, sharey=True)
    for ax, (name, (before, after)) in zip(np.atleast_1d(panels), runs.items(), strict=True):
        for k, (old, new) in enumerate(zip(before, after, strict=True)):
            ax.semilogy(old, "--", color=FAINT, linewidth=1, label=None if k else "before training")
            ax.semilogy(new, color=SERIES[0], linewidth=1.5, label=None if k else "after training")
        for mark, which, label in (("o", solved[name], "solved"), ("x", ~np.asarray(solved[name]), "not solved")):
            ends = np.asarray(after)[which, -1]
            ax.semilogy(np.full(len(ends), len(new) - 1), ends, mark, color=SERIES[0], markersize=7, label=label)
        ax.axhline(1, color=FAINT, linewidth=1)
        ax.set(xlabel=LAG, title=name)
    np.atleast_1d(panels)[0].set_ylabel(NORM)
    np.atleast_1d(panels)[0].figure.suptitle(title)
    np.atleast_1d(panels)[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return panels
