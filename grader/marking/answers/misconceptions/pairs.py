"""Two mistakes at once: pairs of edits of the reference that give a student's answers where no single one does.

Pairs are tried in the order of what is likely: first those of mistakes that, each by itself, spoil just what is wrong
in the student's answers. A pair is compared on the smallest answer first, which rules most pairs out, and then on all
others. An entry whose sentence calls the rest right takes no part: beside another mistake that is not so.

    both(task, answers, wrong, spoiled, explains)     the pair that explains all that is wrong
"""

from __future__ import annotations
import __future__

import ast
import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache, lru_cache
from itertools import combinations, islice
from types import CodeType
from typing import Any, cast

import numpy as np

from grader.checks.answers import Answer, collect
from grader.checks.arithmetic import reference_arithmetic
from grader.checks.device import on_device
from grader.checks.task import Task, find_task
from grader.marking.answers.misconceptions.entries import BadEdit, Misconception, edited
from grader.marking.answers.references.drawn_once import drawn_once

Cell = tuple[int, str]
"""Index of an answer, name of an output."""
MOST = {False: 300, True: 20}
"""How many pairs of a task are tried; of one of PyTorch's, whose solutions take their time, fewer."""
ENDLESS = frozenset({"deep.width"})
"""Tasks whose solution has a loop that two edits together may never leave."""
Definitions = Mapping[str, tuple[str, CodeType]]
"""Source and code of each statement of a module by the name that it defines, or by its place."""


def both(
    task: Task,
    answers: Sequence[Answer],
    wrong: frozenset[Cell],
    spoiled: Mapping[Misconception, frozenset[Cell]],
    explains: Callable[[int, Misconception, Misconception], frozenset[str] | None],
) -> tuple[Misconception, ...]:
    """The two mistakes that together explain all that is wrong; () where none of the first `MOST` pairs does.

    Args:
        answers: the student's.
        wrong: what is wrong in them.
        spoiled: what each entry by itself makes wrong in the same answers, or in some of them.
        explains: the outputs that are wrong in answer i as a pair makes them; None if the two contradict each other.
    """
    if not _telling(answers, {name for _, name in wrong}):
        return ()
    order = _smallest_first(task, answers, wrong)
    asked = {(i, name) for i, name in wrong if i in order}
    pairs = _likely_first(wrong, spoiled) if asked and task.name not in ENDLESS else ()
    for one, other in islice(pairs, MOST[task.torch]):
        if solution(task.name, one, other) and _explain(one, other, order, asked, explains):
            return one, other
    return ()


def _explain(
    one: Misconception,
    other: Misconception,
    order: Iterable[int],
    asked: Set[Cell],
    explains: Callable[[int, Misconception, Misconception], frozenset[str] | None],
) -> bool:
    """Whether a pair explains all that is asked; no more is tried once one of its answers is another."""
    for i in order:
        names = explains(i, one, other)
        if names is None or not names >= {name for place, name in asked if place == i}:
            return False
    return True


def _telling(answers: Sequence[Answer], names: set[str]) -> bool:
    """Whether each of these outputs has a number somewhere: two NaN, or two exceptions, are alike for many reasons."""
    arrays = [answer.outputs for answer in answers if answer.problem is None]
    return all(any(name in outputs and np.isfinite(outputs[name]).any() for outputs in arrays) for name in names)


def _smallest_first(task: Task, answers: Sequence[Answer], wrong: frozenset[Cell]) -> list[int]:
    """Indices of the answers: those with arrays that are wrong first, of these the smallest.

    Of PyTorch's tasks, which take their time, one answer for each case is enough.
    """
    spoiled = {i for i, _ in wrong}

    def unlikely(i: int) -> tuple[bool, bool, int]:
        size = sum(array.size for array in answers[i].outputs.values())
        return answers[i].problem is not None, i not in spoiled, size

    order = sorted(range(len(answers)), key=unlikely)
    return list({answers[i].case: i for i in reversed(order)}.values())[::-1] if task.torch else order


def _likely_first(
    wrong: frozenset[Cell], spoiled: Mapping[Misconception, frozenset[Cell]]
) -> Iterator[tuple[Misconception, Misconception]]:
    """Pairs of entries, those first that spoil what is wrong and little else; no entry that calls the rest right."""
    pairs = combinations((entry for entry in spoiled if not entry.rest_is_right), 2)
    yield from sorted(pairs, key=lambda pair: len((spoiled[pair[0]] | spoiled[pair[1]]) ^ wrong))


# --- the reference with both mistakes ------------------------------------------------------------------------------


@lru_cache(maxsize=4000)
def solution(name: str, one: Misconception, other: Misconception) -> Callable[..., object] | None:
    """The solution of a task with both mistakes in it; None where the two edits do not fit together."""
    task = find_task(name)
    module, own = task.reference.split(":")
    definitions, sources = dict(_definitions(module)), dict[str, str]()
    try:
        for entry in (one, other):
            at = entry.where or own
            sources[at] = edited(sources.get(at, definitions[at][0]), task, entry)
        definitions |= {at: (source, _compiled(source)) for at, source in sources.items()}
    except (BadEdit, SyntaxError):
        return None
    namespace: dict[str, Any] = {"__name__": f"{module} with {one.name} and {other.name}"}
    for _, code in definitions.values():
        exec(code, namespace)
    function: Callable[..., object] = namespace[own]
    return function


def answer(name: str, one: Misconception, other: Misconception, label: str, seed: int, device: str) -> Answer:
    """What a student with two mistakes, which fit together, would have answered in a case of a task."""
    task, function = drawn_once(find_task(name)), solution(name, one, other)
    with np.errstate(all="ignore"), on_device(device), reference_arithmetic():
        return collect(task, function, task.case(label), seed)


@cache
def _definitions(module: str) -> Definitions:
    """The statements of a module, each compiled by itself, so that an edit compiles one of them anew."""
    source = inspect.getsource(importlib.import_module(module))
    lines = source.splitlines(keepends=True)
    found = {}
    for node in ast.parse(source).body:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        text = "".join(lines[first - 1 : node.end_lineno])
        name = node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else str(node.lineno)
        found[name] = text, _compiled(text)
    return found


@lru_cache(maxsize=2000)
def _compiled(source: str) -> CodeType:
    return cast(CodeType, compile(source, "<two mistakes>", "exec", flags=__future__.annotations.compiler_flag))
