"""A task's inputs for a seed, what its answer is handed, and what of its outputs no input holds already."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import numpy as np

from grader.checks.task import Case, Task
from grader.marking.answers.references.live import reference, run
from tests.grader.checks.answer_search.obvious_steps import arrays_in, equal, held, multiple, one_step, parts_of, whole

Shape = tuple[int, ...]
ByShape = dict[Shape, tuple[list[str], np.ndarray]]
"""Shape → names of arrays, and the arrays, (number, *shape)."""


class Draw:
    """A task's inputs for a seed, and what is looked for.

    Attributes:
        inputs: for that seed.
        handed: what the answer is called with the first time, by name; of a class the inputs.
        pool: both, and what they hold, by name.
        wanted: outputs, and parts of them, that no input is, nor one step makes of one.
    """

    def __init__(self, task: Task, case: Case, seed: int) -> None:
        self.task, self.case, self.seed, self.inputs = task, case, seed, task.draw(case, seed)
        calls: list[tuple[dict[str, Any], Any]] = []
        outputs = run(task, _noting(reference(task), calls), deepcopy(self.inputs), "cpu")
        self.handed, returned = calls[0] if calls else (self.inputs, None)
        self.pool = self._pool()
        pieces = [(f"returned{where}", array) for where, array in arrays_in(returned)]
        found = [*outputs.items(), *((name, array) for name, array in pieces if array.size > 1 or not whole(array))]
        parts = {f"{n}{p}": part.astype(float) for n, array in found for p, part in parts_of(np.asarray(array))}
        given = by_shape(("", step) for array in self._given() for _, step in one_step(array))
        self.wanted = _new(parts, given)
        self._wanted = by_shape(self.wanted.items())
        self._not_scaled = by_shape(
            (n, a) for n, a in self.wanted.items() if not multiple(a, _of(a.shape, given)).any()
        )
        self._known: dict[Any, list[tuple[str, str]]] = {_key(array): [] for array in self._given()}

    def _pool(self) -> dict[str, Any]:
        """Inputs and arguments by name, and what is in them; equal ones once."""
        found: dict[str, Any] = {}
        inside = {f"{n}[{k}]": v for n, value in self.handed.items() for k, v in held(value, 4)}
        for name, value in {**self.inputs, **self.handed, **inside}.items():
            if not any(_same(value, other) for other in found.values()):
                found[name] = value
        return found

    def _given(self) -> Iterator[np.ndarray]:
        """The arrays that are given, and parts of them."""
        for value in (self.inputs, self.handed):
            for _, array in arrays_in(value):
                for _, part in parts_of(array):
                    yield part
                    yield from (row for _, row in parts_of(part)) if part is not array else ()

    def matches(self, returned: Any) -> Iterator[tuple[str, str]]:
        """(where, output) for what of a returned value is wanted."""
        for where, array in arrays_in(returned):
            if (key := _key(array)) not in self._known:
                self._known[key] = list(self._matching(array))
            yield from ((f"{where}{step}", output) for step, output in self._known[key])

    def _matching(self, array: np.ndarray) -> Iterator[tuple[str, str]]:
        for step, found in one_step(array):
            yield from ((f" {step}", output) for output in _like(np.asarray(found), self._wanted, equal))
        yield from ((" × a factor", output) for output in _like(array, self._not_scaled, multiple))


def by_shape(named: Iterable[tuple[str, np.ndarray]]) -> ByShape:
    """For each shape the names of its arrays, and the arrays along a first axis; what is there twice, once."""
    found: dict[Shape, dict[Any, tuple[str, np.ndarray]]] = defaultdict(dict)
    for name, array in named:
        found[np.shape(array)].setdefault((name, _key(np.asarray(array))), (name, np.asarray(array, float)))
    return {
        shape: ([name for name, _ in some.values()], np.stack([array for _, array in some.values()]))
        for shape, some in found.items()
    }


def _of(shape: Shape, arrays: ByShape) -> np.ndarray:
    """Those of that shape, perhaps none."""
    return arrays[shape][1] if shape in arrays else np.zeros((0, *shape))


def _like(array: np.ndarray, others: ByShape, alike: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Iterator[str]:
    """The names of those that are alike."""
    if array.shape in others:
        names, arrays = others[array.shape]
        yield from (names[k] for k in np.flatnonzero(alike(array, arrays)))


def _new(parts: dict[str, np.ndarray], given: ByShape) -> dict[str, np.ndarray]:
    """The parts that are not given, and not one number again and again; what is there twice, once."""
    found: dict[Any, str] = {}
    for name, array in parts.items():
        dull = not array.size or (array.size > 1 and len(np.unique(array)) < 2)
        if not dull and not equal(array, _of(array.shape, given)).any():
            found.setdefault(_key(array), name)
    return {name: parts[name] for name in found.values()}


def _key(array: np.ndarray) -> tuple[Any, ...]:
    return array.shape, array.astype(np.float64).tobytes()


def _noting(answer: Callable[..., Any], calls: list[tuple[dict[str, Any], Any]]) -> Callable[..., Any]:
    """The reference, noting what it is called with and what it returns; a class as it is."""
    if isinstance(answer, type):
        return answer

    @functools.wraps(answer)
    def noted(*given: Any, **named: Any) -> Any:
        names = answer.__code__.co_varnames
        before = {**dict(zip(names, given, strict=False)), **named}
        with suppress(Exception):
            before = deepcopy(before)
        returned = answer(*given, **named)
        calls.append((before, returned))
        return returned

    return noted


def _same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.shape == b.shape and a.tobytes() == b.tobytes()
