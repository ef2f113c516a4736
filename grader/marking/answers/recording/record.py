"""Record references: ``python -m grader.marking.answers.recording --device cpu``.

Files written for a lesson's module on a device:

    grader/marking/answers/references/<device>/<module>.npz, .json   what `grader.marking.answers.references.load` reads
    grader/checks/expected/<module>.npz                      outputs of the public cases (on the CPU only)
    grader/checks/expected/<module>.json                     noise floors, the worst over the devices recorded

Needs NumPy and PyTorch alone, so that it runs on a bare machine with a GPU. Recorded seeds are kept, and the same
machine writes the same bytes again. PyTorch tasks run on the device; NumPy tasks on that machine's CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.checks import expected as public
from grader.checks.device import on_device
from grader.checks.errors import GraderError
from grader.checks.task import LESSONS, Case, Task, tasks_of
from grader.checks.tasks.drawing import MAX_GAIN
from grader.marking.answers.recording import noise
from grader.marking.answers.references import recorded
from grader.marking.answers.references.live import cast, reference, reference_outputs, run


class TooWild(GraderError):
    """A case whose recurrence is not contractive enough to be marked by number."""


def record(
    device: str,
    lessons: Sequence[str] = tuple(LESSONS),
    references: Path = recorded.FOLDER,
    expected: Path = public.FOLDER,
) -> list[Path]:
    """Record the references of some lessons' modules on a device.

    Args:
        device: "cpu" or "cuda".
        lessons: modules, such as "srn".
        references, expected: where the files go.

    Returns:
        the files written.

    Raises:
        GraderError: no such device or lesson, a case that is too wild or too noisy; nothing is written for its lesson.
    """
    written = []
    with _repeatable(device), on_device(device):
        for module in lessons:
            written += _record_lesson(module, device, references, expected)
    return written


def _record_lesson(module: str, device: str, references: Path, expected: Path) -> list[Path]:
    if module not in LESSONS:
        raise GraderError(f"there is no lesson {module!r}; the lessons are: {', '.join(LESSONS)}")
    tasks = list(tasks_of(module).values())
    seeds = _known_seeds(module, references)
    facts = {task.name: {case.label: _facts(task, case, device, seeds) for case in task.cases} for task in tasks}
    arrays = dict(entry for task in tasks for entry in _recorded_arrays(task, facts[task.name]))
    read = {"format": recorded.FORMAT, "module": module, "device": device, **_machine(device), "tasks": facts}
    return _write(references / device, module, read, arrays) + _write_expected(
        module, tasks, device, references, expected
    )


@contextmanager
def _repeatable(device: str) -> Iterator[None]:
    """Inside, results on the device are repeatable and not rounded to TF32.

    Raises:
        GraderError: there is no such device.
    """
    if device not in recorded.DEVICES:
        raise GraderError(f"there is no device {device!r}; the devices are: {', '.join(recorded.DEVICES)}")
    if device == "cuda" and not torch.cuda.is_available():
        raise GraderError("this machine has no CUDA device that PyTorch can use; record with --device cpu here")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA starts
    before = torch.are_deterministic_algorithms_enabled()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def _known_seeds(module: str, folder: Path) -> dict[tuple[str, str], int]:
    """Seeds recorded before, on whatever device: all devices record the same inputs."""
    return {
        (task, case): seed
        for device in recorded.devices(module, folder)
        for task, cases in recorded.load(module, device, folder).seeds.items()
        for case, seed in cases.items()
    }


def _facts(task: Task, case: Case, device: str, seeds: dict[tuple[str, str], int]) -> dict[str, Any]:
    """Seed, gain and noise floor of a case."""
    seed = seeds.get((task.name, case.label))
    seed = secrets.randbelow(2**48) if seed is None else seed
    gains = [task.gain(task.draw(case, each)) for each in (seed, *noise.SEEDS)] if task.gain else []
    if gains and max(gains) > MAX_GAIN:
        raise TooWild(f"{task.name} / {case.label}: gain {max(gains):.2f}, at most {MAX_GAIN}; scale its matrices down")
    return {"seed": seed, "gain": gains[0] if gains else None, "floor": noise.floor(task, case, device)}


def _recorded_arrays(task: Task, facts: dict[str, dict[str, Any]]) -> Iterator[tuple[str, np.ndarray]]:
    """Every case in float64 (from inputs in the case's dtype), and in float32 under names that end in "@float32"."""
    for case in task.cases:
        seed = facts[case.label]["seed"]
        for name, array in reference_outputs(task, case, seed).items():
            yield f"{task.name}/{case.label}/{name}", array
        with np.errstate(over="ignore"):  # entries of 1e200 become infinite
            single = cast(task.draw(case, seed), "float32")
        for name, array in run(task, reference(task), single).items():
            yield f"{task.name}/{case.label}/{name}@float32", array


def _machine(device: str) -> dict[str, Any]:
    cpu = f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}"
    versions = {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__}
    return {
        "device_name": torch.cuda.get_device_name() if device == "cuda" else cpu,
        "versions": {**versions, "cuda": torch.version.cuda if device == "cuda" else None},
    }


def _write_expected(module: str, tasks: list[Task], device: str, references: Path, expected: Path) -> list[Path]:
    """What students' machines need: outputs of the public cases, and every floor. The outputs are the CPU's."""
    read = {"floors": recorded.floors(module, references)}
    if device != "cpu":
        return _write(expected, module, read)
    arrays = {
        f"{task.name}/{case.label}/{name}": array
        for task in tasks
        for case in task.cases
        if case.public
        for name, array in reference_outputs(task, case, public.public_seed(task, case)).items()
    }
    return _write(expected, module, read, arrays)


def _write(folder: Path, module: str, facts: dict[str, Any], arrays: dict[str, np.ndarray] | None = None) -> list[Path]:
    """The module's .json and, where there are arrays, its .npz, whose bytes depend on the arrays alone."""
    files = [public.file_of(folder, module, "json")]
    files[0].parent.mkdir(parents=True, exist_ok=True)
    files[0].write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if arrays is not None:
        files.append(public.file_of(folder, module, "npz"))
        np.savez_compressed(files[1], **arrays)  # type: ignore[arg-type]  # no array is called allow_pickle
    return files


def main() -> None:
    """The command: record, and say what was written."""
    parser = argparse.ArgumentParser(
        prog="python -m grader.marking.answers.recording", description="Record reference outputs."
    )
    parser.add_argument("--device", choices=recorded.DEVICES, default="cpu")
    parser.add_argument(
        "lessons", nargs="*", default=list(LESSONS), metavar="lesson", help="module, such as srn; default: all"
    )
    given = parser.parse_args()
    try:
        for path in record(given.device, given.lessons):
            print(path)
    except GraderError as failure:
        parser.exit(1, f"{failure}\n")
