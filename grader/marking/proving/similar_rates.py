"""How many made-up copies `grader similar` lists, and how many pairs of answers that were written independently.

The class of an exercise: the lesson's answer; the known mistakes, which are that answer with one thing wrong, as most
of a class write it; and the right answers that are written differently, each by one student. Each of these last is then
copied in each way of `made_copies`, one copy at a time, and handed in beside the others. All of it is made: no class of
students was measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from grader.checks.task import Task, lessons
from grader.marking.answers.alternatives import alternatives
from grader.marking.answers.misconceptions import bank
from grader.marking.course.lessons import notebooks_of
from grader.marking.desk.similar.find import LISTED, Asked, asked_in
from grader.marking.desk.similar.fingerprints import FEWEST
from grader.marking.desk.similar.pairs import Sets, shared, weights
from grader.marking.proving import samples
from grader.marking.proving.made_copies import WAYS

COMMON = "common"
"""How the names of those begin who write what the lesson does, right or with a mistake."""
MISTAKES = 12
"""At most so many of an exercise are in its class."""
Numbers = dict[tuple[str, str], float]
"""Two students → the number of their answers, where it is above 0 and both are long enough."""


@dataclass(frozen=True)
class Copy:
    """A made-up copy in the class of an exercise.

    Attributes:
        task: the exercise.
        way: how it was changed.
        common: whether it is of what most write.
        number: of copy and original; None where one of them is too short to be compared.
        first: whether no other pair of that class has a higher number.
    """

    task: str
    way: str
    common: bool
    number: float | None
    first: bool


@dataclass
class Rates:
    """What was measured.

    Attributes:
        copies: the made-up copies.
        independent: by task, the numbers of all pairs that were written independently, 0 for those too short.
    """

    copies: list[Copy] = field(default_factory=list)
    independent: dict[str, list[float]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """The two rates, by way of copying and in all."""
        compared = [copy for copy in self.copies if not copy.common and copy.number is not None]
        short = sum(not copy.common and copy.number is None for copy in self.copies)
        yield f"made-up copies of answers in {len(self.independent)} exercises, listed (first of their exercise):"
        for way in WAYS:
            yield f"  {_shares([copy for copy in compared if copy.way == way])}  {way}"
        yield f"  {_shares(compared)}  in all; {short} more are of answers too short to be compared"
        common = [copy for copy in self.copies if copy.common and copy.number is not None]
        yield f"  {_shares(common)}  of what most of the class write: not seen, as it is meant"
        pairs = [number for numbers in self.independent.values() for number in numbers]
        listed = sum(number >= LISTED for number in pairs)
        yield f"pairs of independent answers, listed: {listed} of {len(pairs)} ({listed / len(pairs):.2%})"


def _shares(copies: list[Copy]) -> str:
    listed, first = (
        sum(copy.number is not None and copy.number >= LISTED for copy in copies),
        sum(c.first for c in copies),
    )
    return f"{listed:5} of {len(copies):5}, {listed / max(len(copies), 1):5.1%} ({first / max(len(copies), 1):5.1%})"


def similar_rates(*chosen: str) -> Rates:
    """The rates of these lessons; of all where none is given."""
    rates = Rates()
    for lesson in chosen or lessons():
        for notebook in notebooks_of(lesson):
            own = samples.lesson_notebook(lesson, notebook)
            tasks = {f"{task.grade_id}-answer": task for task in samples.tasks_of_notebook(own)}
            for asked in asked_in(lesson, notebook, {}):
                if task := tasks.get(asked.answer):
                    _measure(rates, task, asked)
    return rates


def _measure(rates: Rates, task: Task, asked: Asked) -> None:
    """The pairs of an exercise's class, and each copy beside it."""
    texts = made_class(task, asked)
    sets = asked.sets(texts)
    numbers = _numbers(sets, asked)
    rates.independent[task.name] = [numbers.get(pair, 0.0) for pair in combinations(sets, 2)]
    originals = [name for name in texts if not name.startswith(COMMON)] + [COMMON]
    for original in originals:
        for way, change in WAYS.items():
            if changed := change(texts[original]):
                with_copy = sets | asked.sets({"copy": changed})
                short = min(len(with_copy["copy"]), len(with_copy[original])) < FEWEST
                found = _numbers(with_copy, asked)
                number = found.pop((original, "copy"), 0.0)
                others = (value for pair, value in found.items() if "copy" not in pair)
                first = not short and number > max(others, default=0.0)
                rates.copies.append(Copy(task.name, way, original == COMMON, None if short else number, first))


def made_class(task: Task, asked: Asked) -> dict[str, str]:
    """Student → answer: the lesson's, with known mistakes, and each right one that is written differently."""
    mistakes = [entry.edit for entry in bank(task) if not entry.where and asked.own.count(entry.edit[0]) == 1]
    texts = {COMMON: asked.own}
    texts |= {f"{COMMON}-{number}": asked.own.replace(*edit) for number, edit in enumerate(mistakes[:MISTAKES])}
    different = (samples.alternative_source(task, way) for way in alternatives(task))
    return texts | {f"different-{number}": text for number, text in enumerate(different)}


def _numbers(sets: Sets, asked: Asked) -> Numbers:
    found = shared(sets, weights(sets | asked.known), FEWEST, least=1e-9)
    return {pair.names: pair.number for pair in found}
