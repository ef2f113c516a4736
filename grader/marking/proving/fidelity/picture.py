"""The margins as a picture: error / tolerance on a logarithmic axis, one row a task."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from grader.marking.proving.fidelity.margins import ENOUGH, KINDS
from grader.marking.proving.fidelity.trials import Trial

LEFT, RIGHT = 1e-7, 1e18
"""Where 0 and ∞ are drawn."""
COLOURS = {"right": "#0072b2", "mistake": "#d55e00", "mutant": "#777777"}
MARKERS = {"cpu": "o", "cuda": "^"}
WORDS = {"right": "right answers", "mistake": "known mistakes", "mutant": "mutants"}


def draw(trials: Sequence[Trial], path: Path) -> None:
    """Write the picture of the trials as PNG: a dot (on a GPU a triangle) for each answer, one row a task."""
    tasks = list(dict.fromkeys(trial.task for trial in trials))
    figure = Figure(figsize=(9, 2.2 + 0.17 * len(tasks)), layout="constrained")
    axes = figure.subplots()
    axes.axvspan(1 / ENOUGH, ENOUGH, color="#f3e9c6", lw=0)
    axes.axvline(1, color="black", lw=0.8)
    for kind in reversed(KINDS):
        own = [trial for trial in trials if trial.kind == kind and trial.is_right == (kind == "right")]
        for device, marker in MARKERS.items():
            here = [trial for trial in own if trial.device == device]
            at = np.clip([trial.ratio for trial in here], LEFT, RIGHT)
            rows = [tasks.index(trial.task) for trial in here]
            label = f"{WORDS[kind]} ({len(own):,})" if device == "cpu" else None
            axes.scatter(at, rows, s=7, color=COLOURS[kind], alpha=0.6, lw=0, marker=marker, label=label)
    axes.set(xscale="log", xlim=(LEFT / 3, RIGHT * 3), ylim=(len(tasks) - 0.4, -0.6))
    axes.set_xticks([LEFT, 1e-4, 1e-2, 1, 1e2, 1e4, 1e8, 1e12, RIGHT])
    axes.set_xticklabels(["none", "10⁻⁴", "10⁻²", "1", "10²", "10⁴", "10⁸", "10¹²", "other\nshape …"])
    axes.minorticks_off()
    axes.set_yticks(range(len(tasks)), tasks, fontsize=7)
    axes.grid(axis="y", lw=0.3)
    axes.set_xlabel(f"largest error / tolerance   (the band: less than {ENOUGH:g} × away from it)")
    axes.tick_params(top=True, labeltop=True)
    figure.legend(loc="outside upper center", ncols=3, frameon=False, fontsize=9)
    figure.savefig(path, dpi=110)
