"""A factor too many or too few, told by sizes and numbers of the case: T, B, T·B, H, their roots; 2, ln 2, ln 10."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from grader.checks.recognise.evidence import LEAST_ENTRIES, Evidence, where_wrong
from grader.checks.recognise.trial import Trial

CLOSE = 1e-6
"""Two factors are the same when they differ by no more than this share, or than the tolerance."""
UNNAMED = "the right answer times a number, one for each case"
CONSTANTS: Mapping[str, float] = {
    "twice the right answer": 2.0,
    "half the right answer": 0.5,
    "the right answer with the opposite sign": -1.0,
    "3 times the right answer": 3.0,
    "a third of the right answer": 1 / 3,
    "4 times the right answer": 4.0,
    "a quarter of the right answer": 0.25,
    "ln 2 times the right answer: as with logarithms of another base": math.log(2),
    "the right answer divided by ln 2: as with logarithms of another base": 1 / math.log(2),
    "ln 10 times the right answer: as with logarithms of another base": math.log(10),
    "the right answer divided by ln 10: as with logarithms of another base": 1 / math.log(10),
    "100 times the right answer": 100.0,
    "the right answer divided by 100": 0.01,
}


def factor(evidence: Evidence) -> str:
    """By which factor all numbers of a case are off, if the cases agree on its name."""
    array_of_counts = evidence.output.exact and evidence.axes
    if not evidence.wrong or array_of_counts or sum(trial.got.size for trial in evidence.wrong) < 2:
        return ""
    with np.errstate(all="ignore"):
        found = [_of(trial) for trial in evidence.wrong]
    factors = [each for each in found if each is not None]
    if len(factors) < len(found):
        return ""
    right = [trial for trial in evidence.trials if trial.right and trial.finite and np.abs(trial.expected).max() > 1e-6]
    trials = [*evidence.wrong, *right]
    factors += [1.0] * len(right)
    if said := _constant(evidence, factors[: len(evidence.wrong)]):
        return said + where_wrong(evidence)
    return _by_size(trials, factors) or _unnamed(evidence)


def _of(trial: Trial) -> float | None:
    """The one factor between what came out and what is right, or None."""
    right = trial.expected
    largest = float(np.abs(right).max())
    if largest <= trial.limit or not math.isfinite(1 / largest):
        return None
    share = right / largest
    found = float(np.vdot(share, trial.got / largest) / np.vdot(share, share))
    if not math.isfinite(found) or not 1e-6 < abs(found) < 1e6 or not trial.is_like(found * right):
        return None
    return found


def _constant(evidence: Evidence, factors: list[float]) -> str:
    """The name of a factor that is the same in several cases, of different inputs."""
    first = factors[0]
    several = len(factors) > 1 or evidence.wrong[0].got.size > 3
    if not several or not all(_same(each, first) for each in factors):
        return ""
    for says, value in CONSTANTS.items():
        if _same(first, value):
            return says
    return ""


def _unnamed(evidence: Evidence) -> str:
    """That all is in proportion, where there is more than one number, but nothing to call the factor by."""
    several = sum(trial.got.size >= LEAST_ENTRIES and np.ptp(trial.expected) > 0 for trial in evidence.wrong) > 1
    return UNNAMED if several else ""


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-4 * abs(b) if max(abs(a), abs(b)) < 1e6 else False


def _by_size(trials: list[Trial], factors: list[float]) -> str:
    """The names of the sizes that are the factor in every case; "" where none is, or too many are."""
    if len({round(each, 9) for each in factors}) < 2:
        return ""
    known = [_named_values(trial) for trial in trials]
    values = [_with_products(each) for each in known]
    fitting = [
        name for name in values[0] if all(name in each for each in values) and _fits(name, values, trials, factors)
    ]
    short = [name for name in fitting if len(name) == min(map(len, fitting))]
    return " or ".join(short) if 0 < len(short) < 4 else ""


def _fits(name: str, values: list[dict[str, float]], trials: list[Trial], factors: list[float]) -> bool:
    return all(
        abs(each[name] - found) <= max(CLOSE, 10 * trial.limit) * abs(each[name])
        for each, trial, found in zip(values, trials, factors, strict=True)
    )


def _named_values(trial: Trial) -> dict[str, float]:
    """Sizes and single numbers of the case that may be a factor, by name."""
    situation = trial.situation
    found = {name: float(value) for name, value in situation.sizes.items() if value > 0}
    for name, value in situation.inputs.items():
        if isinstance(value, float) and math.isfinite(value) and value:
            found[f"`{name}`"] = value
    if situation.lengths is not None:
        found["the number of all real steps"] = float(situation.lengths.sum())
    return {name: value for name, value in found.items() if 1e-30 < value < 1e30}


def _with_products(values: Mapping[str, float]) -> dict[str, float]:
    """Those values, their reciprocals and roots, and products and quotients of two, each with its sentence's end."""
    found = {}
    for name, value in values.items():
        found[f"{name} times the right answer"] = value
        found[f"the right answer divided by {name}"] = 1 / value
        found[f"√{name} times the right answer"] = math.sqrt(value)
        found[f"the right answer divided by √{name}"] = 1 / math.sqrt(value)
        found[f"{name}² times the right answer"] = value**2
        found[f"the right answer divided by {name}²"] = value**-2
        if not name.startswith("`") and value > 1:
            found[f"{name}/({name} − 1) times the right answer"] = value / (value - 1)
            found[f"({name} − 1)/{name} times the right answer"] = (value - 1) / value
            found[f"√({name}/({name} − 1)) times the right answer"] = math.sqrt(value / (value - 1))
            found[f"√(({name} − 1)/{name}) times the right answer"] = math.sqrt((value - 1) / value)
        if name.startswith("`"):
            found[f"the right answer times (1 − {name})"] = 1 - value
            found[f"the right answer divided by (1 − {name})"] = 1 / (1 - value) if value != 1 else math.inf
    found.update(_pairs(values))
    return found


def _pairs(values: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for (one, a), (other, b) in combinations(values.items(), 2):
        yield f"{one}·{other} times the right answer", a * b
        yield f"the right answer divided by {one}·{other}", 1 / (a * b)
        yield f"{one}/{other} times the right answer", a / b
        yield f"{other}/{one} times the right answer", b / a
