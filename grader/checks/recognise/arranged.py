"""The right numbers in other places: axes exchanged, reversed, one step late or early, blocks in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice, permutations

import numpy as np

from grader.checks.recognise.blocks import TWO, blocks_in_another_order
from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds
from grader.checks.recognise.trial import Trial, never

WITHIN = (
    ("in reverse order", -1, 0),
    ("one step late", 1, 1),
    ("one step early", 1, -1),
    ("in reverse order, and one step late,", -1, 1),
    ("in reverse order, and one step early,", -1, -1),
)
"""What may happen within the length of a row: in words, the direction, by how many steps."""
MOST_PLACES = 24
"""Along a longer axis no other order is looked for."""
LEAST_PLACES = 3
"""So many places must be told, in all cases together: fewer stand in any order by chance."""


def arranged(evidence: Evidence) -> str:
    """Where the right numbers went."""
    return first_that_holds(evidence.on_axes, _hypotheses(evidence.on_axes))


def _hypotheses(evidence: Evidence) -> Iterator[Hypothesis]:
    if not evidence.wrong or not evidence.axes:
        return
    all_there = evidence.wrong[0].may_be_rearranged
    if all_there:
        yield from _in_another_order(evidence)
    for axis, name in enumerate(evidence.axes):
        yield from _moved(evidence, axis, name)
    if any(trial.situation.lengths is not None for trial in evidence.wrong):
        for says, turn, late in WITHIN:
            yield f"the right answer {says} within the length of each row", partial(_within, turn=turn, late=late)
    for axis, name in enumerate(evidence.axes):
        if not evidence.output.exact and _may_come_from_any(evidence.wrong[0], axis):
            yield f"the right answer in another order along the axis {name}", partial(_reordered, axis=axis, once=True)
            says = f"made of the right numbers, but some {name}s come several times, and others never"
            yield says, partial(_reordered, axis=axis, once=False)


def _may_come_from_any(trial: Trial, axis: int) -> bool:
    """Whether the numbers at the probes may be right ones of any place along an axis."""
    index = list(np.unravel_index(trial.probes, trial.got.shape))
    index[axis] = np.arange(trial.got.shape[axis])[:, None]
    apart = np.abs(trial.got.ravel()[trial.probes] - trial.expected[tuple(index)]).min(axis=0)
    return bool((apart <= 10 * trial.limit * trial.scale).all())


def _in_another_order(evidence: Evidence) -> Iterator[Hypothesis]:
    yield from _transposed(evidence.axes)
    for axis, name in enumerate(evidence.axes):
        if name in TWO:
            yield f"the right answer with {' and '.join(TWO[name])} exchanged", partial(_flipped, axis=axis)
        elif _places_told(evidence, axis, free=1) >= LEAST_PLACES:  # the last one follows from the others
            yield f"the right answer in reverse order along the axis {name}", partial(_flipped, axis=axis)
    yield from blocks_in_another_order(evidence)


def _moved(evidence: Evidence, axis: int, name: str) -> Iterator[Hypothesis]:
    first = evidence.wrong[0]
    ends = evidence.output.exact  # whole numbers are soon right by accident at an end, too
    for says, step in (("late", 1), ("early", -1), ("late", 2), ("early", -2)):
        told = _places_told(evidence, axis, free=abs(step) * (1 + ends))
        if told >= LEAST_PLACES and _may_come_from(first, axis, partial(np.add, -step), abs(step) * ends):
            many = f"one {name}" if abs(step) == 1 else f"two places along the axis {name}"
            but = ", but for the ends" * ends
            yield f"the right answer {many} {says}{but}", partial(_shifted, axis=axis, step=step, both_ends=ends)
    for place, word in ((0, "first"), (-1, "last")):
        if _may_come_from(first, axis, partial(np.full_like, fill_value=place % first.got.shape[axis])):
            yield f"the right answer of the {word} {name}, at every {name}", partial(_taken, axis=axis, place=place)


def _places_told(evidence: Evidence, axis: int, free: int) -> int:
    """How many places are told where in each case so many are free."""
    return sum(max(0, trial.got.shape[axis] - free) for trial in evidence.wrong)


def _may_come_from(trial: Trial, axis: int, source: Callable[[np.ndarray], np.ndarray], but_ends: int = 0) -> bool:
    """Whether the numbers at the probes may be the right ones of these other places; those outside say nothing."""
    index, size = list(np.unravel_index(trial.probes, trial.got.shape)), trial.got.shape[axis]
    index[axis] = source(index[axis])
    inside = (index[axis] >= but_ends) & (index[axis] < size - but_ends)
    apart = np.abs(trial.got.ravel()[trial.probes[inside]] - trial.expected[tuple(each[inside] for each in index)])
    return bool((apart <= 10 * trial.limit * trial.scale).all())


def _transposed(axes: tuple[str, ...]) -> Iterator[Hypothesis]:
    for order in islice(permutations(range(len(axes))), 1, None):
        names = ", ".join(axes[axis] for axis in order)
        says = f"the right answer transposed: its axes are ({names}), and should be ({', '.join(axes)})"
        yield says, partial(_with_axes, order=order)


def _with_axes(trial: Trial, order: tuple[int, ...]) -> np.ndarray:
    made = trial.expected.transpose(order)
    return made if made.shape == trial.got.shape else never(trial)


def _flipped(trial: Trial, axis: int) -> np.ndarray:
    return np.flip(trial.expected, axis)


def _shifted(trial: Trial, axis: int, step: int, both_ends: bool = False) -> np.ndarray | None:
    """The right answer ``step`` places later; nothing is said of the places that are left free."""
    if trial.expected.shape[axis] < 2 * abs(step) + 1:
        return None
    moved = np.roll(trial.expected, step, axis)
    free = [slice(None)] * moved.ndim
    free[axis] = slice(0, step) if step > 0 else slice(step, None)
    moved[tuple(free)] = np.nan
    if both_ends:
        free[axis] = slice(-step, None) if step > 0 else slice(0, -step)
        moved[tuple(free)] = np.nan
    return moved


def _taken(trial: Trial, axis: int, place: int) -> np.ndarray:
    one = np.take(trial.expected, [place], axis)
    return np.broadcast_to(one, trial.expected.shape)


def _within(trial: Trial, turn: int, late: int) -> np.ndarray | None:
    """Steps before the length of a row turned round, or moved; nothing is said of the others."""
    lengths, right = trial.situation.lengths, trial.expected
    if lengths is None or right.ndim < 2 or right.shape[1] != len(lengths):
        return None
    moved = np.full_like(right, np.nan)
    for row, length in enumerate(lengths):
        steps = np.roll(right[:length, row][::turn], late, axis=0)
        if late and len(steps):
            steps[0 if late > 0 else -1] = np.nan
        moved[:length, row] = steps
    return moved


def _reordered(trial: Trial, axis: int, once: bool) -> np.ndarray | None:
    """The right answer in the order that fits what came out best, each place used once, or as often as it fits."""
    right, got = (np.moveaxis(array, axis, 0) for array in (trial.expected, trial.got))
    size = len(right)
    if size < 2 and once:
        return None
    if size < 2 or size > MOST_PLACES or not got.any():
        return never(trial)
    apart = np.abs(got.reshape(size, 1, -1) - right.reshape(1, size, -1)).max(axis=-1)
    order = apart.argmin(axis=1)
    if (len(set(order.tolist())) == size) != once or np.ptp(got[0]) == 0:
        return never(trial)
    return np.asarray(np.moveaxis(right[order], 0, axis))
