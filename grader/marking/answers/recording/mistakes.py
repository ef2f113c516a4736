"""Record what each misconception makes of the recorded inputs and of the public ones: ``grader mistakes``.

Files written for a lesson's module on a device:

    grader/marking/answers/references/<device>/<module>.mistakes.json   of all cases, for marking
    grader/checks/expected/<module>.mistakes.json                       of the public cases (on the CPU only)

They hold signatures (`grader.checks.signatures`), no outputs. What is recorded already, and has not changed since, is
kept; `grader.marking.answers.misconceptions.stored.digest` says what that depends on.
"""

from __future__ import annotations

import json
import multiprocessing
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.checks import expected as public
from grader.checks.arithmetic import reference_arithmetic
from grader.checks.compare import compare
from grader.checks.device import on_device
from grader.checks.expected import file_of, public_seed
from grader.checks.fits import limit, made, see
from grader.checks.known_mistakes import ENDING, shapes_of, written
from grader.checks.task import LESSONS, Case, Task, find_task, tasks_of
from grader.marking.answers.misconceptions.entries import Misconception, bank, outputs_of
from grader.marking.answers.misconceptions.stored import digest
from grader.marking.answers.references import recorded
from grader.marking.answers.references.live import reference_outputs

Outputs = dict[str, np.ndarray]


def record_mistakes(
    device: str,
    lessons: Sequence[str] = tuple(LESSONS),
    references: Path = recorded.FOLDER,
    expected: Path = public.FOLDER,
    again: bool = False,
    jobs: int = 1,
) -> list[Path]:
    """Record what the bank makes of the inputs whose references are recorded on a device.

    Args:
        device: "cpu" or "cuda".
        lessons: modules, such as "srn".
        references, expected: where the files go.
        again: also what is recorded already.
        jobs: how many modules are recorded side by side, each in a process of its own; with 1, in this process.

    Returns:
        the files that changed.

    Raises:
        BadEdit: an entry does not fit its reference solution.
        MissingRecording: references of a module are not recorded there.
    """
    run = partial(mistakes_of, device=device, references=references, expected=expected, again=again)
    if jobs == 1:
        return [path for module in lessons for path in run(module)]
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        return [path for paths in pool.map(run, lessons) for path in paths]


def mistakes_of(
    module: str, device: str, references: Path = recorded.FOLDER, expected: Path = public.FOLDER, again: bool = True
) -> list[Path]:
    """`record_mistakes` of one module, in this process."""
    own = file_of(references / device, module, ENDING)
    lines = _lines(module, device, references, {} if again else _kept(own))
    files = {own: lines}
    if device == "cpu":
        files[file_of(expected, module, ENDING)] = [line for line in map(shown, lines) if line]
    return [path for path, found in files.items() if _write(path, found)]


def out_of_date(module: str, device: str = "cpu") -> list[str]:
    """The entries of a module's bank that are not recorded as they are now, as "task: entry"; and what is no more."""
    seeds = recorded.load(module, device).seeds
    kept = _kept(file_of(recorded.FOLDER / device, module, ENDING))
    now = {
        digest(task, entry, seeds.get(task.name, {})): f"{task.name}: {entry.name}"
        for task in tasks_of(module).values()
        for entry in bank(task)
    }
    gone = [f"{line['task']}: {line['name']}" for key, line in kept.items() if key not in now]
    return [*(name for key, name in now.items() if key not in kept), *gone]


def shown(line: Mapping[str, Any]) -> dict[str, Any]:
    """What students' machines are given of an entry's line: its sentence, and the public cases; {} if none shows it."""
    if not line.get("public"):
        return {}
    (entry,) = (entry for entry in bank(find_task(line["task"])) if entry.name == line["name"])
    rest = {"rest_is_right": True} if entry.rest_is_right else {}
    return {"task": line["task"], "says": entry.says, **rest, "made": line["public"]}


def _kept(path: Path) -> dict[str, dict[str, Any]]:
    """The lines of a file by their digests."""
    lines = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return {line["digest"]: line for line in lines}


def _lines(module: str, device: str, folder: Path, kept: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A line for each entry of the module's bank."""
    seeds, floors, found = recorded.load(module, device, folder).seeds, recorded.floors(module, folder), []
    with on_device(device), reference_arithmetic(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a mean of nothing, and the like
        for task in (task for task in tasks_of(module).values() if task.name in seeds):
            own, right = seeds[task.name], dict[tuple[str, int], Outputs]()
            for entry in bank(task):
                key = digest(task, entry, own)
                found.append(kept.get(key) or {"task": task.name, "name": entry.name, "digest": key})
                if len(found[-1]) == 3:
                    inputs = [(case, own[case.label]) for case in task.cases]
                    found[-1]["made"] = _made(task, entry, inputs, floors[task.name], right)
                    if device == "cpu":
                        shown = [(case, public_seed(task, case)) for case in task.cases if case.public]
                        found[-1]["public"] = _made(task, entry, shown, floors[task.name], right)
    return found


def _made(
    task: Task,
    entry: Misconception,
    inputs: Iterable[tuple[Case, int]],
    floors: Mapping[str, Mapping[str, float]],
    right: dict[tuple[str, int], Outputs],
) -> dict[str, Any]:
    """What an entry makes of inputs, by the case's label, as JSON values; cases that come out right are left out."""
    found = {}
    for case, seed in inputs:
        if (case.label, seed) not in right:
            right[case.label, seed] = reference_outputs(task, case, seed)
        known, noise = right[case.label, seed], floors[case.label]
        answer = outputs_of(task, entry, case, seed)
        theirs = made(see(task, answer, compare(task, case, answer, known, noise, hints=False), known, noise))
        limits = {output.name: limit(case, output, noise) for output in task.outputs}
        if theirs.wrong or theirs.problem is not None:
            found[case.label] = written(theirs, shapes_of(known), limits)
    return found


def _write(path: Path, lines: Sequence[Mapping[str, Any]]) -> bool:
    """Write the lines; False where the file holds them already."""
    text = "".join(("[\n", ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "\n]\n"))
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True
