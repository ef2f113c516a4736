"""What became of the submissions of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from grader.marking.sandbox.stage_times import Times

Status = Literal["marked", "unchanged", "not marked"]
"""Marked now; marked before, and nothing that matters has changed; not marked, with reasons."""


@dataclass(frozen=True)
class Outcome:
    """What became of one submission.

    Attributes:
        student: who.
        status: what became of it.
        points, most: earned and possible, from the gradebook, marks given by hand included.
        reasons: what was not marked, and why.
        notes: what else was handed in, and was not taken or not marked.
        queued, ran, marking: seconds that it waited for a worker, ran, and took to sanitise, mark and save.
        peak: most bytes of memory that its code was seen to use.
        follow_through: names of the tasks whose points are follow-through.
        devices: where its PyTorch tasks were computed, as its kernels said; empty where there are none.
        old: are these points, or some of them, an earlier attempt's, since the newest cannot be marked?
        failed_cells: cells of the student's own that failed, which may explain missing points.
        stages: how long each stage of its marking took.
    """

    student: str
    status: Status
    points: float = 0.0
    most: float = 0.0
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    queued: float = 0.0
    ran: float = 0.0
    marking: float = 0.0
    peak: int = 0
    follow_through: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    failed_cells: tuple[str, ...] = ()
    old: bool = False
    stages: Times = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long it took, without the time that it waited."""
        return self.ran + self.marking


@dataclass
class Summary:
    """What a run did: one outcome a submission, in the order of the students' names.

    Attributes:
        not_listed: lines about what lies where no command looks for a submission.
    """

    lesson: str
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0
    not_listed: list[str] = field(default_factory=list)

    @property
    def not_marked(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.status == "not marked"]

    def count(self, status: Status) -> int:
        return sum(outcome.status == status for outcome in self.outcomes)
