"""Which misconceptions a student's answers show.

An entry of the bank is named when the student's outputs equal the entry's wherever the two can be compared, in every
output that the mistake touches, and when it explains at least one thing that is wrong. So a right answer is never
named, and two independent mistakes, each in its own output, are both found. An entry whose sentence says that the other
outputs are right is named only where they are. Where something is left that no entry explains, `pairs` looks for two
that explain everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from grader.checks import tolerance as policy
from grader.checks.answers import Answer
from grader.checks.arithmetic import reference_arithmetic
from grader.checks.compare import compare
from grader.checks.device import on_device, pick_device
from grader.checks.task import Output, Task, find_task
from grader.marking.answers import references
from grader.marking.answers.misconceptions import pairs
from grader.marking.answers.misconceptions.entries import Misconception, bank, outputs_of

Cell = tuple[int, str]
"""Index of an answer, name of an output."""
Floors = Mapping[str, Mapping[str, float]]
Outputs = Mapping[str, np.ndarray]


def named(
    task: Task,
    answers: Sequence[Answer],
    floors: Floors | None = None,
    right: Sequence[Outputs] | None = None,
    device: str | None = None,
) -> list[Misconception]:
    """The misconceptions that explain a student's answers to a task, the one that explains most first; often none.

    Each named one explains something that those before it do not. Of entries that explain the same, the one that fails
    in the same cases as the student is named, then the first in the bank.

    Args:
        answers: the student's, to any cases and seeds of the task.
        floors: noise floors by case and output; by default those recorded.
        right: the reference's outputs for each answer, where they are known already.
        device: where PyTorch runs the solutions with mistakes; by default on `grader.checks.device.pick_device`.
    """
    if all(answer.problem is not None and answer.problem.kind == "unwritten" for answer in answers):
        return []
    device = device or str(pick_device())
    if right is None:
        right = [references.reference_outputs(task, task.case(answer.case), answer.seed, device) for answer in answers]
    known = frozenset() if floors is not None else _recorded_inputs(task)
    floors = references.recorded_floors(task.module)[task.name] if floors is None else floors
    # recorded inputs first: the entries' outputs on them are cached, and rule most entries out
    answered = sorted(zip(answers, right, strict=True), key=lambda pair: (pair[0].case, pair[0].seed) not in known)
    unexplained = {(i, name) for i, pair in enumerate(answered) for name in _wrong(task, *pair, floors)}
    if not unexplained:
        return []
    fits = [_fit(task, entry, answered, floors, known, device) for entry in bank(task)]
    wrong, found = frozenset(unexplained), []
    for fit in sorted(fits, key=lambda fit: (-len(fit.explained & unexplained), fit.unlike)):
        if fit.explained & unexplained:
            found.append(fit.entry)
            unexplained -= fit.explained
    both = _both(task, answered, wrong, floors, known, device) if unexplained else ()
    return [*both] or found


def _both(
    task: Task,
    answered: Sequence[tuple[Answer, Outputs]],
    wrong: frozenset[Cell],
    floors: Floors,
    known: frozenset[tuple[str, int]],
    device: str,
) -> tuple[Misconception, ...]:
    """Two entries that explain together all that is wrong."""
    asked = [(i, answer) for i, (answer, _) in enumerate(answered) if (answer.case, answer.seed) in known]
    asked = asked[:2] if task.torch else asked  # PyTorch's take their time

    def spoiled(entry: Misconception) -> frozenset[Cell]:
        outcomes = ((i, _known_outcome(task.name, entry, each.case, each.seed, device)) for i, each in asked)
        return frozenset((i, name) for i, (_, names) in outcomes for name in names)

    def explains(i: int, theirs: Answer) -> frozenset[str] | None:
        answer, right = answered[i]
        if theirs.problem and not answer.problem:
            return None
        names = _wrong(task, theirs, right, floors)
        alike = {each.name: _same(each, answer, theirs, _limit(task, answer, each, floors)) for each in task.outputs}
        contradicted = theirs.problem is None and any(alike[name] is False for name in names)
        return None if contradicted else frozenset(name for name in names if alike[name])

    everything = {entry: spoiled(entry) for entry in bank(task)}
    return pairs.both(task, [answer for answer, _ in answered], wrong, everything, explains, device)


@dataclass(frozen=True)
class _Fit:
    """How well an entry fits a student's answers: what it explains, and how many answers only one of the two failed."""

    entry: Misconception
    explained: frozenset[Cell] = frozenset()
    unlike: int = 0


def _wrong(task: Task, answer: Answer, right: Outputs, floors: Floors) -> frozenset[str]:
    """Names of the outputs that are wrong in one case."""
    findings = compare(task, task.case(answer.case), answer, right, floors.get(answer.case, {}))
    return frozenset(finding.output for finding in findings if not finding.right)


def _recorded_inputs(task: Task) -> frozenset[tuple[str, int]]:
    return frozenset(references.recording(task.module).seeds[task.name].items())


@cache
def _known_outcome(
    name: str, entry: Misconception, label: str, seed: int, device: str
) -> tuple[Answer, frozenset[str]]:
    """An entry's answer to recorded inputs, and the names of the outputs that are wrong in it."""
    task = find_task(name)
    right = references.reference_outputs(task, task.case(label), seed, device)
    theirs = _theirs(name, entry, label, seed, device)
    return theirs, _wrong(task, theirs, right, references.recorded_floors(task.module)[task.name])


@lru_cache(maxsize=2000)
def _theirs(name: str, entry: Misconception, label: str, seed: int, device: str) -> Answer:
    """An entry's answer to a case."""
    task = find_task(name)
    with on_device(device), reference_arithmetic():
        return outputs_of(task, entry, task.case(label), seed)


def _fit(
    task: Task,
    entry: Misconception,
    answered: Sequence[tuple[Answer, Outputs]],
    floors: Floors,
    known: frozenset[tuple[str, int]],
    device: str,
) -> _Fit:
    """What the entry explains: where both are wrong alike; nothing if they differ in an output that it makes wrong."""
    touched: set[str] = set()
    differing: set[str] = set()
    explained: set[Cell] = set()
    unlike = 0
    for i, (answer, right) in enumerate(answered):
        if (answer.case, answer.seed) in known:
            theirs, wrong = _known_outcome(task.name, entry, answer.case, answer.seed, device)
        else:
            theirs = _theirs(task.name, entry, answer.case, answer.seed, device)
            wrong = _wrong(task, theirs, right, floors)
        if theirs.problem is not None and answer.problem is None:
            return _Fit(entry)
        same = {
            output.name: _same(output, answer, theirs, _limit(task, answer, output, floors)) for output in task.outputs
        }
        if theirs.problem is None:
            touched |= wrong
        differing |= {name for name in same if same[name] is False}
        explained |= {(i, name) for name in wrong if same[name]}
        unlike += (answer.problem is None) != (theirs.problem is None)
        if touched & differing or (differing and entry.rest_is_right):
            return _Fit(entry)
    return _Fit(entry, frozenset(explained), unlike)


def _limit(task: Task, answer: Answer, output: Output, floors: Floors) -> float:
    floor = floors.get(answer.case, {}).get(output.name, 0.0)
    return 0.0 if output.exact else policy.tolerance(task.case(answer.case).dtype, floor)


def _same(output: Output, answer: Answer, theirs: Answer, limit: float) -> bool | None:
    """Whether a student's output equals an entry's; None where another problem prevents comparing."""
    if answer.problem is not None:
        return True if theirs.problem is not None and answer.problem.like(theirs.problem) else None
    got, made = (output.result(each.outputs[output.name]) for each in (answer, theirs))
    return _same_array(got, made, limit)


def _same_array(got: np.ndarray, theirs: np.ndarray, limit: float) -> bool | None:
    if got.shape != theirs.shape:
        return False
    finite, theirs_finite = np.isfinite(got), np.isfinite(theirs)
    if theirs_finite.all() and not finite.all():
        return None
    odd_alike = np.array_equal(got[~finite], theirs[~theirs_finite], equal_nan=True)
    if not odd_alike or not np.array_equal(finite, theirs_finite):
        return False
    return bool(np.all(policy.error(got[finite], theirs[finite]) <= limit))
