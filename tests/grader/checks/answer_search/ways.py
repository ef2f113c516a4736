"""Ways to call something with a task's inputs: in the order of the exercise, by name, in any order, as tensors."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from grader.checks.task import Case
from tests.grader.checks.answer_search.drawn import Draw
from tests.grader.checks.answer_search.importable import Candidate

ALL = ("*by name", "*side by side", "*as handed over")
"""All inputs in one argument: a dict, a list, and a list of what the answer is handed."""
FLAVOURS = ("arrays", "tensors", "places", "in lists")
"""What arrays are handed over as."""
SPECIAL = ("rng", "n", "case", "task", "device", *"TBDHOKLMNQ")
"""What `_special` may know."""


class Obliging(dict[str, Any]):
    """The options of a case that say the same to every question."""

    def get(self, name: object, default: object = None) -> Any:
        return self["all"]


def _special(name: str, draw: Draw) -> Any:
    """What a parameter of that name gets where no input is called so; None where nothing is known.

    A generator of inputs gets what this draw's had, so that what else it computes of these inputs is seen.
    """
    rng = np.random.default_rng(draw.seed)
    sizes = draw.case.drawn_sizes(rng)
    known = {"rng": rng, "n": sizes, "case": draw.case, "any case": Case("any", {}, options=Obliging(all=0))}
    return {**sizes, **known, "task": draw.task, "device": "cpu"}.get(name)


def ways(candidate: Candidate, draw: Draw, most: int) -> list[tuple[str, ...]]:
    """Names of what to call it with: in the order of the exercise, by name, in any order; at most so many of each."""
    fewest, names, any_number = _parameters(candidate)
    if not names and not any_number:
        return [()]
    found: list[tuple[str, ...]] = [(each,) for each in ALL] if fewest <= 1 else []
    if fewest <= len(draw.handed) <= (len(draw.handed) if any_number else len(names)):
        found.append(tuple(draw.handed))
    found += itertools.islice(_by_name(names[: fewest or 1], draw), most)
    for number in {max(fewest, 1), min(len(names), len(draw.pool))} - {0}:
        found += itertools.islice(itertools.permutations(draw.pool, number), most)
    return list(dict.fromkeys(found))


def _parameters(candidate: Candidate) -> tuple[int, list[str], bool]:
    """How many it needs, the names of those it takes by position, and whether it takes any number."""
    try:
        signature = inspect.signature(candidate.call)
    except (TypeError, ValueError):
        return 1, ["", "", ""], False
    places = [
        one for one in signature.parameters.values() if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    places = places[1:] if candidate.wants_self else places
    any_number = any(one.kind is one.VAR_POSITIONAL for one in signature.parameters.values())
    return sum(one.default is one.empty for one in places), [one.name for one in places], any_number


def _by_name(names: Sequence[str], draw: Draw) -> Iterator[tuple[str, ...]]:
    """The input of its name for each parameter, or what is known of it; the others in any order for the rest."""
    known = {name: name if name in draw.pool else f"#{name}" for name in names if name in draw.pool or name in SPECIAL}
    missing = [name for name in names if name not in known]
    rest = [name for name in draw.pool if name not in known]
    for order in itertools.permutations(rest, len(missing)) if known else ():
        chosen = known | dict(zip(missing, order, strict=True))
        yield tuple(chosen[name] for name in names)
        if "case" in known:
            yield tuple("#any case" if name == "case" else chosen[name] for name in names)


def arguments(way: Sequence[str], draw: Draw, flavour: str) -> list[Any]:
    """What these names stand for: fresh copies."""
    return [_argument(name, draw, flavour) for name in way]


def _argument(name: str, draw: Draw, flavour: str) -> Any:
    if name.startswith("#"):
        return _special(name[1:], draw)
    if name in ALL:
        inputs = draw.handed if name == ALL[2] else draw.inputs
        values = {each: handed_over_as(flavour, value) for each, value in inputs.items()}
        return values if name == ALL[0] else list(values.values())
    return handed_over_as(flavour, draw.pool[name])


def handed_over_as(flavour: str, value: Any) -> Any:
    """A copy of a value, with what stands for arrays in that flavour."""
    if isinstance(value, (list, tuple)):
        return type(value)(handed_over_as(flavour, each) for each in value)
    if isinstance(value, dict):
        return {name: handed_over_as(flavour, each) for name, each in value.items()}
    if not isinstance(value, np.ndarray):
        return value
    if flavour == "tensors":
        return torch.tensor(value)
    if flavour == "places":
        return np.flatnonzero(value).tolist() if value.dtype.kind == "b" else value.tolist()
    return [value.copy()] if flavour == "in lists" else value.copy()
