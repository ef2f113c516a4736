"""The expected outputs of the public cases, and the noise floors: what `grader record` wrote into ``expected/``."""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path

import numpy as np

from grader.checks.errors import MissingExpected
from grader.checks.task import Case, Task

FOLDER = Path(__file__).parent / "expected"
Floors = dict[str, dict[str, dict[str, float]]]
"""Noise floors by task, case and output."""


def public_seed(task: Task, case: Case) -> int:
    """The seed of a public case's inputs: CRC-32 of "task/case", the same for everybody."""
    return zlib.crc32(f"{task.name}/{case.label}".encode())


def expected_outputs(task: Task, case: Case, folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """The reference's outputs of a public case by name: float64, or the bool or integer dtype of an exact output.

    Raises:
        MissingExpected: they were not recorded.
    """
    arrays, _ = _load(task.module, folder)
    keys = {output.name: f"{task.name}/{case.label}/{output.name}" for output in task.outputs}
    if missing := [key for key in keys.values() if key not in arrays]:
        raise MissingExpected(f"{missing[0]} was not recorded: update the workbook, or run `grader record`")
    return {name: arrays[key] for name, key in keys.items()}


def noise_floors(task: Task, case: Case, folder: Path = FOLDER) -> dict[str, float]:
    """The measured noise floor of each output of a case; {} where none was measured."""
    _, floors = _load(task.module, folder)
    return floors.get(task.name, {}).get(case.label, {})


def file_of(folder: Path, module: str, ending: str) -> Path:
    """Where a module's file lies: ``srn.json``, ``applications/speech.json``."""
    return folder / f"{module.replace('.', '/')}.{ending}"


@cache
def _load(module: str, folder: Path) -> tuple[dict[str, np.ndarray], Floors]:
    try:
        with np.load(file_of(folder, module, "npz"), allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
        floors: Floors = json.loads(file_of(folder, module, "json").read_text(encoding="utf-8"))["floors"]
    except FileNotFoundError as missing:
        raise MissingExpected(
            f"{Path(missing.filename).name} is missing: install the workbook again, or run `grader record`"
        ) from None
    return arrays, floors
