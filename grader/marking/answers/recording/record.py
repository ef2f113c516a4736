"""Record references: ``python -m grader.marking.answers.recording --device cpu``.

Files written for a lesson's module on a device:

    grader/marking/answers/references/<device>/<module>.npz, .json   what `grader.marking.answers.references.load` reads
    grader/checks/expected/<module>.npz                      outputs of the public cases (on the CPU only)
    grader/checks/expected/<module>.inputs.json              inputs of public cases that a student's machine cannot draw
    grader/checks/expected/<module>.json                     noise floors, the worst over the devices recorded

and what the bank of misconceptions makes of the same inputs: `grader.marking.answers.recording.mistakes`.

Needs NumPy and PyTorch alone, so that it runs on a bare machine with a GPU. Recorded seeds are kept, and the same
machine writes the same bytes again. PyTorch tasks run on the device; NumPy tasks on that machine's CPU.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.checks import expected as public
from grader.checks.arithmetic import let_cublas_repeat, reference_arithmetic
from grader.checks.device import DEVICES, gpu_seats, on_device
from grader.checks.elsewhere import pack_inputs
from grader.checks.errors import GraderError
from grader.checks.task import LESSONS, Case, Task, tasks_of
from grader.checks.tasks.drawing import MAX_GAIN
from grader.marking.answers.recording import noise
from grader.marking.answers.recording.mistakes import mistakes_of
from grader.marking.answers.references import recorded
from grader.marking.answers.references.live import cast, reference, reference_outputs, run


class TooWild(GraderError):
    """A case whose recurrence is not contractive enough to be marked by number."""


@dataclass(frozen=True)
class Failed:
    """What could not be recorded, and why.

    Attributes:
        module: the lesson's module.
        task, case: which of its tasks, and in which case; "" where it was not one of them.
        why: the exception in words.
    """

    module: str
    task: str
    case: str
    why: str

    def __str__(self) -> str:
        return f"{' / '.join(part for part in (self.module, self.task, self.case) if part)}: {self.why}"


class NotRecorded(GraderError):
    """Some modules could not be recorded; the message lists all that failed, a task and a case in a line."""

    def __init__(self, failed: Sequence[Failed]) -> None:
        super().__init__("\n".join(["not recorded:", *(f"  {one}" for one in failed)]))
        self.failed = tuple(failed)


@dataclass
class Recording:
    """What came of recording one module: the files written, or what failed; then nothing is written for it."""

    module: str
    written: list[Path] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)


def record(
    device: str,
    lessons: Sequence[str] = tuple(LESSONS),
    references: Path = recorded.FOLDER,
    expected: Path = public.FOLDER,
    jobs: int = 1,
    on_progress: Callable[[Recording], None] = lambda recording: None,
) -> list[Path]:
    """Record the references of some lessons' modules on a device.

    A case that fails stops no other: all cases of all modules are tried.

    Args:
        device: "cpu" or "cuda".
        lessons: modules, such as "srn".
        references, expected: where the files go.
        jobs: how many modules are recorded side by side, each in a process of its own; with 1, in this process.
        on_progress: called when a module is done.

    Returns:
        the files written.

    Raises:
        NotRecorded: some cases failed, such as those that are too wild or too noisy; nothing is written for their
            modules, the others are recorded.
        GraderError: no such device or lesson; nothing is written.
    """
    _require(device, lessons)
    let_cublas_repeat()
    run_module = _record_module if jobs == 1 else _record_in_a_process
    with ThreadPoolExecutor(jobs) as pool:
        each = [pool.submit(run_module, module, device, references, expected) for module in lessons]
        for future in as_completed(each):
            on_progress(future.result())
    found = [future.result() for future in each]
    if failed := [one for recording in found for one in recording.failed]:
        raise NotRecorded(failed)
    return [path for recording in found for path in recording.written]


def side_by_side(device: str) -> int:
    """How many modules are recorded at a time: one a processor, and no more than fit into the GPU's free memory."""
    most = min(len(LESSONS), len(os.sched_getaffinity(0)))
    return gpu_seats(most) if device == "cuda" else most


def _require(device: str, lessons: Sequence[str]) -> None:
    """Make sure that device and lessons are there.

    Raises:
        GraderError: one is not.
    """
    if device not in DEVICES:
        raise GraderError(f"there is no device {device!r}; the devices are: {', '.join(DEVICES)}")
    if device == "cuda" and not torch.cuda.is_available():
        raise GraderError("this machine has no CUDA device that PyTorch can use; record with --device cpu here")
    for module in lessons:
        if module not in LESSONS:
            raise GraderError(f"there is no lesson {module!r}; the lessons are: {', '.join(LESSONS)}")


def _record_in_a_process(module: str, device: str, references: Path, expected: Path) -> Recording:
    """`_record_module` in a process of its own: one that dies stops no other module."""
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), torch.set_num_threads, (1,)) as process:
            return process.submit(_record_module, module, device, references, expected).result()
    except Exception as failure:
        return Recording(module, failed=[Failed(module, "", "", _in_words(failure))])


def _record_module(module: str, device: str, references: Path, expected: Path) -> Recording:
    tasks, seeds, done = list(tasks_of(module).values()), _known_seeds(module, references), Recording(module)
    facts: dict[str, dict[str, Any]] = {task.name: {} for task in tasks}
    arrays: dict[str, np.ndarray] = {}
    shown: dict[str, np.ndarray] = {}
    with on_device(device), reference_arithmetic():
        for task in tasks:
            for case in task.cases:
                with _noting(done, task, case):
                    facts[task.name][case.label] = _facts(task, case, device, seeds)
                    arrays |= _recorded_arrays(task, case, facts[task.name][case.label]["seed"])
                    shown |= _public_arrays(task, case)
    if not done.failed:
        read = {"format": recorded.FORMAT, "module": module, "device": device, **_machine(device), "tasks": facts}
        done.written = _write(references / device, module, read, arrays)
        # what students' machines need: outputs of the public cases, which are the CPU's, and every floor
        floors = {"floors": recorded.floors(module, references)}
        done.written += _write(expected, module, floors, shown if device == "cpu" else None)
        done.written += _write_inputs(expected, module, tasks) if device == "cpu" else []
        done.written += mistakes_of(module, device, references, expected)
    return done


@contextmanager
def _noting(done: Recording, task: Task, case: Case) -> Iterator[None]:
    """Inside, an exception is caught, and noted with the task's and the case's name."""
    try:
        yield
    except Exception as failure:  # a driver's, a solution's, PyTorch's: whatever comes, the other cases are tried
        done.failed.append(Failed(done.module, task.name, case.label, _in_words(failure)))


def _in_words(failure: Exception) -> str:
    """The exception on one line."""
    return " ".join(f"{type(failure).__name__}: {failure}".split())[:500]


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


def _recorded_arrays(task: Task, case: Case, seed: int) -> dict[str, np.ndarray]:
    """A case in float64 (from inputs in the case's dtype), and in float32 under names that end in "@float32"."""
    double = reference_outputs(task, case, seed)
    with np.errstate(over="ignore"):  # entries of 1e200 become infinite
        inputs = cast(task.draw(case, seed), "float32")
    single = run(task, reference(task), inputs)
    prefix = f"{task.name}/{case.label}"
    found = {f"{prefix}/{name}": array for name, array in double.items()}
    return found | {f"{prefix}/{name}@float32": array for name, array in single.items()}


def _public_arrays(task: Task, case: Case) -> dict[str, np.ndarray]:
    """The outputs that students' machines need: those of a public case, with its own seed."""
    if not case.public:
        return {}
    found = reference_outputs(task, case, public.public_seed(task, case))
    return {f"{task.name}/{case.label}/{name}": array for name, array in found.items()}


def _write_inputs(folder: Path, module: str, tasks: Sequence[Task]) -> list[Path]:
    """The inputs of the public cases of tasks whose generator students do not have; no file where there are none."""
    inputs = []
    for task in (task for task in tasks if isinstance(task.inputs, str)):
        for case in (case for case in task.cases if case.public):
            seed = public.public_seed(task, case)
            inputs.append([task.name, case.label, seed, pack_inputs(task.draw(case, seed))])
    path = public.file_of(folder, module, "inputs.json")
    if inputs:
        path.write_text("".join(("[\n", ",\n".join(map(json.dumps, inputs)), "\n]\n")), encoding="utf-8")
    return [path] if inputs else []


def _machine(device: str) -> dict[str, Any]:
    cpu = f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}"
    versions = {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__}
    return {
        "device_name": torch.cuda.get_device_name() if device == "cuda" else cpu,
        "versions": {**versions, "cuda": torch.version.cuda if device == "cuda" else None},
    }


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
    """The command: record, and say what was written, as it goes. Exit code 1 if something could not be recorded."""
    parser = argparse.ArgumentParser(
        prog="python -m grader.marking.answers.recording", description="Record reference outputs."
    )
    parser.add_argument("--device", choices=DEVICES, default="cpu")
    parser.add_argument("--jobs", type=int, help=f"modules side by side; by default {side_by_side.__doc__}")
    parser.add_argument(
        "lessons", nargs="*", default=list(LESSONS), metavar="lesson", help="module, such as srn; default: all"
    )
    given = parser.parse_args()
    jobs = max(1, given.jobs or side_by_side(given.device))
    try:
        record(given.device, given.lessons, jobs=jobs, on_progress=say)
    except GraderError as failure:
        parser.exit(1, f"{failure}\n")


def say(recording: Recording) -> None:
    """Print the files written for a module, or what failed."""
    for line in (*recording.written, *recording.failed):
        print(line, flush=True)
