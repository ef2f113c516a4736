"""What may stand around the sum in which a term is missing or changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.checks.recognise.elementwise import Function, logit, sigmoid


@dataclass(frozen=True)
class Around:
    """A function around a sum.

    Attributes:
        says: " before the tanh", or "" for the sum itself.
        function: the function.
        undone: its inverse.
    """

    says: str
    function: Function
    undone: Callable[[np.ndarray], np.ndarray]

    def with_change(self, right: np.ndarray, change: np.ndarray) -> np.ndarray:
        """What comes out when the sum is changed by so much."""
        return self.function(self.undone(right) + change)


AROUND = (
    Around("", lambda x: x, lambda y: y),
    Around(" before the tanh", np.tanh, np.arctanh),
    Around(" before the σ", sigmoid, logit),
)
