"""What is measured of a way of marking, and the lines that say it beside plain nbgrader's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.marking.proving.where_time_goes import Bar, mean
from grader.marking.sandbox.limits import MIB
from grader.marking.sandbox.stage_times import Times


@dataclass(frozen=True)
class Timing:
    """One way of marking.

    Attributes:
        name: the way.
        submissions: how many it marked.
        start: seconds until the first submission was taken up: everything imported.
        seconds: of all submissions together, after that.
        memory: most bytes that the coordinating process had in memory.
        stages: student → how long each stage took, where the way tells it.
    """

    name: str
    submissions: int
    start: float
    seconds: float
    memory: int
    stages: Mapping[str, Times] = field(default_factory=dict)

    @property
    def each(self) -> float:
        """Seconds that a submission adds."""
        return self.seconds / self.submissions

    @property
    def all_in(self) -> float:
        """Seconds a submission, with its share of the start."""
        return (self.start + self.seconds) / self.submissions


@dataclass(frozen=True)
class Compared:
    """One class, marked in several ways.

    Attributes:
        lesson: the lesson's number.
        title: which class.
        timings: plain nbgrader's first, then the command as it is typed, …, and at last the floor.
    """

    lesson: str
    title: str
    timings: list[Timing]

    @property
    def bar(self) -> Bar:
        """The class in the picture of where the time goes."""
        typed, floor = (mean(self.timings[place].stages.values()) for place in (1, -1))
        return Bar(f"{self.lesson}: {self.title}", typed, floor["cells"][0])


def head(title: str) -> str:
    """The line above those of `row`."""
    columns = f"{'start':>8}{'each':>10}{'a minute':>10}{'× plain':>9}{'all in':>10}{'× plain':>9}{'memory':>10}"
    return f"\n{title}\n{'':32}{columns}"


def row(timing: Timing, plain: Timing, name: str = "") -> str:
    """A way beside plain nbgrader's."""
    return (
        f"{name or timing.name:32}{timing.start:6.2f} s{timing.each:8.3f} s{60 / timing.each:10.0f}"
        f"{plain.each / timing.each:9.1f}{timing.all_in:8.3f} s{plain.all_in / timing.all_in:9.1f}"
        f"{timing.memory / MIB:6.0f} MiB"
    )


def straight_line(timings: Sequence[Timing]) -> str:
    """How straight a line the time is over the size of the class, and what a submission adds to the memory."""
    sizes = np.array([timing.submissions for timing in timings])
    seconds = np.array([timing.seconds for timing in timings])
    each, begin = np.polyfit(sizes, seconds, 1)
    off = np.abs((begin + each * sizes) / seconds - 1).max()
    memory = np.polyfit(sizes, [timing.memory / 1024 for timing in timings], 1)[0]
    return (
        f"a straight line: {begin:.2f} s and {each:.3f} s a submission, at most {off:.0%} off; "
        f"memory: {round(memory, 1) + 0.0:+.1f} KiB a submission"
    )
