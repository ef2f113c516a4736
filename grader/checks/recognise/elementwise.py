"""A function applied once too often, or not at all: tanh, σ, softmax, exp, log, relu, a square, a root, a sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from grader.checks.recognise.evidence import Evidence, Hypothesis, first_that_holds
from grader.checks.recognise.trial import Trial, never

Function = Callable[[np.ndarray], np.ndarray]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """σ(x) = 1 / (1 + e⁻ˣ)."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def logit(y: np.ndarray) -> np.ndarray:
    """What σ makes y of: log y − log(1 − y)."""
    return np.asarray(np.log(y) - np.log1p(-y))


def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """exp x / Σ exp x along an axis."""
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=axis, keepdims=True)
    return shares


ONCE_MORE: tuple[tuple[str, Function], ...] = (
    ("the right answer with the opposite sign", np.negative),
    ("1 − the right answer", lambda x: 1 - x),
    ("tanh of the right answer: as after one tanh too many", np.tanh),
    ("σ of the right answer: as after one σ too many", sigmoid),
    ("exp of the right answer", np.exp),
    ("the logarithm of the right answer", np.log),
    ("−log of the right answer", lambda x: -np.log(x)),
    ("the right answer with 0 in place of what is negative", lambda x: np.maximum(x, 0)),
    ("the absolute value of the right answer", np.abs),
    ("the right answer, squared", np.square),
    ("the root of the right answer", np.sqrt),
    ("1 / the right answer", np.reciprocal),
    ("the right answer to the power of ln 2: as with powers of e and bits", lambda x: x ** np.log(2)),
    ("the right answer to the power of 1 / ln 2: as with powers of 2 and nats", lambda x: x ** (1 / np.log(2))),
    ("y (1 − y), where y is the right answer", lambda x: x * (1 - x)),
    ("1 − y², where y is the right answer", lambda x: 1 - x * x),
)
"""What came out, and how it follows from the right answer."""

ROUNDED: tuple[tuple[str, Function], ...] = (
    ("the whole number nearest to the right answer", np.round),
    ("the right answer without its decimals", np.trunc),
    ("the right answer, rounded up", np.ceil),
    ("the right answer, rounded down", np.floor),
)
"""What came out, and how it was made whole."""
LEAST_NUMBERS = 3
"""So many different whole numbers must have come out."""

NOT_YET: tuple[tuple[str, Function], ...] = (
    ("the right answer before tanh: tanh of it is right", np.arctanh),
    ("the right answer before σ: σ of it is right", logit),
)
"""What came out, and how the right answer is undone."""


FUNCTIONS = (*ONCE_MORE, *NOT_YET, *ROUNDED)


def applied(evidence: Evidence) -> str:
    """A function of each number by itself, or a softmax, too many or too few."""
    if evidence.output.exact:
        return first_that_holds(evidence, [("the right answer with True and False exchanged", _inverted)])
    return (
        first_that_holds(evidence, _hypotheses(evidence))
        or first_that_holds(evidence.on_axes, _softmaxes(evidence.axes))
        or _before(evidence)
    )


def _inverted(trial: Trial) -> np.ndarray:
    return 1 - trial.expected if set(np.unique(trial.expected)) <= {0.0, 1.0} else never(trial)


def _hypotheses(evidence: Evidence) -> Iterator[Hypothesis]:
    first = evidence.wrong[0]
    right = first.at_probes(first.expected)
    made = np.array([function(right) for _, function in FUNCTIONS])
    for index in np.flatnonzero(first.may_be_like(made)):
        says, function = FUNCTIONS[index]
        if FUNCTIONS[index] in ROUNDED and len(np.unique(first.got)) < LEAST_NUMBERS:
            continue
        yield says, partial(_applied, function=function)


def _applied(trial: Trial, function: Function) -> np.ndarray | None:
    return _finite(function(trial.expected))


def _softmaxes(axes: tuple[str, ...]) -> Iterator[Hypothesis]:
    for axis, name in enumerate(axes):
        says = f"the softmax of the right answer over the axis {name}: as after one softmax too many"
        yield says, partial(_softmax_of, axis=axis)


def _softmax_of(trial: Trial, axis: int) -> np.ndarray:
    return softmax(trial.expected, axis)


def _finite(predicted: np.ndarray) -> np.ndarray | None:
    return predicted if np.isfinite(predicted).all() else None


UNDONE: tuple[tuple[str, Function], ...] = (
    ("the right answer before the softmax: the softmax of it is right", softmax),
    ("the right answer but for negative numbers, which should be 0", lambda x: np.maximum(x, 0)),
)
"""What came out, and which function of it is right: those that cannot be undone."""


def _before(evidence: Evidence) -> str:
    """A function that is missing at the end, and cannot be undone."""
    if not any(_may_tell(trial) for trial in evidence.wrong):
        return ""
    with np.errstate(all="ignore"):
        for says, function in UNDONE:
            if all(
                trial.got.ndim and _near_alike(function(trial.got), trial.expected, trial.limit)
                for trial in evidence.wrong
            ):
                return says
    return ""


def signs(evidence: Evidence) -> str:
    """Right absolute values, but some numbers have the other sign."""
    alike = all(_near_alike(np.abs(trial.got), np.abs(trial.expected), trial.limit) for trial in evidence.wrong)
    return "right but for some signs" if alike and any(_may_tell(trial) for trial in evidence.wrong) else ""


def _may_tell(trial: Trial) -> bool:
    """Whether the right numbers are several, and not all alike."""
    return trial.expected.ndim > 0 and trial.expected.shape[-1] > 1 and bool(np.ptp(trial.expected) > 0)


def _near_alike(made: np.ndarray, right: np.ndarray, limit: float) -> bool:
    return bool(np.abs(made - right).max() <= limit * max(1, np.abs(right).max()))
