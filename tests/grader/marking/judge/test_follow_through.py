"""Is marked a second time what a wrong earlier answer took with it, and nothing else?"""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest

from grader.checks.answers import collect
from grader.checks.compare import Finding
from grader.checks.score import points
from grader.checks.task import all_tasks, earlier_of, find_task, tasks_of
from grader.marking.answers.references import recording
from grader.marking.answers.references.live import reference
from grader.marking.judge.follow_through import at_fault, followed, in_words, names_of, second_tries
from grader.marking.judge.referee import Verdict, findings_of


def verdict(name, share=0.0, kind="value", detail=""):
    task = find_task(name)
    findings = tuple(Finding(output.name, task.cases[0].label, kind, detail) for output in task.outputs)
    return Verdict(task, task.points * share, findings if share < 1 else ())


def test_what_failed_with_what_it_builds_on_is_tried_again():
    wrong = [verdict("gru.gates", 0.5), verdict("gru.step"), verdict("gru.limits"), verdict("gru.sequence")]
    assert second_tries(wrong) == {"gru.step": ("gru.gates",), "gru.sequence": ("gru.gates", "gru.step")}


def test_what_is_right_is_neither_tried_again_nor_replaced():
    assert second_tries([verdict("gru.gates"), verdict("gru.step", 1), verdict("gru.sequence")]) == {
        "gru.sequence": ("gru.gates",)
    }
    assert second_tries([verdict("gru.gates", 1), verdict("gru.step"), verdict("gru.sequence", 1)]) == {}


def test_where_the_grader_broke_nothing_is_tried_again():
    broken = Verdict(find_task("gru.gates"), None)
    assert second_tries([broken, verdict("gru.step")]) == {}
    assert second_tries([verdict("gru.gates"), Verdict(find_task("gru.step"), None)]) == {}


def test_an_answer_whose_check_comes_first_gets_no_result_of_one_that_comes_later():
    """Whoever moves the check of `step` behind that of `sequence` could otherwise ask for its results before it."""
    assert second_tries([verdict("srn.sequence"), verdict("srn.step")]) == {}


def test_what_is_not_written_is_not_tried_again():
    nothing = [verdict("srn.step", 0, "unwritten", "step"), verdict("srn.sequence", 0, "unwritten", "sequence")]
    assert second_tries(nothing) == {}


def test_what_is_written_is_tried_again_though_the_earlier_one_is_not():
    """The check of `sequence` stops with the NotImplementedError of `step`."""
    half = [verdict("srn.step", 0, "unwritten", "step"), verdict("srn.sequence", 0, "unwritten", "step")]
    assert second_tries(half) == {"srn.sequence": ("srn.step",)}


def test_where_no_answer_arrived_it_is_tried_again():
    """A `step` that never ends can end the run before `sequence` is checked."""
    ended = Verdict(find_task("srn.sequence"), 0.0, reason="no answer: it ran too long", unanswered=True)
    assert second_tries([verdict("srn.step"), ended]) == {"srn.sequence": ("srn.step",)}


def test_stand_ins_have_the_names_of_the_notebook():
    assert names_of({"srn.sequence": ("srn.step",)}) == {"srn.step": "step"}
    assert {task.function for task in all_tasks().values() if earlier_of(task)} >= {"sequence", "gradients"}


# --- both passes ----------------------------------------------------------------------------------------------------

STEP = ("srn.step",)


def test_the_better_pass_counts_and_says_so():
    first, second = verdict("srn.sequence"), verdict("srn.sequence", 1)
    both = followed(first, second, STEP)
    assert (both.points, both.first, both.earlier) == (4.0, first, STEP)
    assert both.remarks == ("Right, if your `step` (“One step”) were right: see there. You get the points.",)
    part = followed(first, verdict("srn.sequence", 0.5), STEP)
    assert part.points == 2.0
    assert part.remarks[0].startswith("Marked as if your `step` (“One step”) were right: see there.")


@pytest.mark.parametrize(("one", "other"), [(0.5, 0.5), (0.5, 0.0), (0.0, 0.0)])
def test_otherwise_the_first_pass_stands(one, other):
    first = verdict("srn.sequence", one)
    both = followed(first, verdict("srn.sequence", other), STEP)
    assert (both.points, both.first, both.findings) == (first.points, None, first.findings)
    assert "a right one would not help: look here, too" in both.remarks[-1]


def test_the_mistake_that_is_left_in_the_second_pass_is_told():
    """In the first pass two mistakes were mixed, and none was known."""
    first = verdict("srn.sequence")
    second = replace(verdict("srn.sequence"), remarks=("h0!",), misconceptions=("h0-ignored",), reason="h0-ignored")
    both = followed(first, second, STEP)
    assert (both.points, both.first, both.misconceptions, both.reason) == (0.0, None, ("h0-ignored",), "h0-ignored")
    assert both.remarks[1:] == ("h0!",)


def test_an_answer_that_asked_for_nothing_gets_nothing():
    """It does not use the earlier one: whatever made it right the second time, its first answer counts."""
    first = verdict("srn.sequence")
    assert followed(first, verdict("srn.sequence", 1), ()) is first


def test_where_the_grader_broke_in_the_second_pass_the_first_one_stands():
    first = verdict("srn.sequence")
    assert followed(first, Verdict(first.task, None, reason="the grader failed"), STEP) is first


def test_where_no_answer_arrived_in_the_second_pass_nothing_is_said_of_it():
    first = verdict("srn.sequence")
    assert followed(first, Verdict(first.task, 0.0, unanswered=True), STEP) is first


def test_what_is_right_but_for_another_stands_for_that_one():
    """`step` is right if `gates` were: so whoever uses it is told of `gates`."""
    gates = verdict("gru.gates")
    step = followed(verdict("gru.step"), verdict("gru.step", 1), ("gru.gates",))
    decided = {"gru.gates": gates, "gru.step": step}
    assert at_fault(("gru.step",), decided) == ("gru.gates",)
    assert at_fault(("gru.gates", "gru.step"), decided) == ("gru.gates",)
    assert at_fault(("gru.step",), decided | {"gru.step": verdict("gru.step", 0.5)}) == ("gru.step",)


def test_several_are_named_in_words():
    assert in_words(("gru.gates", "gru.step")) == "`gates` (“Two gates and a candidate”) and `step` (“One step”)"
    three = in_words(("gru.gates", "gru.step", "gru.sequence"))
    assert three.count(" and `") == 1
    assert three.count(", `") == 1


# --- does an earlier result give a later answer away? ----------------------------------------------------------------


ASKED_FOR = {each.name for task in all_tasks().values() for each in earlier_of(task)}
"""The tasks that can have stand-ins in some pass."""
PARTS = 6
"""Most results of a task."""


def in_place_of(task, earlier):
    """Answers to a task that only pass on the earlier one's result, or a part of it, for the arguments of both."""
    own, theirs = reference(task), reference(earlier)
    names = set(inspect.signature(theirs).parameters)

    def answer(*given, **named):
        bound = inspect.signature(own).bind(*given, **named).arguments
        return theirs(**{name: value for name, value in bound.items() if name in names})

    return theirs, answer, *(lambda *given, k=k, **named: answer(*given, **named)[k] for k in range(PARTS))


@pytest.mark.parametrize("task", [task for task in all_tasks().values() if not task.torch], ids=lambda task: task.name)
def test_no_earlier_result_is_the_answer_to_a_later_task(task):
    """Whoever hands in ``sequence = step`` gets no points, though `step` is answered by the reference.

    Asked of all pairs of a notebook: what an answer may not ask for it could have kept from the check of another one.
    """
    seeds, known = recording(task.module).seeds[task.name], list(tasks_of(task.module).values())
    for earlier in known[: known.index(task)]:
        if earlier.name in ASKED_FOR:
            for answer in in_place_of(task, earlier):
                answers = [collect(task, answer, case, seeds[case.label]) for case in task.cases]
                assert points(task, findings_of(task, answers)) == 0, earlier.name
