"""The two margins of every task: how far right answers stay under the tolerance, and wrong ones above it.

Both should be at least `ENOUGH`; where they are not, the inputs are wrong, not the tolerance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.marking.proving.fidelity.trials import Trial

ENOUGH = 10.0
KINDS = ("right", "mistake", "mutant")
"""The trials that margins are made of."""


@dataclass(frozen=True)
class Margin:
    """The margins of one task on one device.

    Attributes:
        task: the task's name.
        device: where the answers were computed; "cpu" for NumPy's.
        noisiest: of the right answers, the one with the largest error / tolerance.
        mildest: of the wrong ones that lose points, the one with the smallest.
    """

    task: str
    device: str
    noisiest: Trial
    mildest: Trial

    @property
    def right(self) -> float:
        """Tolerance / error of the noisiest right answer; ∞ where all right answers are equal."""
        return 1 / self.noisiest.ratio if self.noisiest.ratio else np.inf

    @property
    def wrong(self) -> float:
        """Error / tolerance of the mildest wrong answer; ∞ where all are wrong otherwise than by a value."""
        return self.mildest.ratio

    @property
    def enough(self) -> bool:
        return min(self.right, self.wrong) >= ENOUGH


def margins(trials: Sequence[Trial]) -> list[Margin]:
    """The margins of every task on every device where it was tried, in order."""
    counted = [trial for trial in trials if trial.kind in KINDS]
    found = []
    for task, device in dict.fromkeys((trial.task, trial.device) for trial in counted):
        own = [trial for trial in counted if (trial.task, trial.device) == (task, device)]
        right = [trial for trial in own if trial.is_right]
        wrong = [trial for trial in own if not trial.is_right and not trial.full]
        found.append(Margin(task, device, max(right, key=_ratio), min(wrong, key=_ratio)))
    return found


def _ratio(trial: Trial) -> float:
    return trial.ratio
