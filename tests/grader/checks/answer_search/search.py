"""Looks for a call that gives a task's outputs, or a part of them, without anything of its answer.

A candidate is called with the task's inputs, in all `ways`. Each array in what it returns, and what one obvious step
makes of it, is compared with what the reference returns, and with parts of that. A find holds in other draws, too, so
that nothing is found by chance.
"""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from types import GeneratorType, SimpleNamespace
from typing import Any

from grader.checks.library import calls_noted
from grader.checks.task import Task
from tests.grader.checks.answer_search.drawn import Draw
from tests.grader.checks.answer_search.importable import Candidate
from tests.grader.checks.answer_search.obvious_steps import whole
from tests.grader.checks.answer_search.ways import FLAVOURS, arguments, handed_over_as, ways

SECONDS = 0.1
"""Processor time that a call may take."""
DRAWS = 4
Call = tuple[Any, ...]
"""How something is called: (way, flavour), and of an object's method also (name, way, flavour); or `AS_ANSWER`."""
AS_ANSWER: Call = ("as the answer",)


class TookTooLong(BaseException):
    """A call was ended."""


@dataclass(frozen=True)
class Find:
    """A call that gives something away.

    Attributes:
        candidate: its label.
        call: how it was called.
        where: which part of what it returns, and what was done with it.
        output: the output, or the part of it, that this is.
        noted: library calls that it makes, by which an answer that calls it is noted.
    """

    candidate: str
    call: Call
    where: str
    output: str
    noted: tuple[str, ...] = ()


def perform(candidate: Candidate, call: Call, draw: Draw) -> Any:
    """What comes of it."""
    if call == AS_ANSWER:
        returned = draw.task.call(candidate.call, deepcopy(draw.inputs))
        names = [output.name for output in draw.task.outputs]
        return dict(zip(names, returned if len(names) > 1 else (returned,), strict=True))
    way, flavour, *method = call
    given = arguments(way, draw, flavour)
    if candidate.wants_self:
        given.insert(0, SimpleNamespace(**{n: handed_over_as(flavour, v) for n, v in draw.pool.items()}))
    made = candidate.call(*given)
    if not method:
        return made
    name, way, flavour = method
    return getattr(made, name)(*arguments(way, draw, flavour))


def result(candidate: Candidate, call: Call, draw: Draw) -> Any:
    """What comes of it; of an iterator the first items; None where it fails or takes too long."""
    try:
        return _in_time(candidate, call, draw)
    except (Exception, SystemExit, TookTooLong):
        return None


_at_work = False
"""May the clock's signal end what goes on? It may come when the call has just ended."""


def _in_time(candidate: Candidate, call: Call, draw: Draw) -> Any:
    global _at_work
    try:
        _at_work = True
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        found = perform(candidate, call, draw)
        return list(itertools.islice(found, 60)) if isinstance(found, (GeneratorType, map, zip, filter)) else found
    finally:
        _at_work = False
        signal.setitimer(signal.ITIMER_PROF, 0)


def finds(task: Task, all_of_them: Sequence[Candidate], most: int, flavours: Sequence[str] = FLAVOURS) -> list[Find]:
    """What gives something of a task's outputs away: for each candidate and output one way."""
    cases = [case for case in task.cases if case.dtype == "float64"][:2]
    draws = [Draw(task, cases[k % len(cases)], seed=k) for k in range(DRAWS)]
    found: dict[tuple[str, str], Find] = {}
    for candidate in all_of_them:
        for call in calls(candidate, draws[0], most, flavours):
            for where, output in draws[0].matches(result(candidate, call, draws[0])):
                key = candidate.label, output
                if key not in found and holds(candidate, call, where, output, draws):
                    found[key] = Find(candidate.label, call, where, output, _noted(candidate, call, draws[0]))
    return list(found.values())


def _noted(candidate: Candidate, call: Call, draw: Draw) -> tuple[str, ...]:
    with calls_noted(draw.task) as names:
        result(candidate, call, draw)
    return tuple(sorted(names))


def calls(candidate: Candidate, draw: Draw, most: int, flavours: Sequence[str]) -> Iterator[Call]:
    """How to call it; of a class, the methods of objects of it too."""
    yield AS_ANSWER
    for flavour in flavours:
        if flavour == "tensors" and not candidate.knows_torch:
            continue
        for way in ways(candidate, draw, most):
            yield way, flavour
            if candidate.is_class and (made := result(candidate, (way, flavour), draw)) is not None:
                yield from ((way, flavour, *method) for method in _methods_of(made, draw, most // 4 or 1))


def _methods_of(made: Any, draw: Draw, most: int) -> Iterator[tuple[str, tuple[str, ...], str]]:
    for name in vars(type(made)):
        method = getattr(type(made), name)
        if callable(method) and not name.startswith("__"):
            bound = Candidate(name, method, wants_self=True)
            yield from ((name, way, "arrays") for way in ways(bound, draw, most))


def holds(candidate: Candidate, call: Call, where: str, output: str, draws: Sequence[Draw]) -> bool:
    """Is it so in the other draws? And does what is wanted differ, a single whole number from draw to draw?"""
    wanted = [draw.wanted[output] for draw in draws if output in draw.wanted]
    different = len({array.tobytes() for array in wanted})
    if len(wanted) < DRAWS or different < (3 if wanted[0].size == 1 and whole(wanted[0]) else 2):
        return False
    return all((where, output) in draw.matches(result(candidate, call, draw)) for draw in draws[1:])


def end_when_it_takes_long() -> None:
    """Let `result` end a call."""
    signal.signal(signal.SIGPROF, _end)


def _end(*_: object) -> None:
    if _at_work:
        raise TookTooLong
