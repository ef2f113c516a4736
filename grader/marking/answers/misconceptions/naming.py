"""Which misconceptions a student's answers show, by the rule of `grader.checks.fits`.

What every entry makes of the recorded inputs is stored, and rules most of them out; only what still fits is run, on
the inputs that were drawn. Where something is left that no entry explains, `pairs` looks for two
that explain everything.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from grader.checks.answers import Answer
from grader.checks.arithmetic import reference_arithmetic
from grader.checks.compare import Finding, compare
from grader.checks.device import on_device, pick_device
from grader.checks.errors import GraderError
from grader.checks.fits import Cell, Fit, Made, Seen, explaining, made, see, wrong_cells
from grader.checks.task import Task, find_task
from grader.marking.answers import references
from grader.marking.answers.misconceptions import pairs
from grader.marking.answers.misconceptions.entries import Misconception, bank, outputs_of
from grader.marking.answers.misconceptions.stored import stored
from grader.marking.answers.references.drawn_once import drawn_once, seen_unchanged

Floors = Mapping[str, Mapping[str, float]]
Outputs = Mapping[str, np.ndarray]


SECONDS = 2.0
"""CPU time for looking for known mistakes in a notebook; ten times what a wholly wrong one takes."""


class OutOfTime(GraderError):
    """The time for looking for known mistakes in a submission is up."""


class Stopwatch:
    """Adds up the CPU time of this thread over several uses, and says when it is up.

    CPU time, so that a busy machine finds what a quiet one does.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.left = seconds
        self._since = 0.0

    def __enter__(self) -> Stopwatch:
        self._since = time.thread_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.left -= time.thread_time() - self._since

    def look(self) -> None:
        """Go on, if there is time.

        Raises:
            OutOfTime: there is none.
        """
        if time.thread_time() - self._since > self.left:
            raise OutOfTime("the time for looking for known mistakes is up")


def named(
    task: Task,
    answers: Sequence[Answer],
    floors: Floors | None = None,
    right: Sequence[Outputs] | None = None,
    device: str | None = None,
    findings: Sequence[Sequence[Finding]] | None = None,
    clock: Stopwatch | None = None,
) -> list[Misconception]:
    """The misconceptions that explain a student's answers to a task, the one that explains most first; often none.

    Each named one explains something that those before it do not. Of entries that explain the same, the one that fails
    in the same cases as the student is named, then the first in the bank.

    Args:
        answers: the student's, to any cases and seeds of the task.
        floors: noise floors by case and output; by default those recorded.
        right: the reference's outputs for each answer, where they are known already.
        device: where PyTorch runs the solutions with mistakes; by default on `grader.checks.device.pick_device`.
        findings: what comparing each answer found, where that is known already.
        clock: how long it may take; by default without end.

    Raises:
        OutOfTime: it took longer.
    """
    if all(answer.problem is not None and answer.problem.kind == "unwritten" for answer in answers):
        return []
    with clock or Stopwatch(float("inf")) as watch:
        seen = _Answers(task, answers, floors, right, device or str(pick_device()), findings, watch)
        return seen.explained_by(bank(task))


class _Answers:
    """A student's answers to a task, those to recorded inputs first, beside what mistakes make of the same inputs.

    Attributes:
        seen: the answers.
    """

    def __init__(
        self,
        task: Task,
        answers: Sequence[Answer],
        floors: Floors | None,
        right: Sequence[Outputs] | None,
        device: str,
        findings: Sequence[Sequence[Finding]] | None,
        watch: Stopwatch,
    ) -> None:
        self._task, self._device, self._watch = drawn_once(task), device, watch
        self._usual = floors is None
        recorded = frozenset() if floors is not None else frozenset(_seeds(task).items())
        self._floors = references.recorded_floors(task.module)[task.name] if floors is None else floors
        order = sorted(range(len(answers)), key=lambda place: _inputs(answers[place]) not in recorded)
        self._answers = [answers[place] for place in order]
        self._recorded = sum(_inputs(answer) in recorded for answer in answers)
        self._right = [
            right[place] if right else _right(task.name, *_inputs(answers[place]), device) for place in order
        ]
        self.seen = [
            self._see(here, answers[place], findings[place] if findings else None) for here, place in enumerate(order)
        ]

    def explained_by(self, entries: Sequence[Misconception]) -> list[Misconception]:
        """Those entries that explain what is wrong; where something is left, two that explain all of it together."""
        wrong = frozenset(wrong_cells(self.seen))
        unexplained = set(wrong)
        fits = {entry: fit for entry in entries if (fit := self._fit(entry))} if wrong else {}
        found = [group[0] for group in explaining(list(fits.items()), unexplained)]
        return [*self._both(entries, wrong)] or found if unexplained else found

    def _both(self, entries: Sequence[Misconception], wrong: frozenset[Cell]) -> tuple[Misconception, ...]:
        """Two entries that together explain all that is wrong."""
        spoiled = {entry: self._spoiled(entry) for entry in entries}
        return pairs.both(self._task, self._answers, wrong, spoiled, self._explains)

    def _spoiled(self, entry: Misconception) -> frozenset[Cell]:
        """What an entry makes wrong on the recorded inputs."""
        makes = ((place, self.of_the_bank(entry, place)) for place in range(self._recorded))
        names = [output.name for output in self._task.outputs]
        return frozenset(
            (place, name) for place, its in makes for name in (its.wrong if its.problem is None else names)
        )

    def _explains(self, place: int, one: Misconception, other: Misconception) -> frozenset[str] | None:
        """The outputs of the answer at a place that are wrong as two entries make them; None: the two contradict it."""
        asked = self._task.name, one, other, *_inputs(self._answers[place]), self._device
        its = _both_make(*asked) if self._usual else made(self._see(place, pairs.answer(*asked)))
        fit = Fit(rest_is_right=False)
        fits = fit.add(place, self.seen[place], its)
        return frozenset(name for _, name in fit.explained) if fits else None

    def of_the_bank(self, entry: Misconception, place: int) -> Made:
        """What an entry makes of these inputs: as it is stored, or as it does now."""
        if place < self._recorded:
            known = stored(self._task.name, self._device).get(entry)
            if known is not None:
                return known[self._answers[place].case]
        return self.live(entry, place)

    def live(self, entry: Misconception, place: int) -> Made:
        """What an entry makes of these inputs, by running it."""
        self._watch.look()
        return made(self._see(place, _theirs(self._task.name, entry, *_inputs(self._answers[place]), self._device)))

    def _fit(self, entry: Misconception) -> Fit | None:
        """How an entry fits; None if it does not, or explains nothing on the recorded inputs, where there are any."""
        fit = Fit(entry.rest_is_right)
        for place, seen in enumerate(self.seen):
            if place == self._recorded > 0 and not fit.explained:
                return None
            if not fit.add(place, seen, self.of_the_bank(entry, place)):
                return None
        return fit

    def _see(self, place: int, answer: Answer, findings: Sequence[Finding] | None = None) -> Seen:
        return _see(self._task, answer, self._right[place], self._floors.get(answer.case, {}), findings)


def _see(
    task: Task, answer: Answer, right: Outputs, floors: Mapping[str, float], findings: Sequence[Finding] | None = None
) -> Seen:
    if findings is None:
        findings = compare(task, task.case(answer.case), seen_unchanged(task, answer), right, floors, hints=False)
    return see(task, answer, findings, right, floors)


def _inputs(answer: Answer) -> tuple[str, int]:
    return answer.case, answer.seed


def _seeds(task: Task) -> Mapping[str, int]:
    return references.recording(task.module).seeds[task.name]


@lru_cache(maxsize=2000)
def _right(name: str, label: str, seed: int, device: str) -> Outputs:
    task = drawn_once(find_task(name))
    return references.reference_outputs(task, task.case(label), seed, device)


@lru_cache(maxsize=2000)
def _theirs(name: str, entry: Misconception, label: str, seed: int, device: str) -> Answer:
    """An entry's answer to a case."""
    task = drawn_once(find_task(name))
    with on_device(device), reference_arithmetic():
        return outputs_of(task, entry, task.case(label), seed)


@lru_cache(maxsize=20_000)
def _both_make(name: str, one: Misconception, other: Misconception, label: str, seed: int, device: str) -> Made:
    """What two entries together make of a case: of the recorded inputs the same for every submission."""
    task = drawn_once(find_task(name))
    floors = references.recorded_floors(task.module)[name].get(label, {})
    theirs = pairs.answer(name, one, other, label, seed, device)
    return made(_see(task, theirs, _right(name, label, seed, device), floors))
