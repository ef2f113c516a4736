"""The known mistakes, as a student's machine has them: what each makes of the public cases, by signatures.

No code, no right answer, and nothing of hidden cases: a mistake that shows only there is not among them. Written by
`grader mistakes`, a line for each mistake, into ``expected/<module>.mistakes.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from grader.checks import signatures
from grader.checks.answers import Answer
from grader.checks.compare import Finding
from grader.checks.expected import FOLDER, expected_outputs, file_of, noise_floors
from grader.checks.fits import Fit, Made, Seen, explaining, see, wrong_cells
from grader.checks.task import Task

ENDING = "mistakes.json"


@dataclass(frozen=True)
class KnownMistake:
    """A mistake, as a student's machine knows it: what is said of it, and what it makes of the public cases.

    Attributes:
        says: the sentence.
        rest_is_right: whether the sentence says that the other outputs are right.
        made: by the case's label; a case that is not there comes out right.
    """

    says: str
    rest_is_right: bool
    made: Mapping[str, Made]


def sentences(
    task: Task, answers: Sequence[Answer], findings: Sequence[Finding], folder: Path = FOLDER
) -> tuple[str, ...]:
    """What is said of the known mistakes that answers to public cases show; often nothing.

    Where mistakes of which different things would be said come out the same on the public cases, nothing is.

    Args:
        task, answers: a student's.
        findings: of all answers: one for each output of the task.
        folder: where `grader mistakes` wrote them.
    """
    if all(finding.kind in ("right", "unwritten") for finding in findings):
        return ()
    width, seen = len(task.outputs), []
    for place, answer in enumerate(answers):
        case = task.case(answer.case)
        own = findings[place * width : (place + 1) * width]
        seen.append(see(task, answer, own, expected_outputs(task, case), noise_floors(task, case)))
    fits = [(mistake, fit) for mistake in known(task, folder) if (fit := _fit(mistake, answers, seen))]
    groups = [{mistake.says for mistake in group} for group in explaining(fits, wrong_cells(seen))]
    return tuple(dict.fromkeys(says for group in groups if len(group) == 1 for says in group))


def _fit(mistake: KnownMistake, answers: Sequence[Answer], seen: Sequence[Seen]) -> Fit | None:
    fit = Fit(mistake.rest_is_right)
    pairs = enumerate(zip(answers, seen, strict=True))
    fits = all(fit.add(place, own, mistake.made.get(answer.case, Made())) for place, (answer, own) in pairs)
    return fit if fits else None


def known(task: Task, folder: Path = FOLDER) -> list[KnownMistake]:
    """The mistakes known for a task; none where none were written."""
    shapes = {case.label: shapes_of(expected_outputs(task, case)) for case in task.cases if case.public}
    return [
        KnownMistake(
            entry["says"],
            entry.get("rest_is_right", False),
            {label: read(values, shapes[label]) for label, values in entry["made"].items()},
        )
        for entry in entries(file_of(folder, task.module, ENDING))
        if entry["task"] == task.name
    ]


@cache
def entries(path: Path) -> list[dict[str, Any]]:
    """What is written of the mistakes of a lesson's module; nothing where there is no file."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return found


def shapes_of(outputs: Mapping[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    """The shape of each output."""
    return {name: np.shape(array) for name, array in outputs.items()}


def written(made: Made, shapes: Mapping[str, tuple[int, ...]], limits: Mapping[str, float]) -> Any:
    """What a mistake makes of a case as JSON values.

    Args:
        made: what it makes.
        shapes: the shapes of the right outputs, which are not written.
        limits: the largest error of each output that is still right.
    """
    if made.problem is not None:
        return made.problem
    return {
        name: kept if isinstance(kept, str) else signatures.written(kept, shapes[name], limits[name])
        for name, kept in made.wrong.items()
    }


def read(values: Any, shapes: Mapping[str, tuple[int, ...]]) -> Made:
    """What `written` wrote."""
    if isinstance(values, int):
        return Made(values)
    return Made(
        wrong={
            name: kept if isinstance(kept, str) else signatures.read(kept, shapes[name])
            for name, kept in values.items()
        }
    )
