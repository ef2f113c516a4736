"""Were inputs changed in place? The kernel hands out a number for each input; who draws the same inputs judges.

The number is a weighted sum, Σ w ⊙ x, whose weights depend on the shape alone. A change of any entry, of the order or
of the shape changes it. So one number travels in place of an array, and nothing is decided beside the student's code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from grader.checks.tolerance import CHANGE

NARROWER = ("float32", "float16")
"""Dtypes in which a module may hold parameters that it was given in a wider one: that rounds, and changes nothing."""
NAN, INFINITE = 1.37, 2.41
"""What stands for entries that cannot be added."""
LARGEST = 1e300
ROOTS = tuple(prime**0.5 for prime in (2, 3, 5, 7, 11, 13))
"""One for each axis: arrays of different shapes have different weights."""


def weighted_sums(inputs: Mapping[str, Any]) -> dict[str, float]:
    """The `weighted_sum` of each array among the inputs, by name."""
    return {name: weighted_sum(value) for name, value in inputs.items() if isinstance(value, np.ndarray)}


def weighted_sum(array: np.ndarray) -> float:
    """Σ w ⊙ x in float64, always finite."""
    with np.errstate(all="ignore"):
        found = float(np.dot(_weights(array.shape), _finite(array)))
    return 0.0 if math.isnan(found) else max(-LARGEST, min(LARGEST, found))


def changed_inputs(drawn: Mapping[str, Any], sums: Mapping[str, float]) -> tuple[str, ...]:
    """Names of the arrays that are not as they were drawn.

    Args:
        drawn: the inputs.
        sums: weighted sums of what they were afterwards; one that is missing counts as a change.
    """
    arrays = {name: value for name, value in drawn.items() if isinstance(value, np.ndarray)}
    return tuple(name for name, array in arrays.items() if name not in sums or not _is_sum_of(array, sums[name]))


def _is_sum_of(array: np.ndarray, found: float) -> bool:
    with np.errstate(all="ignore"):
        limit = CHANGE * float(np.dot(_weights(array.shape), np.abs(_finite(array))))
        dtypes = (array.dtype, *(NARROWER if array.dtype.kind == "f" else ()))
        return any(abs(found - weighted_sum(array.astype(dtype))) <= limit for dtype in dtypes)


def _finite(array: np.ndarray) -> np.ndarray:
    flat = array.astype(np.float64).ravel()
    return flat if np.isfinite(flat).all() else np.nan_to_num(flat, nan=NAN, posinf=INFINITE, neginf=-2 * INFINITE)


@lru_cache(maxsize=512)
def _weights(shape: tuple[int, ...]) -> np.ndarray:
    """Between 1 and 2, from fractions of squares times √5: no generator is asked, which a cell may replace."""
    offset = sum(size * root for size, root in zip(shape, ROOTS, strict=False))
    squares = np.arange(1.0, math.prod(shape) + 1) ** 2
    weights: np.ndarray = 1.0 + (ROOTS[2] * squares + offset) % 1.0
    return weights
