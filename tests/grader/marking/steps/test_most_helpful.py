"""Is the sentence chosen that helps most, and none where nothing is to be said?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.checks.compare import Finding
from grader.checks.task import find_task
from grader.marking.answers.misconceptions import bank
from grader.marking.judge.referee import NOT_LOOKED_FOR, Verdict, on_one_draw
from grader.marking.steps.most_helpful import most_helpful

TASK = find_task("srn.step")
WRONG = Finding("h_t", "ordinary", "value", error=0.51234, tolerance=1e-11, first=(1, 0), wrong=3, entries=6)
SPARED = replace(WRONG, spared=True)
CAME_OUT = "h_t is the right answer one time step late."


def said(*findings, remarks=(), **facts):
    return most_helpful(Verdict(TASK, facts.pop("points", 0.0), findings, remarks, **facts))


def test_a_known_mistakes_sentence_comes_first():
    entry = bank(TASK)[0]
    assert said(WRONG, remarks=("Look at another exercise, too.",), misconceptions=(entry.name,)) == entry.says


def test_what_came_out_comes_before_what_is_wrong():
    assert said(WRONG, remarks=(CAME_OUT,)) == CAME_OUT


def test_remarks_that_explain_nothing_are_passed_over():
    remarks = (NOT_LOOKED_FOR, on_one_draw(TASK, SPARED))
    assert said(SPARED, WRONG, remarks=remarks).startswith("3 of 6 entries are wrong: error up to 0.5, allowed 1e-11. ")
    assert said(SPARED, WRONG, remarks=(*remarks, CAME_OUT)) == CAME_OUT


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (Finding("h_t", "ordinary", "unwritten", "step"), "Not written."),
        (Finding("h_t", "ordinary", "none"), "Your code returned None: is a `return` missing?"),
        (Finding("h_t", "ordinary", "exception", "ValueError: x"), "Your code stopped with ValueError: x."),
    ],
)
def test_what_failed_otherwise_is_said_in_one_sentence(finding, sentence):
    assert said(finding, remarks=("The public check has no such case.",)) == sentence


def test_an_answer_that_calls_what_is_not_written_is_not_called_unwritten():
    finding = Finding("h", "ordinary", "unwritten", "step")
    told = most_helpful(Verdict(find_task("srn.sequence"), 0.0, (finding,)))
    assert told == "Not written yet: step stops with NotImplementedError."


def test_where_no_answer_arrived_the_reason_is_said():
    assert said(remarks=("No answer arrived.",)) == "No answer arrived."


def test_of_a_right_answer_only_what_its_points_rest_on():
    full = float(TASK.points)
    assert said(SPARED, remarks=(on_one_draw(TASK, SPARED), "Something else."), points=full) == ""
    assert said(remarks=("It calls torch.rnn.",), points=full, library=("torch.rnn",)) == "It calls torch.rnn."
    first = Verdict(TASK, 0.0)
    assert said(remarks=("Right, if your step were right.",), points=full, first=first).startswith("Right, if")
    assert most_helpful(Verdict(TASK, None)) == ""
