"""A case with its inputs: what recognisers compare an output with, beside the right one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from grader.checks.task import Case, Inputs, Task

MOST_ENTRIES = 20_000
"""Larger arrays are left alone: they would take too long."""

Outputs = Mapping[str, np.ndarray]


class Situation:
    """One case with its inputs, drawn when they are first asked for.

    Attributes:
        case: the case.
        right: the right outputs by name.
    """

    def __init__(self, task: Task, case: Case, seed: int, right: Outputs) -> None:
        self.case, self.right = case, right
        self._task, self._seed = task, seed

    @cached_property
    def inputs(self) -> Inputs:
        """What the student's code was given."""
        return self._task.draw(self.case, self._seed)

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """The finite arrays among the inputs, as float64."""
        found = {name: value for name, value in self.inputs.items() if isinstance(value, np.ndarray) and value.size}
        numbers = {name: value.astype(float) for name, value in found.items() if value.dtype.kind in "biuf"}
        return {name: value for name, value in numbers.items() if np.isfinite(value).all()}

    @cached_property
    def known(self) -> dict[str, np.ndarray]:
        """The finite arrays, inputs and right outputs, by name in backticks."""
        right = {name: np.asarray(value).astype(float) for name, value in self.right.items()}
        found = {name: value for name, value in right.items() if np.isfinite(value).all()} | self.arrays
        return {f"`{name}`": value for name, value in found.items() if 0 < value.size <= MOST_ENTRIES}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Sizes by letter, and whole numbers among the inputs by their name."""
        drawn = self.case.drawn_sizes(np.random.default_rng(self._seed))
        numbers = {name: value for name, value in self.inputs.items() if type(value) is int}
        return {**drawn, **numbers}

    @cached_property
    def units(self) -> int:
        """H, or the length of a block where a case draws no H; 0 where that is not known."""
        return self.sizes.get("H", 0)

    @cached_property
    def lengths(self) -> np.ndarray | None:
        """How many steps of each row are real, where rows are padded."""
        found = self.inputs.get("lengths")
        return np.asarray(found) if isinstance(found, np.ndarray) and found.ndim == 1 else None
