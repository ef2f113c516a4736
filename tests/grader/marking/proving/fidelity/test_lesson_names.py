"""Are names of the lesson used where they are defined, and is it seen when marking lacks one?"""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.checks.task import find_task
from grader.marking.proving.fidelity import lesson_names, trials
from grader.marking.proving.fidelity.lesson_names import looking_up, names_above

TAGGED = {"tags": ["experiment"]}


def check(name):
    return new_code_cell("check", metadata={"nbgrader": {"grade_id": name}})


def test_the_names_above_are_those_that_experiments_define():
    cells = [
        new_code_cell("import numpy as np\nD = 3"),
        new_code_cell("import math\nH, rows = 2 * D, []\ndef f(): pass\nx = f()\ny = 2 * x", metadata=TAGGED),
        check("first"),
        new_code_cell("rows.append(1)\nH = f()\nf = f()\nK = 3", metadata=TAGGED),
        check("second"),
    ]
    assert names_above(new_notebook(cells=cells)) == {
        "first": ["f", "math"],
        "second": ["K", "f", "math"],
    }


def test_every_function_looks_them_up_but_for_its_own():
    source = 'class A:\n    def f(self):\n        """Says."""\n        return 1\n\ndef g():\n    y = 2\n    return y'
    assert looking_up(source, ["x", "y"]) == (
        'class A:\n\n    def f(self):\n        """Says."""\n        (None, x, y)\n        return 1\n\n'
        "def g():\n    (None, x)\n    y = 2\n    return y"
    )


@pytest.fixture
def tried(monkeypatch):
    """tried(task): its trial, after nothing was remembered."""
    lesson_names._verdicts.cache_clear()
    yield lambda name: list(trials.using_lesson_names(find_task(name)))
    lesson_names._verdicts.cache_clear()


def test_a_right_answer_that_uses_them_keeps_all_points(tried):
    (one,) = tried("srn.cross_entropy")
    assert "stable" in one.name
    assert one.full
    assert not one.marked_wrongly
    assert tried("srn.step")[0].full  # from the same run


def test_one_that_marking_lacks_is_seen(tried, monkeypatch):
    monkeypatch.setattr(lesson_names, "names_above", lambda nb: {name: ["nowhere"] for name in names_above(nb)})
    (one,) = tried("srn.step")
    assert one.marked_wrongly
