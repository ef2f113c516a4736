"""Does the referee mark answers of known worth as it should: right ones, mistakes, two at once, mutants?"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.errors import GraderError
from grader.checks.task import LESSONS, all_tasks, find_task
from grader.marking.proving.fidelity import trials
from grader.marking.proving.fidelity.margins import margins
from grader.marking.proving.fidelity.page import wrongly_marked
from grader.marking.proving.fidelity.trials import KINDS, UNMARKED, try_all
from solutions.srn import step


@pytest.fixture(scope="module")
def of_the_score():
    """All trials of one task, made in worker processes."""
    heard = []
    found = try_all([find_task("srn.f1_score")], workers=1, on_progress=heard.append)
    assert heard == ["srn.f1_score"]
    return found


def test_every_kind_is_tried(of_the_score):
    """But for follow-through: this task builds on no other."""
    assert {trial.kind for trial in of_the_score} == set(KINDS) - {"follow-through"}


def test_nothing_is_marked_wrongly(of_the_score):
    assert not wrongly_marked(of_the_score)


def test_the_margins_are_wide(of_the_score):
    (one,) = margins(of_the_score)
    assert one.enough
    assert one.noisiest.is_right
    assert not one.mildest.is_right


def test_a_mistake_is_told_in_every_style(of_the_score):
    mistakes = [trial for trial in of_the_score if trial.kind in ("mistake", "mistake in another style")]
    assert all(trial.told == trial.wanted for trial in mistakes)


def test_whoever_passes_the_public_check_is_told_why_it_was_not_enough(of_the_score):
    marked = [trial for trial in of_the_score if trial.kind not in UNMARKED]
    unseen = [trial for trial in marked if trial.public and not trial.is_right]
    assert unseen
    assert all(trial.explained for trial in unseen)


def test_a_right_answer_that_is_marked_wrongly_is_seen(monkeypatch):
    monkeypatch.setattr(trials, "alternatives", lambda task: (lambda **given: np.zeros(3),))
    found = [trial for trial in trials.right_answers(find_task("srn.step")) if trial.marked_wrongly]
    assert len(found) == 4
    assert found[0].ratio == np.inf


def test_pytorchs_tasks_are_tried_on_every_device_and_numpys_on_the_cpu(monkeypatch):
    """A second device is made of the first one's other name."""
    monkeypatch.setattr(trials, "devices", lambda: ["cpu", "cpu:0"])
    for name, wanted in (("sentiment.pool", ["cpu", "cpu:0"]), ("srn.parameter_count", ["cpu"])):
        parts = trials._parts(find_task(name), ("right", "mistake"))
        found = [trial for part in parts for trial in trials._try(*part)]
        for kind in ("right", "mistake"):
            on = {device: [one for one in found if (one.kind, one.device) == (kind, device)] for device in wanted}
            assert sum(map(len, on.values())) == sum(one.kind == kind for one in found)
            assert len({len(each) for each in on.values()}) == 1
            assert all(on.values())
        assert [one.device for one in margins(found)] == wanted
        assert not wrongly_marked(found)


@pytest.mark.gpu
def test_on_a_gpu_a_right_module_keeps_its_points():
    found = trials._try("deep.module", ("right",), "cuda")
    assert found
    assert not wrongly_marked(found)


def test_without_mutmut_the_way_out_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "grader.marking.proving.fidelity.mutants", raising=False)
    monkeypatch.setitem(sys.modules, "mutmut.mutation.mutators", None)
    with pytest.raises(GraderError, match=r"mutmut.*make setup"):
        try_all([], ("mutant",))


def test_a_mistake_that_keeps_its_points_is_seen():
    task = find_task("srn.output_layer")
    blind = replace(task, cases=tuple(case for case in task.cases if not case.edge))
    found = [trial.name for trial in trials.mistakes(blind) if trial.marked_wrongly]
    assert "not-stable" in found


def test_a_mistake_that_the_drawn_inputs_of_one_submission_show_is_seen():
    """It would keep its points in the others."""
    task = find_task("srn.step")
    shown = task.draw(task.case("ordinary"), trials.SUBMISSIONS[0])["x_t"]

    def lucky(x_t, **rest):
        return step(x_t, **rest) + np.array_equal(x_t, shown)

    assert trials._wrong(task, "mistake", "lucky", lucky, ()).marked_wrongly


def test_after_a_loop_that_does_not_end_no_other_case_is_tried(monkeypatch):
    monkeypatch.setattr(trials, "SECONDS", 0.05)
    task, calls = find_task("srn.step"), []

    def forever(**inputs):
        calls.append(inputs)
        while True:
            pass

    assert not trials._passes_public(task, forever)
    assert len(calls) == 1


@pytest.fixture(scope="module")
def of_lesson(request):
    """The trials of the selected lessons by module, all made by one pair of workers: starting those takes seconds."""
    asked = {item.callspec.params["module"] for item in request.session.items if "of_lesson" in item.fixturenames}
    tasks = [task for task in all_tasks().values() if task.module in asked]
    found = try_all(tasks, ("right", "two mistakes", "mutant"), workers=2)
    return {module: [trial for trial in found if find_task(trial.task).module == module] for module in asked}


@pytest.mark.slow
@pytest.mark.parametrize("module", LESSONS)
def test_right_answers_keep_all_points_and_mutants_do_not(module, of_lesson):
    found = of_lesson[module]
    assert {trial.kind for trial in found} == {"right", "two mistakes", "mutant"}
    assert not [(trial.task, trial.name) for trial in wrongly_marked(found)]
    assert not [one for one in margins(found) if not one.enough]
    unseen = [trial for trial in found if trial.public and not trial.is_right and not trial.full]
    assert not [(trial.task, trial.name) for trial in unseen if not trial.explained]
