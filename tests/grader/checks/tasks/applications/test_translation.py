"""Are there ties in the tables of log-probabilities only where a case is about them, and are sums exact?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.expected import public_seed
from grader.checks.task import find_task
from grader.checks.tasks.applications.translation import lookup
from grader.marking.answers.references import recording
from solutions.applications.translation import greedy

SEARCHES = [find_task("translation.greedy"), find_task("translation.beam_search")]
ABOUT_TIES = ("ties", "equal scores")
WITHOUT_TIES = [(task, case) for task in SEARCHES for case in task.cases if case.label not in ABOUT_TIES]
NAMED = [f"{task.name}, {case.label}" for task, case in WITHOUT_TIES]


def drawn(task, case):
    """Two hundred drawn inputs, and those that are recorded and public."""
    seeds = [*range(200), public_seed(task, case), recording(task.module).seeds[task.name][case.label]]
    return (task.draw(case, seed) for seed in seeds)


def rounds(table, end, width):
    """For each round of a search, the sums of all continuations, and which of them finish."""
    ask, beam = lookup(table), [((), 0.0)]
    for _ in range(len(table)):
        grown = [((*prefix, k), total + p) for prefix, total in beam for k, p in enumerate(ask(prefix))]
        grown.sort(key=lambda found: -found[1])
        yield [total for _, total in grown], [found for found in grown if found[0][-1] == end]
        beam = [found for found in grown[:width] if found[0][-1] != end]


@pytest.mark.parametrize(("task", "case"), WITHOUT_TIES, ids=NAMED)
def test_no_two_hypotheses_have_the_same_sum(task, case):
    for given in drawn(task, case):
        for table in given["table"]:
            every = list(rounds(table.astype(float), given["end"], min(1 + given.get("width", 1), 5)))
            assert all(len(set(sums)) == len(sums) for sums, _ in every)
            finished = [total for _, ending in every for _, total in ending]
            assert len(set(finished)) == len(finished)


@pytest.mark.parametrize("task", SEARCHES, ids=lambda task: task.name)
def test_sums_of_the_case_in_float32_are_exact(task):
    for given in drawn(task, task.case("float32")):
        for table in given["table"]:
            path = [row[(7 * place) % len(row), (3 * place) % row.shape[1]] for place, row in enumerate(table)]
            assert table.dtype == np.float32
            assert np.cumsum(path, dtype=np.float32).tolist() == np.cumsum(path, dtype=np.float64).tolist()


@pytest.mark.parametrize(("task", "case"), WITHOUT_TIES, ids=NAMED)
def test_all_are_logarithms_of_probabilities_that_sum_to_1_or_nearly(task, case):
    for given in drawn(task, case):
        assert (given["table"] < 0).all()
        assert np.abs(np.exp(given["table"]).sum(axis=-1) - 1).max() < 0.04


@pytest.mark.parametrize(("task", "case"), WITHOUT_TIES, ids=NAMED)
def test_only_cases_about_it_need_the_last_step(task, case):
    if "ends" in case.options:
        return
    for given in drawn(task, case):
        for table in given["table"]:
            symbols, _ = greedy(lookup(table), given["end"], len(table))
            assert len(symbols) < len(table) - 1


def test_of_equal_scores_one_has_finished_first():
    """With the same mean hypotheses finish in the second round and in the last, and no other has a better one."""
    task = SEARCHES[1]
    for given in drawn(task, task.case("equal scores")):
        for table in given["table"]:
            every = list(rounds(table, given["end"], given["width"]))
            best = [max((total / len(found) for found, total in ending), default=-9.0) for _, ending in every]
            assert best[1] == best[3] == max(best)
            assert best[0] < max(best)


def test_in_a_case_about_ties_the_likeliest_symbols_are_equally_likely():
    for task in SEARCHES:
        for given in drawn(task, task.case("ties")):
            largest = given["table"].max(axis=-1, keepdims=True)
            assert ((given["table"] == largest).sum(axis=-1) == 3).all()
