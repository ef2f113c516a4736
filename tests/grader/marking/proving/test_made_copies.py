"""Do made-up copies compute what the original does, and look different?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grader.checks.answers import collect
from grader.checks.task import all_tasks
from grader.marking.answers.alternatives import alternatives
from grader.marking.proving.made_copies import WAYS
from grader.marking.proving.samples import alternative_source

TASKS = ("srn.sequence", "srn.f1_score", "srn.module", "clipping.clip_by_norm", "bptt.gradients", "deep.backward")


def outputs(task, function, case):
    torch.manual_seed(0)  # a module draws its start
    return collect(task, function, case, 1).outputs


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", TASKS)
def test_a_copy_is_as_right_as_its_original(name, way):
    task, changed = all_tasks()[name], 0
    case = next(case for case in task.cases if case.public)
    for function in alternatives(task):
        copy = WAYS[way](alternative_source(task, function))
        if copy is None:
            continue
        namespace = {"np": np}
        exec(copy, namespace)
        both = namespace[task.reference.partition(":")[2]], function
        ours, theirs = (outputs(task, one, case) for one in both)
        assert ours.keys() == theirs.keys() != set()
        for output in theirs:
            np.testing.assert_allclose(ours[output], theirs[output], rtol=1e-9)
        changed += 1
    assert changed or way in ("reordered", "loops and comprehensions exchanged")


BEFORE = """
def f(xs, n):
    '''Twice the sum.'''
    a = xs[0] * 2 + n
    b = xs[1] + 3 * n * n
    ys = [y * 2 for y in xs]
    return a + b + sum(ys)
"""
AFTER = {
    "renamed": ("my_", "xs"),
    "retyped": ("# ", "Twice"),
    "reordered": ("b = xs[1] + 3 * n * n\n    a", "a = xs[0] * 2 + n\n    b"),
    "split into functions": ("def part_0_0(", ""),
    "loops and comprehensions exchanged": (".append(y * 2)", "for y in xs]"),
    "all of these": ("def my_", "[y * 2"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_changes_what_it_says(way):
    there, gone = AFTER[way]
    copy = WAYS[way](BEFORE)
    assert there in copy
    assert not gone or gone not in copy
    namespaces = {}, {}
    for text, namespace in zip((BEFORE, copy), namespaces, strict=True):
        exec(text, namespace)
    assert namespaces[0]["f"]([1, 2, 3], 4) == namespaces[1]["f"]([1, 2, 3], 4)


def test_where_nothing_can_change_there_is_no_copy():
    assert WAYS["reordered"]("def f(x):\n    return x\n") is None
    assert WAYS["loops and comprehensions exchanged"]("def f(x):\n    return x\n") is None


def test_a_loop_becomes_a_comprehension():
    loop = "def f(xs):\n    ys = []\n    for x in xs:\n        ys.append(x + 1)\n    return ys\n"
    assert "ys = [x + 1 for x in xs]" in WAYS["loops and comprehensions exchanged"](loop)
