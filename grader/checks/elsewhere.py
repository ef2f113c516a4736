"""Inputs that only the trusted side can draw, since whoever draws them must know what is right.

The generator of such a task is named as its reference is, and is neither in the wheel nor in the sandbox. A kernel gets
the inputs of its run as arrays, with the run's file; a student's machine has those of the public cases, recorded beside
the expected outputs.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from grader.checks.errors import MissingExpected

FOLDER = Path(__file__).parent / "expected"
Key = tuple[str, str, int]
"""A task's name, a case's label, a seed."""
Packed = dict[str, Any]
"""Inputs as JSON: {"npy": …} for an array, anything else as it is."""
_sent: dict[Key, Packed] = {}


def pack_inputs(inputs: Mapping[str, Any]) -> Packed:
    """The inputs, ready for JSON."""
    from grader.checks.answers import to_npy

    return {name: {"npy": to_npy(value)} if isinstance(value, np.ndarray) else value for name, value in inputs.items()}


def unpack_inputs(packed: Packed) -> dict[str, Any]:
    """Fresh inputs, as they were packed."""
    from grader.checks.answers import from_npy

    return {name: from_npy(value["npy"]) if isinstance(value, dict) else value for name, value in packed.items()}


def send(inputs: Mapping[Key, Packed]) -> None:
    """Have these inputs at hand, for the rest of the process."""
    _sent.update(inputs)


def generator(name: str) -> Callable[..., Any] | None:
    """The generator called "module:name"; None where the trusted side is not installed."""
    module, _, function = name.partition(":")
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    except ModuleNotFoundError:
        return None
    return found


def inputs_at_hand(module: str, key: Key, folder: Path = FOLDER) -> dict[str, Any]:
    """The inputs that were sent, or recorded for a public case.

    Raises:
        MissingExpected: neither.
    """
    packed = _sent.get(key) or _recorded(module, folder).get(key)
    if packed is None:
        raise MissingExpected(f"the inputs of {key[0]} / {key[1]} are not here: install the workbook again")
    return unpack_inputs(packed)


@cache
def _recorded(module: str, folder: Path) -> dict[Key, Packed]:
    path = folder / f"{module.replace('.', '/')}.inputs.json"
    if not path.exists():
        return {}
    return {(task, label, seed): packed for task, label, seed, packed in json.loads(path.read_text(encoding="utf-8"))}
