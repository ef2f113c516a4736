"""Right answers as `grader record` wrote them: one ``.npz`` and one ``.json`` for each lesson and device."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from grader.checks.device import DEVICES
from grader.checks.errors import GraderError
from grader.checks.expected import file_of

FOLDER = Path(__file__).parent
FORMAT = 1


class MissingRecording(GraderError):
    """No references were recorded for that lesson on that device."""


@dataclass(frozen=True)
class Recorded:
    """The recording of one lesson on one device.

    Attributes:
        module: the lesson's module, such as "srn".
        device: "cpu" or "cuda".
        meta: "device_name" and "versions" (python, numpy, torch, cuda) of the machine that recorded.
        seeds: task's name → case's label → seed of the recorded inputs.
        gains: the same keys → largest singular value of the recurrence, or None.
        floors: the same keys → output's name → measured noise floor.
        arrays: "task/case/output" → float64 run, "task/case/output@float32" → float32 run.
    """

    module: str
    device: str
    meta: Mapping[str, object]
    seeds: Mapping[str, Mapping[str, int]]
    gains: Mapping[str, Mapping[str, float | None]]
    floors: Mapping[str, Mapping[str, Mapping[str, float]]]
    arrays: Mapping[str, np.ndarray]

    def outputs(self, task: str, case: str, dtype: str = "float64") -> dict[str, np.ndarray]:
        """The recorded outputs of a case by name; float64 is what answers are compared with, whatever the case's dtype.

        Raises:
            MissingRecording: the case is not in the recording.
        """
        prefix, suffix = f"{task}/{case}/", "" if dtype == "float64" else f"@{dtype}"
        names = self.floors.get(task, {}).get(case)
        if names is None:
            raise MissingRecording(f"{task} / {case} was not recorded on {self.device}; {_advice(self.device)}")
        return {name: self.arrays[prefix + name + suffix] for name in names}


def load(module: str, device: str, folder: Path = FOLDER) -> Recorded:
    """The recording of a lesson's module on a device.

    Raises:
        MissingRecording: there is none; the message says how to make it.
    """
    read = _facts(module, device, folder)
    with np.load(file_of(folder / device, module, "npz"), allow_pickle=False) as stored:
        kept = {key: stored[key] for key in stored.files}
    return Recorded(
        module, device, {key: read[key] for key in ("device_name", "versions")}, *_columns(read["tasks"]), kept
    )


def _facts(module: str, device: str, folder: Path) -> dict[str, Any]:
    """All of a recording but its arrays.

    Raises:
        MissingRecording: as `load`.
    """
    facts, arrays = file_of(folder / device, module, "json"), file_of(folder / device, module, "npz")
    if not facts.exists() or not arrays.exists():
        raise MissingRecording(f"no references of {module} for {device}; {_advice(device)}")
    read: dict[str, Any] = json.loads(facts.read_text(encoding="utf-8"))
    if read.get("format") != FORMAT:
        raise MissingRecording(f"{facts} has format {read.get('format')}, not {FORMAT}; {_advice(device)}")
    return read


@cache
def recording(module: str) -> Recorded:
    """The CPU's recording of a lesson's module, read once."""
    return load(module, "cpu")


@cache
def recorded_seeds(module: str) -> Mapping[str, Mapping[str, int]]:
    """The seeds of the CPU's recording of a lesson's module, read once, and without its arrays."""
    return _columns(_facts(module, "cpu", FOLDER)["tasks"])[0]


@cache
def recorded_floors(module: str) -> dict[str, dict[str, dict[str, float]]]:
    """`floors` of a lesson's module, read once."""
    return floors(module)


def devices(module: str, folder: Path = FOLDER) -> list[str]:
    """The devices for which this lesson has a recording."""
    return [device for device in DEVICES if file_of(folder / device, module, "json").exists()]


def floors(module: str, folder: Path = FOLDER) -> dict[str, dict[str, dict[str, float]]]:
    """Noise floors by task, case and output: the worst over all devices recorded."""
    worst: dict[str, dict[str, dict[str, float]]] = {}
    for device in devices(module, folder):
        for task, cases in _facts(module, device, folder)["tasks"].items():
            for case, outputs in ((case, facts["floor"]) for case, facts in cases.items()):
                seen = worst.setdefault(task, {}).setdefault(case, {})
                for name, floor in outputs.items():
                    seen[name] = max(floor, seen.get(name, 0.0))
    return worst


def _columns(tasks: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """{task: {case: {"seed", "gain", "floor"}}} → one such dict for each of the three."""
    seeds, gains, floors = (
        {task: {case: facts[column] for case, facts in cases.items()} for task, cases in tasks.items()}
        for column in ("seed", "gain", "floor")
    )
    return seeds, gains, floors


def _advice(device: str) -> str:
    return f"run `grader record --device {device}` on a machine that has one"
