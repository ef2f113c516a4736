"""An answer of another shape, and how it follows from the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice, permutations

import numpy as np

from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds
from grader.checks.recognise.trial import Trial, never

Made = Callable[..., object]


def reshaped(evidence: Evidence) -> str:
    """What was done to the right answer, or was not, so that it has another shape, at least in some cases."""
    evidence = evidence.on_axes
    if not evidence.misshapen:
        return ""
    if said := first_that_holds(evidence, _hypotheses(evidence), (*evidence.misshapen, *evidence.wrong)):
        return said
    said = first_that_holds(evidence, _hypotheses(evidence), evidence.misshapen)
    return said + (", where its shape is another than the right one" if said and evidence.wrong else "")


def _hypotheses(evidence: Evidence) -> Iterator[Hypothesis]:
    axes = evidence.axes
    if not evidence.misshapen or not axes or not any(np.ptp(trial.expected) for trial in evidence.misshapen):
        return
    yield "right but for axes of size 1", _squeezed
    yield "right but for its shape: the numbers and their order are those asked for", _raveled
    for axis, name in enumerate(axes):
        yield from _along(axis, name)
    if len(axes) > 1:
        yield "the sum of the right answer", partial(_made, of=np.sum)
        yield "the mean of the right answer", partial(_made, of=np.mean)
    for order in islice(permutations(range(len(axes))), 1, None):
        names = ", ".join(axes[axis] for axis in order)
        says = f"the right answer transposed: its axes are ({names}), and should be ({', '.join(axes)})"
        yield says, partial(_transposed, order=order)


def _along(axis: int, name: str) -> Iterator[Hypothesis]:
    """What may have happened along one axis."""
    yield f"the right answer at the last {name} alone", partial(_made, of=partial(np.take, indices=-1, axis=axis))
    yield f"the right answer at the first {name} alone", partial(_made, of=partial(np.take, indices=0, axis=axis))
    yield f"the right answer summed over the axis {name}", partial(_made, of=partial(np.sum, axis=axis))
    yield f"the mean of the right answer over the axis {name}", partial(_made, of=partial(np.mean, axis=axis))
    without_first, without_last = slice(1, None), slice(None, -1)
    yield f"the right answer without its first {name}", partial(_made, of=partial(_cut, axis=axis, kept=without_first))
    yield f"the right answer without its last {name}", partial(_made, of=partial(_cut, axis=axis, kept=without_last))
    yield f"the right answer with one {name} more before it", partial(_longer, axis=axis, before=1)
    yield f"the right answer with one {name} more after it", partial(_longer, axis=axis, after=1)
    yield f"the beginning of the right answer along the axis {name}, cut off too early", partial(_begun, axis=axis)
    yield f"the right answer, and more after it along the axis {name}", partial(_longer, axis=axis)


def _made(trial: Trial, of: Made) -> np.ndarray:
    """Something made of the right answer, with or without the axis of size 1 that is left."""
    made = np.asarray(of(trial.expected))
    return made.reshape(trial.got.shape) if _squeezed_shape(made) == _squeezed_shape(trial.got) else never(trial)


def _squeezed_shape(array: np.ndarray) -> tuple[int, ...]:
    return tuple(size for size in array.shape if size != 1)


def _squeezed(trial: Trial) -> np.ndarray:
    fits = _squeezed_shape(trial.got) == _squeezed_shape(trial.expected)
    return trial.expected.reshape(trial.got.shape) if fits else never(trial)


def _raveled(trial: Trial) -> np.ndarray:
    return trial.expected.reshape(trial.got.shape) if trial.got.size == trial.expected.size else never(trial)


def _transposed(trial: Trial, order: tuple[int, ...]) -> np.ndarray:
    made = trial.expected.transpose(order)
    return made if made.shape == trial.got.shape else never(trial)


def _cut(right: np.ndarray, axis: int, kept: slice) -> np.ndarray:
    index = [slice(None)] * right.ndim
    index[axis] = kept
    return np.asarray(right[tuple(index)])


def _longer(trial: Trial, axis: int, before: int = 0, after: int | None = None) -> np.ndarray:
    """The right answer with places before and after it, of which nothing is said; by default all that are too many."""
    if trial.got.ndim != trial.expected.ndim:
        return never(trial)
    more = trial.got.shape[axis] - trial.expected.shape[axis]
    widths = [(0, 0)] * trial.expected.ndim
    widths[axis] = (before, max(0, more if after is None and not before else after or 0))
    made = np.pad(trial.expected, widths, constant_values=np.nan)
    return made if made.shape == trial.got.shape and more > 0 else never(trial)


def _begun(trial: Trial, axis: int) -> np.ndarray:
    if trial.got.ndim != trial.expected.ndim or not 0 < trial.got.shape[axis] < trial.expected.shape[axis]:
        return never(trial)
    made = _cut(trial.expected, axis, slice(None, trial.got.shape[axis]))
    return made if made.shape == trial.got.shape else never(trial)
