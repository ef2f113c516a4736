"""In which cases an answer is wrong: what they have in common, and no case that is right has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.checks.recognise.situation import Situation

SAID = ("kind", "how", "train")
"""Inputs that are words or switches, and arguments of the student's function."""
PLAIN = ("ordinary", "another", "longer")
"""Labels that tell nothing."""
LEAST_CASES = 3
"""Of fewer cases one is soon the only one."""
LARGE = 30.0
"""exp(−30) is lost beside 1 in float32, and nearly so in float64."""


def condition(situations: Sequence[Situation], wrong: Sequence[bool]) -> str:
    """A sentence that tells the wrong cases from the right ones; "" where all are wrong or nothing tells.

    Args:
        situations: all cases that were tried.
        wrong: for each whether anything is wrong in it.
    """
    if all(wrong) or not any(wrong):
        return ""
    if sum(wrong) == 1:
        label = situations[list(wrong).index(True)].case.label
        if label in PLAIN or len(wrong) < LEAST_CASES:
            return ""
        return f"Wrong in one of the {len(wrong)} cases alone: “{label}”."
    told = [_attributes(situation) for situation in situations]
    fitting = {name: value for name in told[0] if (value := _telling(name, told, wrong))}
    sizes = [value for name, value in fitting.items() if _is_size(name)]
    others = [value for name, value in fitting.items() if not _is_size(name)]
    if not others and len(sizes) != 1:
        return ""  # where all sizes are 1 at once, none of them tells
    return f"Wrong in {sum(wrong)} of the {len(wrong)} cases, and exactly in those with {(others or sizes)[0]}."


def _telling(name: str, told: Sequence[Mapping[str, str | None]], wrong: Sequence[bool]) -> str:
    """What all wrong cases have and no right one, of this kind; or ""."""
    values = {each.get(name) for each, is_wrong in zip(told, wrong, strict=True) if is_wrong}
    value = values.pop()
    if values or value is None:
        return ""
    return value if [each.get(name) == value for each in told] == list(wrong) else ""


def _is_size(name: str) -> bool:
    """Whether an attribute tells of sizes: of one, as T, or of two, as D and H."""
    return (name.isupper() and len(name) == 1) or name == "D and H"


def _attributes(situation: Situation) -> dict[str, str | None]:
    """What can be said of a case, by what is looked at."""
    inputs, sizes = situation.inputs, situation.sizes
    found: dict[str, str | None] = {name: f"`{name}` = {inputs[name]!r}" for name in SAID if name in inputs}
    arrays = [value for value in inputs.values() if isinstance(value, np.ndarray) and value.dtype.kind == "f"]
    found["finite"] = None if all(np.isfinite(each).all() for each in arrays) else "NaN or ∞ among the inputs"
    largest = max((float(np.abs(each).max(initial=0.0)) for each in arrays), default=0.0)
    found["large"] = "large numbers among the inputs" if LARGE < largest < np.inf else None
    if situation.lengths is not None:
        alike = len(set(situation.lengths.tolist())) < 2
        found["lengths"] = "rows of one length" if alike else "rows of different lengths"
    for letter in filter(_is_size, sizes):
        found[letter] = f"{letter} = 1" if sizes[letter] == 1 else f"{letter} > 1"
    if "D" in sizes and "H" in sizes:
        found["D and H"] = "D = H" if sizes["D"] == sizes["H"] else "D ≠ H"
    found["dtype"] = situation.case.dtype
    return found
