"""Counts that are off: by one, or by so many of a size as H, D·H, in every case."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement

import numpy as np

from grader.checks.recognise.evidence import Evidence
from grader.checks.recognise.trial import Trial

BLOCKS = {"SRN": 1, "GRU": 3, "LSTM": 4}
"""How many blocks of weights a unit has."""
MOST_FITTING = 2
"""Of more sizes that fit nothing is said."""
MOST_TIMES = 8
"""A size is said to be counted up to so many times too often."""
MOST_TIMES_OF_TWO = 4.5
"""The same, where only two cases are wrong."""
LEAST_BITS = 6.0
"""So much the differences of all cases together must tell, for a size to be said."""


def counted(evidence: Evidence) -> str:
    """By what a whole number is off, if the cases agree on it."""
    trials = [trial for trial in evidence.trials if trial.finite and trial.same_shape]
    whole = all(trial.expected.ndim == 0 and float(trial.got).is_integer() for trial in trials)
    if not evidence.output.exact or not whole or len(trials) < 2 or not evidence.wrong:
        return ""
    off = [float(trial.got - trial.expected) for trial in trials]
    fitting = [found for name in _names(trials) if (found := _times(name, trials, off))]
    simplest = min((cost for cost, _ in fitting), default=0)
    best = [said for cost, said in fitting if cost == simplest]
    return " or ".join(best) if 0 < len(best) <= MOST_FITTING else _two_terms(trials, off)


def _two_terms(trials: list[Trial], off: list[float]) -> str:
    """Two products of sizes, each so many times too often or too rarely, in each block of the network's kind."""
    kinds = [str(trial.situation.inputs.get("kind", "")).upper() for trial in trials]
    each = np.array(off) / [BLOCKS.get(kind, 1) for kind in kinds]
    names = _names(trials)
    values = np.array([[_value(name, trial) for trial in trials] for name in names])
    found = []
    for (i, one), (j, other) in combinations(enumerate(names), 2):
        told = np.unique([values[i], values[j], each], axis=1).shape[1]  # cases of the same sizes tell once
        if told > 2 and (times := _whole_solution(values[i], values[j], each)):
            found.append(_both((one, other), times))
    shortest = [said for said in found if len(said) == min(map(len, found))]
    per_block = ", in each block" if len(set(kinds)) > 1 else ""
    return f"{shortest[0]}{per_block}" if len(shortest) == 1 else ""


def _whole_solution(a: np.ndarray, b: np.ndarray, off: np.ndarray) -> tuple[int, int] | None:
    """Small whole numbers p, q with p a + q b = off, if there are such."""
    aa, ab, bb = a @ a, a @ b, b @ b
    determinant = aa * bb - ab * ab
    if determinant <= 1e-9 * aa * bb:
        return None
    p, q = ((bb * (a @ off) - ab * (b @ off)) / determinant, (aa * (b @ off) - ab * (a @ off)) / determinant)
    whole = round(p), round(q)
    fits = np.array_equal(whole[0] * a + whole[1] * b, off)
    return whole if fits and all(0 < abs(each) <= MOST_TIMES for each in whole) else None


def _both(names: tuple[tuple[str, ...], tuple[str, ...]], times: tuple[int, int]) -> str:
    first, second = sorted(zip(times, names, strict=True), reverse=True)
    sign = "−" if second[0] < 0 < first[0] else "+"
    sizes = f"{_amount(first[1], abs(first[0]))} {sign} {_amount(second[1], abs(second[0]))}"
    if sign == "−":
        return f"off by {sizes}"
    return f"{sizes} too {'many' if first[0] > 0 else 'few'}"


def _names(trials: list[Trial]) -> list[tuple[str, ...]]:
    """Sizes, and pairs and triples of them, that all cases have."""
    shared = [name for name in trials[0].situation.sizes if all(name in each.situation.sizes for each in trials)]
    single = [*shared, *(["L−1"] if "L" in shared else []), *(["layers−1"] if "layers" in shared else [])]
    return [names for length in range(4) for names in combinations_with_replacement(single, length)]


def _value(names: tuple[str, ...], trial: Trial) -> float:
    value = 1.0
    for name in names:
        size, _, less = name.partition("−")
        value *= trial.situation.sizes[size] - (1 if less else 0)
    return value


def _times(names: tuple[str, ...], trials: list[Trial], off: list[float]) -> tuple[float, str] | None:
    """How often the product of these sizes is counted too often, by kind of network where there are several.

    Returns:
        how far-fetched that is, and what is said; None where the cases don't agree.
    """
    times: dict[str, set[float]] = {}
    for trial, difference in zip(trials, off, strict=True):
        value = _value(names, trial)
        if value:
            times.setdefault(str(trial.situation.inputs.get("kind", "")).upper(), set()).add(difference / value)
        elif difference:
            return None
    if not times or any(len(found) != 1 for found in times.values()):
        return None
    by_kind = {kind: found.pop() for kind, found in times.items()}
    values = {value for value in by_kind.values() if value}
    cost = _cost(names, by_kind)
    wrong = [difference for difference in off if difference]
    if not values or min(values) < 0 < max(values) or cost > (MOST_TIMES if len(wrong) > 2 else MOST_TIMES_OF_TWO):
        return None
    if not all(value.is_integer() for value in values) or len(wrong) < 2:
        return None
    if len(values) > 1 and not names and len(wrong) < len(values) + 2:
        return None  # a number for each kind fits all but the second case of a kind
    if names and _bits(names, trials, off) < LEAST_BITS * (1 + len(values)) / 2:
        return None
    return cost, _said(names, by_kind)


def _bits(names: tuple[str, ...], trials: list[Trial], off: list[float]) -> float:
    """How much the differences tell: small ones are a multiple of anything, and cases of the same sizes tell once."""
    pairs = zip(trials, off, strict=True)
    told = {(_value(names, trial), difference) for trial, difference in pairs if difference}
    return float(sum(np.log2(abs(difference)) for _, difference in told))


def _cost(names: tuple[str, ...], by_kind: dict[str, float]) -> float:
    """How far-fetched it is: so many times too often, in each block or in all; more, where kinds differ otherwise."""
    values = {abs(value) for value in by_kind.values() if value}
    in_blocks = {abs(value) / BLOCKS.get(kind, 1) for kind, value in by_kind.items()}
    times = min([*(values if len(values) == 1 else ()), *(in_blocks if len(in_blocks) == 1 else ())], default=None)
    return (max(values, default=0.0) + 2 if times is None else times) + 0.1 * len(names)


def _said(names: tuple[str, ...], by_kind: dict[str, float]) -> str:
    values = {value for value in by_kind.values() if value}
    if len(values) == 1:
        (value,) = values
        only = "" if all(by_kind.values()) else f" for the {' and the '.join(k for k, v in by_kind.items() if v)}"
        return f"{_amount(names, abs(value))} too {'many' if value > 0 else 'few'}{only}"
    each = ", ".join(f"{_amount(names, abs(value))} for the {kind}" for kind, value in by_kind.items() if value)
    return f"too {'large' if min(values) > 0 else 'small'}: by {each}"


def _amount(names: tuple[str, ...], times: float) -> str:
    powers = [
        name if names.count(name) == 1 else name + {2: "²", 3: "³"}[names.count(name)] for name in dict.fromkeys(names)
    ]
    product = "·".join(f"({name})" if "−" in name else name for name in powers)
    if not product:
        return f"{times:g}"
    return product if times == 1 else f"{times:g}·{product}"
