"""Whether a known mistake fits a student's answers.

It fits when the student's outputs equal the mistake's wherever the two can be compared, in every output that the
mistake touches; it is named when it also explains at least one thing that is wrong. So a right answer is never told a
mistake, and two independent ones, each in its own output, are both found. A sentence that calls the rest right fits
only where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from grader.checks import signatures
from grader.checks import tolerance as policy
from grader.checks.answers import Answer
from grader.checks.compare import Finding, FindingKind
from grader.checks.signatures import Signature, signature
from grader.checks.task import Case, Output, Task

Cell = tuple[int, str]
"""Index of an answer, name of an output."""
Candidate = TypeVar("Candidate")


@dataclass(frozen=True)
class Made:
    """What a mistake makes of a case.

    Attributes:
        problem: `Problem.digest` of why there are no outputs, or None.
        wrong: signatures of the outputs that are wrong; of one that has the right values what else is wrong with it,
            such as "dtype".
    """

    problem: int | None = None
    wrong: Mapping[str, Signature | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """A student's answer to a case, as it is compared with mistakes.

    Attributes:
        problem: `Problem.digest` of why there are no outputs, or None.
        outputs: signatures of the outputs; empty where there is a problem.
        right: signatures of the right outputs.
        allowed: how far apart projections of each output may lie.
        wrong: what is wrong, by the output's name.
    """

    problem: int | None
    outputs: Mapping[str, Signature]
    right: Mapping[str, Signature]
    allowed: Mapping[str, float]
    wrong: Mapping[str, FindingKind]

    def same(self, name: str, made: Made) -> bool | None:
        """Whether the output is as the mistake makes it; None where the two cannot be compared."""
        theirs = made.wrong.get(name)
        if isinstance(theirs, Signature):
            return self._equals(name, theirs)
        if theirs is None and name not in self.wrong:  # both are right, each in its own way
            return True
        if name not in self.outputs and theirs == self.wrong.get(name):  # it came in neither
            return True
        return self._equals(name, self.right[name]) and (theirs is None or theirs == self.wrong.get(name))

    def _equals(self, name: str, other: Signature) -> bool | None:
        return signatures.same(self.outputs[name], other, self.allowed[name]) if name in self.outputs else None


def see(
    task: Task,
    answer: Answer,
    findings: Iterable[Finding],
    right: Mapping[str, np.ndarray],
    floors: Mapping[str, float],
) -> Seen:
    """An answer to a case, as it is compared with mistakes.

    Args:
        task, answer: a student's, or a mistake's.
        findings: what comparing the answer with the right outputs found.
        right: the right outputs.
        floors: measured noise floor of each output in this case.
    """
    wrong = {finding.output: finding.kind for finding in findings if finding.kind != "right"}
    found = {out.name: out.result(answer.outputs[out.name]) for out in task.outputs if out.name in answer.outputs}
    limits = {output.name: limit(task.case(answer.case), output, floors) for output in task.outputs}
    return Seen(
        answer.problem.digest if answer.problem else None,
        {name: signature(array) for name, array in found.items()},
        {name: signature(np.asarray(array)) for name, array in right.items()},
        {name: signatures.margin(array, limits[name]) for name, array in found.items()},
        wrong,
    )


def limit(case: Case, output: Output, floors: Mapping[str, float]) -> float:
    """The largest error of an output that is still right."""
    return 0.0 if output.exact else policy.tolerance(case.dtype, floors.get(output.name, 0.0))


def made(answered: Seen) -> Made:
    """What a mistake makes of a case, by the answer of somebody who has it."""
    if answered.problem is not None:
        return Made(answered.problem)
    return Made(wrong={name: _kept(answered, name, kind) for name, kind in answered.wrong.items()})


def _kept(answered: Seen, name: str, kind: FindingKind) -> Signature | str:
    """The signature of a wrong output; never one of the right values."""
    found = answered.outputs.get(name)
    if found is None:  # it did not come
        return kind
    return kind if signatures.same(found, answered.right[name], answered.allowed[name]) else found


class Fit:
    """How well a mistake fits a student's answers, which are added one by one.

    Attributes:
        explained: what is wrong with both, and alike.
        unlike: how many answers only one of the two failed, or lack what the mistake makes wrong.
    """

    def __init__(self, rest_is_right: bool) -> None:
        self.explained: set[Cell] = set()
        self.unlike = 0
        self._rest_is_right = rest_is_right
        self._touched: set[str] = set()
        self._differing: set[str] = set()

    def add(self, place: int, seen: Seen, made: Made) -> bool:
        """Compare the answer at a place; False where it shows that the student made no such mistake."""
        if made.problem is not None:
            if seen.problem == made.problem:
                self.explained |= {(place, name) for name in seen.right}
            return seen.problem is not None
        self._touched |= made.wrong.keys()
        if seen.problem is not None:
            self.unlike += 1
        else:
            same = {name: seen.same(name, made) for name in seen.right}
            self._differing |= {name for name in same if same[name] is False}
            self.explained |= {(place, name) for name in made.wrong if same[name]}
            self.unlike += any(same[name] is None for name in made.wrong)
        return not (self._touched & self._differing or (self._differing and self._rest_is_right))


def wrong_cells(answers: Sequence[Seen]) -> set[Cell]:
    """All that is wrong with a student's answers."""
    return {(place, name) for place, seen in enumerate(answers) for name in seen.wrong}


def explaining(fits: Sequence[tuple[Candidate, Fit]], unexplained: set[Cell]) -> Iterator[list[Candidate]]:
    """The mistakes that explain what is wrong, the one that explains most first, each with those that explain the same.

    Each explains something that those before it do not. Of mistakes that explain the same, those come first that fail
    in the same cases as the student. What is explained is taken out of ``unexplained``.
    """
    every = frozenset(unexplained)
    found = [(candidate, fit.explained & every, fit.unlike) for candidate, fit in fits]
    found.sort(key=lambda each: (-len(each[1]), each[2]))
    for candidate, explained, _ in found:
        if explained & unexplained:
            others = [other for other, its, _ in found if its == explained and other is not candidate]
            yield [candidate, *others]
            unexplained -= explained
