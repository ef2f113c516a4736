"""Is it measured what the public check says of known mistakes, and seen where it is not true of other inputs?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import known_mistakes
from grader.checks.task import all_tasks, find_task
from grader.marking.answers.misconceptions import bank
from grader.marking.proving.fidelity import in_the_notebook
from grader.marking.proving.fidelity.in_the_notebook import (
    NOT_AGAIN,
    mistakes_in_the_notebook,
    said_of_other_inputs,
)
from grader.marking.proving.fidelity.trials import KINDS, TRIALS, UNMARKED
from solutions.srn import step

STEP = find_task("srn.step")


def test_both_kinds_are_tried_with_all_others():
    assert set(UNMARKED) < set(KINDS) == set(TRIALS)


def test_every_entry_is_answered_to_the_public_check():
    found = list(mistakes_in_the_notebook(STEP))
    assert len(found) == len(bank(STEP))
    told = {trial.name: trial.told == trial.wanted for trial in found}
    assert told["transposed-U, in the notebook"]
    assert not told["W-not-transposed, in the notebook"]


def test_what_recognisers_say_is_no_name(monkeypatch):
    """Without its list a notebook says only what came out."""
    monkeypatch.setattr(known_mistakes, "known", lambda task, folder: [])
    assert {trial.told for trial in mistakes_in_the_notebook(STEP)} == {()}


def test_a_mistake_that_shows_in_hidden_cases_alone_passes():
    found = {trial.name: trial for trial in mistakes_in_the_notebook(find_task("srn.output_layer"))}
    trial = found["stable-only-when-huge, in the notebook"]
    assert trial.public
    assert trial.told == ()


def test_a_relation_that_a_mistake_makes_is_true_of_other_inputs():
    found = {trial.name: trial for trial in said_of_other_inputs(STEP)}
    trial = found["transposed-U, in the notebook"]
    assert trial.told == trial.wanted == ("What came out is the right answer but for `U` transposed before the tanh.",)


def test_what_is_true_of_the_public_inputs_alone_is_seen(monkeypatch):
    """Twice the right answer for the inputs of the public check, and something else for all others."""

    def doubled(x_t, **rest):
        h_t = step(x_t, **rest)
        return 2 * h_t if any(np.array_equal(x_t, each) for each in public) else h_t + 0.1

    public = [STEP.draw(case, in_the_notebook.public_seed(STEP, case))["x_t"] for case in STEP.cases if case.public]
    monkeypatch.setattr(in_the_notebook, "mistaken", lambda task, entry: doubled)
    trial, *_ = said_of_other_inputs(STEP)
    assert trial.told == ("What came out is twice the right answer.",)
    assert trial.wanted == (NOT_AGAIN,)


@pytest.mark.slow
@pytest.mark.parametrize("name", all_tasks())
def test_what_is_said_of_known_mistakes_is_true_of_other_inputs(name, monkeypatch):
    """On other draws than those of `grader fidelity`."""
    monkeypatch.setattr(in_the_notebook, "SUBMISSIONS", (4000, 4001, 4002, 4003))
    with np.errstate(all="ignore"):
        found = list(said_of_other_inputs(find_task(name)))
    assert [trial for trial in found if trial.told != trial.wanted] == []
