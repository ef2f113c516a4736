"""Where an output is wrong in every case: from the second step on, in one block, in the padding, on the diagonal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from grader.checks.recognise.blocks import BLOCKS, COUNTS, TWO, block_name
from grader.checks.recognise.evidence import Evidence
from grader.checks.recognise.trial import Trial
from grader.checks.task import Task

Mask = np.ndarray
Test = Callable[[Trial, Mask], bool | None]
"""Does a trial, of which these entries are wrong, show it? None where it cannot."""
Cut = Callable[[np.ndarray], np.ndarray]

ROWS = ("row", "sentence")
"""Axes of which nothing is said where rows have lengths of their own: those decide."""
LEAST_ALONG = 3
"""Along a shorter axis everything is first or last."""


@dataclass(frozen=True)
class Place:
    """A place of an output.

    Attributes:
        says: what is right and what is wrong there, as the end of "What came out is …".
        test: whether a trial shows it.
        where: the wrong part in words, and how it is cut out; or "" where it cannot be.
    """

    says: str
    test: Test
    where: str = ""
    cut: Cut | None = None


def placed(evidence: Evidence) -> str:
    """What is right and what is wrong, the same in all cases that are wrong."""
    found = place_of(evidence)
    return found.says if found else ""


def place_of(evidence: Evidence) -> Place | None:
    """Where the output is wrong, in all cases that are wrong."""
    trials = [trial for trial in evidence.on_axes.trials if trial.same_shape and not trial.right]
    if not trials or not evidence.axes:
        return None
    wrong = [trial.errors > trial.limit for trial in trials]
    if all(mask.all() for mask in wrong):
        return None
    return next((place for place in _places(evidence, len(trials)) if _all_show(trials, wrong, place.test)), None)


def _all_show(trials: list[Trial], wrong: list[Mask], test: Test) -> bool:
    shown = 0
    for trial, mask in zip(trials, wrong, strict=True):
        found = test(trial, mask)
        if found is False:
            return False
        shown += found is True
    return shown >= min(2, len(trials))


def _places(evidence: Evidence, cases: int) -> Iterator[Place]:
    yield Place("right in the real steps, and wrong in the padding after them", _padding)
    yield Place("right in the rows that are as long as the longest, and wrong in the shorter ones", _shorter)
    counts = evidence.output.exact and len(evidence.axes) > 1  # whole numbers are soon right by accident
    padded = any(trial.situation.lengths is not None for trial in evidence.trials)
    for axis, name in enumerate(evidence.axes):
        if name in BLOCKS:
            yield from _of_blocks(evidence.task, axis, name)
        elif name in TWO:
            yield from _of_two(axis, TWO[name])
        elif cases > 1 and "," not in name and not counts and not (padded and name in ROWS):
            yield from _of_steps(axis, name)
    if len(evidence.axes) >= 2:
        yield Place("wrong on the diagonal alone", partial(_diagonal, on=True))
        yield Place("right on the diagonal, and wrong beside it", partial(_diagonal, on=False))


def _of_blocks(task: Task, axis: int, name: str) -> Iterator[Place]:
    for count in reversed(COUNTS):
        for place in range(count):
            block = f"{block_name(task, place, count)} along the axis {name}"
            only, others = (partial(_block, axis=axis, count=count, place=place, only=only) for only in (True, False))
            yield Place(
                f"wrong in {block}, and right in the others",
                only,
                f"in {block}",
                partial(cut_block, axis=axis, count=count, place=place),
            )
            yield Place(f"right in {block}, and wrong in the others", others)


def _of_two(axis: int, names: tuple[str, str]) -> Iterator[Place]:
    for place, (wrong, right) in enumerate((names, names[::-1])):
        yield Place(
            f"right for {right}, and wrong for {wrong}",
            partial(_only, axis=axis, place=place, least=2),
            f"for {wrong}",
            partial(_cut_place, axis=axis, place=place),
        )


def _of_steps(axis: int, name: str) -> Iterator[Place]:
    yield Place(f"right at the first {name}, and wrong at every later one", partial(_all_but, axis=axis, right=0))
    yield Place(f"right at the last {name}, and wrong at every earlier one", partial(_all_but, axis=axis, right=-1))
    for place, word in ((0, "first"), (-1, "last")):
        yield Place(
            f"wrong at the {word} {name}, and right at every other",
            partial(_only, axis=axis, place=place),
            f"at the {word} {name}",
            partial(_cut_place, axis=axis, place=place),
        )


def cut_block(array: np.ndarray, axis: int, count: int, place: int) -> np.ndarray:
    return np.split(array, count, axis)[place] if not array.shape[axis] % count else array


def _cut_place(array: np.ndarray, axis: int, place: int) -> np.ndarray:
    return np.take(array, [place], axis) if array.shape[axis] > max(place, 0) else array


def _all_but(trial: Trial, wrong: Mask, axis: int, right: int) -> bool | None:
    places = _any_along(wrong, axis)
    if len(places) < 2:
        return False
    return not places[right] and int(places.sum()) == len(places) - 1 and (len(places) >= LEAST_ALONG or None)


def _only(trial: Trial, wrong: Mask, axis: int, place: int, least: int = LEAST_ALONG) -> bool | None:
    places = _any_along(wrong, axis)
    if len(places) <= abs(place) or len(places) < 2:
        return None
    return bool(places[place]) and int(places.sum()) == 1 and (len(places) >= least or None)


def _any_along(wrong: Mask, axis: int) -> Mask:
    return np.asarray(wrong.any(axis=tuple(other for other in range(wrong.ndim) if other != axis)))


def _block(trial: Trial, wrong: Mask, axis: int, count: int, place: int, only: bool) -> bool | None:
    """Whether one block alone is wrong, or right; None where there are not so many blocks."""
    units = trial.situation.units
    if not units or wrong.shape[axis] != count * units:
        return None
    blocks = np.asarray(_any_along(wrong, axis).reshape(count, units).any(axis=1))
    return bool(blocks[place]) == only and int((blocks == only).sum()) == 1


def _padding(trial: Trial, wrong: Mask) -> bool | None:
    real = real_steps(trial)
    if real is None or real.all():
        return False
    padded = wrong.reshape(*real.shape, -1)
    return not padded[real].any() and bool(padded[~real].any())


def _shorter(trial: Trial, wrong: Mask) -> bool | None:
    lengths = trial.situation.lengths
    rows = [axis for axis, size in enumerate(wrong.shape) if lengths is not None and size == len(lengths)]
    if lengths is None or len(rows) != 1 or len(set(lengths.tolist())) < 2:
        return False
    return bool((_any_along(wrong, rows[0]) == (lengths < lengths.max())).all())


def real_steps(trial: Trial) -> Mask | None:
    """Which (step, row) are real, where rows are padded, and the first two axes are those; else None."""
    lengths, shape = trial.situation.lengths, trial.expected.shape
    if lengths is None or len(shape) < 2 or shape[1] != len(lengths) or shape[0] < lengths.max(initial=0):
        return None
    if not any(array.shape[:2] == shape[:2] for array in trial.situation.known.values()):
        return None  # such as with one step more, for the end of a sentence
    found: Mask = np.arange(shape[0])[:, None] < lengths
    return found


def _diagonal(trial: Trial, wrong: Mask, on: bool) -> bool | None:
    if wrong.shape[-1] != wrong.shape[-2] or wrong.shape[-1] < 3:
        return None if wrong.shape[-1] == wrong.shape[-2] == 1 and on else False
    diagonal = np.zeros_like(wrong)
    diagonal[..., range(wrong.shape[-1]), range(wrong.shape[-1])] = True
    inside, outside = wrong[diagonal], wrong[~diagonal]
    return bool(inside.any() and not outside.any()) if on else bool(outside.any() and not inside.any())
