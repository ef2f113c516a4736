"""One output in one case: what came out beside what is right, and whether something else may have come out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checks import tolerance as policy
from grader.checks.recognise.situation import Situation

PLAIN = 0.01
"""What came out must be as predicted to so small a share of the largest number."""
CLEARLY = 10.0
"""So many times the tolerance must a prediction differ from what is right."""
PROBES = 4
"""By so many entries a hypothesis is ruled out."""


@dataclass(frozen=True)
class Trial:
    """One output in one case.

    Attributes:
        situation: the case and its inputs.
        got: what came out, as float64.
        expected: what is right, as float64.
        limit: the largest relative error that is still right.
        dtype: of what came out.
    """

    situation: Situation
    got: np.ndarray
    expected: np.ndarray
    limit: float
    dtype: np.dtype

    @cached_property
    def errors(self) -> np.ndarray:
        """Error of every entry; only where the shapes are the same."""
        return policy.error(self.got, self.expected)

    @cached_property
    def right(self) -> bool:
        """Whether what came out is right."""
        return self.same_shape and bool((self.errors <= self.limit).all())

    @property
    def same_shape(self) -> bool:
        """Whether it has the right shape."""
        return self.got.shape == self.expected.shape

    @cached_property
    def finite(self) -> bool:
        """Whether there are numbers, all finite, those that came out and the right ones."""
        both = (self.got, self.expected)
        return all(bool(array.size and np.isfinite(array).all()) for array in both)

    @cached_property
    def probes(self) -> np.ndarray:
        """A few places in the flattened array, by which hypotheses are ruled out quickly: where it is most wrong."""
        return np.argsort(-np.abs(self.got - self.expected).ravel(), kind="stable")[:PROBES]

    def at_probes(self, array: np.ndarray) -> np.ndarray:
        """An array's numbers there, if it goes along the last axes of the right answer."""
        found: np.ndarray = np.broadcast_to(array, self.expected.shape).ravel()[self.probes]
        return found

    def may_be_like(self, made: np.ndarray) -> np.ndarray:
        """Which rows of (hypotheses, probes) may be what came out at the probes."""
        got = self.at_probes(self.got)
        with np.errstate(all="ignore"):
            found: np.ndarray = (np.abs(made - got) <= 10 * self.limit * np.maximum(1, np.abs(made) + self.scale)).all(
                -1
            )
        return found

    @cached_property
    def scale(self) -> float:
        """The largest right number, or 1 where that is larger."""
        return policy.scale(self.expected)

    @cached_property
    def may_be_rearranged(self) -> bool:
        """Whether what came out may have the right numbers, in another order."""
        sums = [np.array([array.sum(), np.square(array).sum()]) for array in (self.got, self.expected)]
        off = 100 * self.limit * self.scale * self.got.size
        return bool((np.abs(sums[0] - sums[1]) <= off + 1e-3 * np.abs(sums[1])).all())

    def is_like(self, predicted: np.ndarray) -> bool:
        """Whether what came out is this; NaN in the prediction says nothing about an entry."""
        if predicted.shape != self.got.shape:
            return False
        known = ~np.isnan(predicted)
        if not known.all():
            return bool(known.any()) and _near(self.got[known], predicted[known], self.limit)
        return _near(self.got, predicted, self.limit)

    def differing(self, predicted: np.ndarray) -> int:
        """In how many entries this is something else than the right answer."""
        if predicted.shape != self.expected.shape:
            return predicted.size
        with np.errstate(invalid="ignore"):
            return int((np.abs(predicted - self.expected) > CLEARLY * self.limit * self.scale).sum())


def _near(a: np.ndarray, b: np.ndarray, limit: float) -> bool:
    with np.errstate(all="ignore"):
        largest = max(1.0, float(np.abs(b).max(initial=0.0)))
        off = float(np.abs(a - b).max(initial=0.0))
        return largest < np.inf and off <= limit * largest and off <= PLAIN * float(np.abs(b).max(initial=0.0))


def never(trial: Trial) -> np.ndarray:
    """A prediction that never holds."""
    return np.full(trial.got.shape, np.inf)
