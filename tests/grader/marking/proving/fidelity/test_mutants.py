"""Are the references changed in the ways that people get wrong, and is a mutant that keeps its points noticed?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.checks.task import all_tasks, find_task
from grader.marking.proving.fidelity import trials
from grader.marking.proving.fidelity.equivalents import EQUIVALENT, LINES
from grader.marking.proving.fidelity.mutants import _changed, answer_of, mutants

SOURCE = '''"""A module."""

import numpy as np

LIMIT = 3


def product(x, W, b):
    """Not changed: 1 + 1."""
    # nor is this
    total = np.einsum("tb,bh->th", x, W) + b
    return np.stack([np.tanh(row - b) for row in zip(total, b, strict=True)]) @ W.T


def other(x):
    return max(x, 1)
'''


def lines_of(*functions: str) -> set[str]:
    """The lines that stand in some mutant and not in the source."""
    before = set(SOURCE.splitlines())
    return {
        line.strip() for _, text in _changed(SOURCE, set(functions)) for line in text.splitlines() if line not in before
    }


@pytest.mark.parametrize(
    "line",
    [
        'total = np.einsum("tb,bh->th", x, W) - b',
        'total = np.einsum("tb,bh->ht", x, W) + b',
        'total = np.einsum("tb,bh->th", W, x) + b',
        "total = None",
        "pass",
        "return np.stack([np.tanh(row - b) for row in zip(total, b, strict=True)]) @ W",
        "return (W.T) @ (np.stack([np.tanh(row - b) for row in zip(total, b, strict=True)]))",
        "return np.stack([np.tanh((b) - (row)) for row in zip(total, b, strict=True)]) @ W.T",
        "return np.stack([(row - b) for row in zip(total, b, strict=True)]) @ W.T",
    ],
)
def test_what_people_get_wrong_is_among_the_changes(line):
    assert line in lines_of("product")


@pytest.mark.parametrize("word", ["TB,BH", "strict=None", "strict=False", "2 + 1", "LIMIT = 4"])
def test_what_changes_no_answer_is_not(word):
    assert not any(word in line for line in lines_of("product"))


def test_only_the_functions_that_are_asked_for_are_changed():
    assert lines_of("other") == {
        "return max(x, 2)",
        "return max(x, 0)",
        "return max(x, None)",
        "return max(None, 1)",
    } | {line for line in lines_of("other") if line in ("return max(1)", "return max(x, )", "return max(x,)")}


def test_a_task_is_answered_by_the_whole_changed_module():
    found = {mutant.after: mutant for mutant in mutants(find_task("srn.step"))}
    assert answer_of(found["return np.tanh(x_t @ W.T + h @ U + b)"]).__name__ == "step"


def test_what_answers_another_task_is_left_to_it():
    assert {mutant.function for mutant in mutants(find_task("srn.sequence"))} == {"sequence"}


def test_a_mutant_that_keeps_its_points_is_marked_wrongly():
    """Without the case in which one cut is right, dividing by at least two goes unnoticed."""
    task = find_task("srn.f1_score")
    blind = replace(task, cases=tuple(case for case in task.cases if case.label != "one cut, and it is right"))
    assert not [trial.name for trial in trials.mutants(task) if trial.marked_wrongly]
    survivors = [trial.name for trial in trials.mutants(blind) if trial.marked_wrongly]
    assert len(survivors) == 2
    assert all("max(n_" in name and ", 2)" in name for name in survivors)


def test_a_mutant_that_runs_for_ever_loses_points(monkeypatch):
    monkeypatch.setattr(trials, "SECONDS", 0.2)
    found = [trial for trial in trials.mutants(find_task("deep.width")) if "H += 1 →" in trial.name]
    assert found
    assert not any(trial.full for trial in found)


def test_every_reason_is_a_sentence():
    assert all(reason.endswith(".") for reason in EQUIVALENT)


@pytest.mark.slow
def test_every_mutant_that_was_judged_by_hand_is_still_made():
    """A line that no mutant has any more was judged for code that is gone."""
    made = {(task.name, mutant.after) for task in all_tasks().values() for mutant in mutants(task)}
    assert made >= LINES
