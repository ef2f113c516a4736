"""Axes along which blocks of one size lie one after the other, as those of an LSTM's i, f, g, o; their order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice, permutations

import numpy as np

from grader.checks.recognise.evidence import Evidence, Hypothesis
from grader.checks.recognise.trial import Trial, never
from grader.checks.task import Task

BLOCKS = {"stacked unit", "unit (all blocks)", "bias (all)", "unit (→, then ←)"}
"""Axes along which blocks of one size lie one after the other."""
TWO = {"state (h, c)": ("h", "c"), "direction": ("→", "←")}
"""What the two places of an axis are called."""
LETTERS = {("lstm", 4): ("i", "f", "g", "o"), ("gru", 3): ("r", "z", "n")}
"""What the blocks are called, by the lesson's module and their number."""
COUNTS = (2, 3, 4)
"""How many blocks there may be."""


def block_names(task: Task, count: int) -> tuple[str, ...]:
    """What the blocks of a task are called; their numbers where they have no letters."""
    return LETTERS.get((task.module, count), tuple(str(place + 1) for place in range(count)))


def block_name(task: Task, place: int, count: int) -> str:
    """A block in words: "block 3 of 4 (g)"."""
    letter = block_names(task, count)[place]
    return f"block {place + 1} of {count}" + ("" if letter.isdigit() else f" ({letter})")


def blocks_in_another_order(evidence: Evidence) -> Iterator[Hypothesis]:
    for axis, name in enumerate(evidence.axes):
        for count in COUNTS if name in BLOCKS else ():
            names = block_names(evidence.task, count)
            for order in islice(permutations(range(count)), 1, None):
                came = ", ".join(names[place] for place in order)
                says = f"the right answer with its blocks along the axis {name} in the order {came}"
                yield f"{says} in place of {', '.join(names)}", partial(_blocks_in_order, axis=axis, order=order)


def _blocks_in_order(trial: Trial, axis: int, order: tuple[int, ...]) -> np.ndarray:
    if trial.expected.shape[axis] % len(order):
        return never(trial)
    parts = np.split(trial.expected, len(order), axis)
    return np.concatenate([parts[place] for place in order], axis)
