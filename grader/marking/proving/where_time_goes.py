"""Where the time of `grader autograde` goes, stage by stage: as a table, and as a picture with a bar for each class."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from grader.marking.sandbox.stage_times import STAGES, Times, add_all

COLOURS = {
    "sanitise": "#8C8C8C",
    "fork": "#4A90C2",
    "cells": "#00497A",
    "referee": "#D55E00",
    "naming": "#8A3D00",
    "notebook": "#009E73",
    "gradebook": "#B0528F",
    "audit record": "#5E2A52",
}
"""Of the stages that take processors' time. A queue takes none."""
WIDTH = 15
"""Of a column of the table."""


@dataclass(frozen=True)
class Bar:
    """One class in the picture.

    Attributes:
        name: which lesson, which class.
        stages: what a submission takes on average.
        floor: seconds of processors' time that its cells alone take in an interpreter which has imported everything.
    """

    name: str
    stages: Times
    floor: float

    @property
    def cpu(self) -> float:
        """Seconds of processors' time."""
        return _sum(self.stages)[0]


def mean(submissions: Collection[Times]) -> Times:
    """What a submission takes on average; a stage that one of them did not go through took no time."""
    total: Times = {}
    for times in submissions:
        add_all(total, times)
    return {stage: (cpu / len(submissions), passed / len(submissions)) for stage, (cpu, passed) in total.items()}


def table(columns: Mapping[str, Times]) -> str:
    """A row for each stage: milliseconds of processors' time a submission, and those that passed in brackets."""
    rows = [[f"{'':14}", *(f"{name:>{WIDTH}}" for name in columns)]]
    for stage in STAGES:
        rows.append([f"{stage:14}", *(_entry(*times.get(stage, (0.0, 0.0))) for times in columns.values())])
    rows.append([f"{'together':14}", *(_entry(*_sum(times)) for times in columns.values())])
    return "\n".join("  ".join(row) for row in rows)


def _sum(times: Times) -> tuple[float, float]:
    return sum(cpu for cpu, _ in times.values()), sum(passed for _, passed in times.values())


def _entry(cpu: float, passed: float) -> str:
    return f"{1000 * cpu:.0f} {f'({1000 * passed:.0f})':>7}".rjust(WIDTH)


def in_words(bars: Sequence[Bar]) -> str:
    """The picture for those who cannot see it."""
    said = []
    for bar in bars:
        most = max(bar.stages, key=lambda stage: bar.stages[stage][0])
        said.append(f"{bar.name} {1000 * bar.cpu:.0f} ms, most of it {most}")
    return f"Processors' time that a submission takes to be marked: {'; '.join(said)}."


def draw(bars: Sequence[Bar], path: Path) -> None:
    """Write the picture as PNG: a stacked bar for each class, its floor as a triangle."""
    figure = Figure(figsize=(9, 1.7 + 0.42 * len(bars)), layout="constrained")
    axes = figure.subplots()
    begins = [0.0] * len(bars)
    for stage, colour in COLOURS.items():
        lengths = [1000 * bar.stages.get(stage, (0.0, 0.0))[0] for bar in bars]
        axes.barh(range(len(bars)), lengths, 0.7, begins, color=colour, edgecolor="white", lw=0.6, label=stage)
        begins = [begin + length for begin, length in zip(begins, lengths, strict=True)]
    for row, (bar, end) in enumerate(zip(bars, begins, strict=True)):
        axes.annotate(f"{end:.0f}", (end, row), (4, 0), textcoords="offset points", va="center", fontsize=9)
        axes.plot(1000 * bar.floor, row - 0.43, "v", color="black", ms=6, label="" if row else "floor")
    axes.set_yticks(range(len(bars)), [bar.name for bar in bars])
    axes.invert_yaxis()
    axes.set(xlabel="processors' time a submission (ms)   floor: its cells alone, all imported before")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.06)
    figure.legend(loc="outside upper center", ncols=9, frameon=False, fontsize=9, handlelength=1, columnspacing=1.2)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Description": in_words(bars)})
