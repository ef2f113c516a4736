"""What each misconception makes of the recorded inputs, as it was recorded: signatures, so that no module need be run.

A line of ``references/<device>/<module>.mistakes.json`` holds an entry's ``task`` and ``name``, the `digest` of what it
was made from, what the entry ``made`` of each case and, on the CPU, what it makes of the ``public`` ones on a student's
machine. An entry that changed since then is not taken from there: it is run.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from grader.checks.expected import file_of
from grader.checks.failure import MISMATCH, failure_of, without_numbers
from grader.checks.fits import Made
from grader.checks.known_mistakes import ENDING, entries, read, shapes_of
from grader.checks.task import Task, find_task
from grader.marking.answers import references
from grader.marking.answers.misconceptions.entries import Misconception, bank
from grader.marking.answers.references.recorded import FOLDER

FORMAT = 1
"""Goes up where signatures, or what is written of them, become others; then all are recorded again."""


SAID = inspect.getsource(failure_of) + inspect.getsource(without_numbers) + MISMATCH.pattern
"""What is kept of an exception: where that changes, all are recorded again."""


@cache
def stored(name: str, device: str) -> Mapping[Misconception, Mapping[str, Made]]:
    """What the misconceptions of a task made of its recorded inputs: entry → case's label → that.

    A device of which nothing is recorded has the CPU's. An entry that was not recorded as it is now is left out.
    """
    task = find_task(name)
    recorded = references.recording(task.module)
    shapes = {label: shapes_of(recorded.outputs(name, label)) for label in recorded.seeds[name]}
    files = [file_of(FOLDER / each, task.module, ENDING) for each in (device, "cpu")]
    lines = {line["digest"]: line["made"] for line in entries(next(filter(Path.exists, files), files[-1]))}
    return {
        entry: {label: read(lines[key].get(label, {}), shapes[label]) for label in shapes}
        for entry in bank(task)
        if (key := digest(task, entry)) in lines
    }


def digest(task: Task, entry: Misconception, seeds: Mapping[str, int] | None = None) -> str:
    """What an entry's outcome depends on, in 16 characters: the entry, the module that it edits, the recorded inputs.

    Args:
        task, entry: the task and its entry.
        seeds: of the recorded inputs by the case's label; by default those in the tree.
    """
    text = repr((FORMAT, SAID, task.name, entry, _inputs(task.name) if seeds is None else _described(task, seeds)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _inputs(task: str) -> str:
    found = find_task(task)
    return _described(found, references.recording(found.module).seeds.get(task, {}))


def _described(task: Task, seeds: Mapping[str, int]) -> str:
    """The reference's module, and the cases with the seeds of their recorded inputs."""
    source = inspect.getsource(importlib.import_module(task.reference.partition(":")[0]))
    cases = [
        (case.label, sorted(case.sizes.items()), case.dtype, case.public, seeds.get(case.label)) for case in task.cases
    ]
    outputs = [(output.name, output.exact) for output in task.outputs]
    return hashlib.sha256(repr((source, cases, outputs)).encode()).hexdigest()
