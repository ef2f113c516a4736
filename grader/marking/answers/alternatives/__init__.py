"""Right answers written differently: one module a lesson.

They do two jobs. Each must get full points (they test the grader), and how far their outputs lie apart is the noise
from which tolerances are made. Each lesson's module declares ``ALTERNATIVES``: task's name → `Alternatives`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.checks.task import Task
from grader.marking.answers.references.live import run

Way = Callable[..., object]
"""A function or class, as a student hands it to the check."""
Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Axes:
    """A letter for each axis of each array, and the letters along which entries may be permuted.

    ``Axes("x_t:BD h:BH", "h_t:BH", "BD")``: permuting the entries along B (or D) in all inputs permutes the outputs
    alike and changes nothing else, except for the order in which sums are taken.
    """

    inputs: str
    outputs: str
    free: str = ""


@dataclass(frozen=True)
class Alternatives:
    """The right answers to a task that are written differently.

    Attributes:
        ways: functions or classes, each a right answer.
        axes: how the task's inputs can be permuted.
    """

    ways: tuple[Way, ...]
    axes: Axes


def alternatives(task: Task) -> tuple[Way, ...]:
    """The right answers to a task that are written differently."""
    return _of(task).ways


def answers_in_other_orders(
    task: Task, function: Way, inputs: Arrays, rng: np.random.Generator
) -> Iterator[dict[str, np.ndarray]]:
    """The function's outputs with every free axis of the inputs permuted in turn, and the permutation undone."""
    axes = _of(task).axes
    for letter in axes.free:
        size = _size(_letters(axes.inputs), letter, inputs)
        if size is None:
            continue
        order = rng.permutation(size)
        permuted = run(task, function, _permute(_letters(axes.inputs), inputs, letter, order))
        yield _permute(_letters(axes.outputs), permuted, letter, np.argsort(order))


def _of(task: Task) -> Alternatives:
    lesson = importlib.import_module(f"grader.marking.answers.alternatives.{task.module}")
    declared: Mapping[str, Alternatives] = lesson.ALTERNATIVES
    return declared[task.name]


def _letters(spec: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in spec.split())


def _size(letters: dict[str, str], letter: str, arrays: Arrays) -> int | None:
    """How long the axis of that letter is; None in a case whose arrays have fewer axes."""
    sizes = (arrays[name].shape[own.index(letter) :] for name, own in letters.items() if letter in own)
    return next((int(size) for size, *_ in filter(None, sizes)), None)


def _permute(letters: dict[str, str], arrays: Arrays, letter: str, order: np.ndarray) -> dict[str, np.ndarray]:
    permuted = dict(arrays)
    for name, own in letters.items():
        for axis in (i for i, carried in enumerate(own[: permuted[name].ndim]) if carried == letter):
            permuted[name] = np.take(permuted[name], order, axis)
    return permuted
