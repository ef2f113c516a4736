"""Does the referee give points for right answers, for nothing else, and never stop?"""

import json
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.answers import MIME, collect, pack
from grader.checks.as_text import text
from grader.checks.device import pick_device
from grader.checks.report import Report, rows
from grader.checks.task import all_tasks, find_task
from grader.marking.answers.misconceptions import Stopwatch, bank, mistaken, naming, outputs_of
from grader.marking.answers.references.live import reference
from grader.marking.judge import referee
from grader.marking.judge.plan import make_plan
from grader.marking.sandbox.job import TIMEOUT

SECRET = bytes(32)
TASKS = all_tasks()


def outputs_for(task, answer, plan):
    answers = [collect(task, answer, task.case(label), seed) for label, seed in plan]
    bundle = json.loads(json.dumps(pack(task, answers)))
    return [{"output_type": "display_data", "data": {MIME: bundle, "text/plain": "answers recorded"}}]


def plan_of(task):
    return make_plan(SECRET, "a submission", [task])[task.name]


def judged(name, answer):
    task = find_task(name)
    return referee.judge(task, outputs_for(task, answer, plan_of(task)), plan_of(task))


@pytest.mark.parametrize("name", TASKS)
def test_the_reference_gets_full_points(name):
    verdict = judged(name, reference(find_task(name)))
    assert verdict.points == find_task(name).points, verdict.reason
    assert not verdict.remarks


@pytest.mark.parametrize("name", TASKS)
def test_zeros_get_nothing(name, monkeypatch):
    """What they are named as is asked in test_misconceptions.py."""
    monkeypatch.setattr(referee, "named", lambda *_, **__: [])
    assert judged(name, lambda *_, **__: 0).points == 0


def test_a_known_mistake_is_named_with_its_sentence():
    verdict = judged("srn.step", lambda x_t, h, W, U, b: np.tanh(x_t @ W.T + h @ U + b))
    assert verdict.points == 0
    assert verdict.misconceptions[0] == verdict.reason == "transposed-U"
    assert "transpose" in verdict.remarks[0]


def test_wrong_in_edge_cases_only_keeps_half():
    def unstable(h, V, c):
        with np.errstate(all="ignore"):
            e = np.exp(h @ V.T + c)
            return e / e.sum(-1, keepdims=True)

    assert judged("srn.output_layer", unstable).points == 1.5


def wrong_on(name, *numbers):
    """The reference of a task, but wrong on these of the three inputs of its first case: 0 is the recorded one."""
    task = find_task(name)
    label = task.cases[0].label
    seeds = [seed for case, seed in plan_of(task) if case == label]
    bad = [task.draw(task.cases[0], seeds[number]) for number in numbers]

    def answer(**given):
        right = reference(task)(**given)
        hit = any(all(np.array_equal(inputs[key], given[key]) for key in given) for inputs in bad)
        return right + hit

    return answer


def test_what_is_wrong_on_the_recorded_inputs_alone_is_wrong():
    assert judged("srn.step", wrong_on("srn.step", 0)).points == 0


def test_what_is_wrong_on_every_draw_alone_is_wrong():
    assert judged("srn.step", wrong_on("srn.step", 1, 2)).points == 0


def test_what_is_wrong_on_one_draw_costs_nothing_and_is_said():
    verdict = judged("srn.step", wrong_on("srn.step", 1))
    assert verdict.points == 3
    assert [finding.kind for finding in verdict.findings if finding.spared] == ["value"]
    (remark,) = verdict.remarks
    assert remark.startswith("This cost no points: h_t, in the case “ordinary”, on one draw of the inputs, but not on")
    report = Report(verdict.task, verdict.findings, True, verdict.points, verdict.remarks)
    assert all(row.right and row.says.startswith("right") for row in rows(report))
    assert text(report).endswith(f"all {2 * len(verdict.task.cases)} checks passed · 3 of 3 points")


def test_what_is_wrong_on_one_draw_does_not_hide_what_is_wrong_elsewhere():
    lucky = wrong_on("srn.step", 1)
    verdict = judged("srn.step", lambda **given: lucky(**given) + (given["x_t"].dtype == np.float32))
    assert verdict.points == 0
    assert [finding.case for finding in verdict.findings if not finding.right] == ["float32", "float32"]
    assert verdict.remarks[-1].startswith("This cost no points")


def test_a_second_draw_is_looked_at_only_where_the_first_leaves_a_doubt():
    task = find_task("srn.step")
    seen = {}
    for name, answer in {"right": reference(task), "doubt": wrong_on("srn.step", 1), "wrong": lambda **_: 0.0}.items():
        answers = [collect(task, answer, task.case(label), seed) for label, seed in plan_of(task)]
        seen[name] = [answer.case for answer, _ in referee.look(task, answers, "cpu")].count("ordinary")
    assert seen == {"right": 2, "doubt": 3, "wrong": 2}


def test_a_failure_that_no_public_case_shows_is_called_so():
    verdict = judged("srn.word_starts", lambda losses, rise: np.append(True, np.diff(losses) >= rise))
    assert verdict.points == 1
    assert verdict.remarks[-1].endswith("has no such case, so it could not show this: a rise of exactly the threshold.")


def test_a_failure_that_a_public_case_shows_is_not():
    verdict = judged("srn.word_starts", lambda losses, rise: np.diff(losses) > rise)
    assert not any("public check" in remark for remark in verdict.remarks)


def test_no_bundle_scores_nothing_and_says_why():
    task = find_task("srn.step")
    error = {"output_type": "error", "ename": "BadCall", "evalue": "srn.step wants your function step itself"}
    verdict = referee.judge(task, [error], plan_of(task))
    assert verdict.points == 0
    assert "BadCall: srn.step wants your function" in verdict.reason


@pytest.mark.parametrize(
    ("name", "message", "says"),
    [
        ("NameError", "name 'step' is not defined", ": no cell that ran to its end defines `step`."),
        (
            TIMEOUT,
            "did not finish within 30 seconds",
            ": your code did not finish within 30 seconds; does a loop of it",
        ),
    ],
)
def test_why_no_answer_arrived_is_said_in_plain_words(name, message, says):
    task = find_task("srn.step")
    (said,) = referee.judge(task, [{"output_type": "error", "ename": name, "evalue": message}], plan_of(task)).remarks
    assert says in said
    assert name not in said


def test_the_line_for_tables_is_in_words():
    assert judged("srn.step", lambda x_t, h, W, U, b: 0.0 * h).reason == "wrong numbers: h_t (ordinary)"
    assert judged("srn.step", lambda x_t, h, W, U, b: None).reason == "returns None: h_t (ordinary)"


def test_whether_anything_was_answered_is_told_apart_from_wrong():
    def unwritten(*_, **__):
        raise NotImplementedError

    task = find_task("srn.step")
    assert judged("srn.step", unwritten).unanswered
    assert referee.judge(task, [], plan_of(task)).unanswered
    assert not judged("srn.step", reference(task)).unanswered
    assert not judged("srn.step", lambda *_, **__: None).unanswered


@pytest.mark.parametrize(
    ("name", "message", "unanswered"),
    [
        (TIMEOUT, "did not finish within 30 seconds", False),
        ("MemoryError", "", False),
        ("NameError", "name 'step' is not defined", True),
    ],
)
def test_a_loop_without_an_end_is_a_mistake_and_not_left_unanswered(name, message, unanswered):
    task = find_task("srn.step")
    verdict = referee.judge(task, [{"output_type": "error", "ename": name, "evalue": message}], plan_of(task))
    assert (verdict.points, verdict.unanswered) == (0.0, unanswered)
    assert referee.judge(task, [], plan_of(task), ended="the kernel died").unanswered


def test_the_end_of_the_run_is_the_reason_given():
    task = find_task("srn.step")
    assert "memory" in referee.judge(task, [], plan_of(task), "it used more than 1 MiB of memory").reason


def test_two_bundles_are_no_answer():
    task = find_task("srn.step")
    outputs = outputs_for(task, reference(task), plan_of(task))
    assert referee.judge(task, outputs * 2, plan_of(task)).points == 0


def test_right_answers_to_other_inputs_score_nothing():
    task = find_task("srn.step")
    other = make_plan(SECRET, "another submission", [task])[task.name]
    assert referee.judge(task, outputs_for(task, reference(task), other), plan_of(task)).points == 0


@pytest.mark.parametrize(
    "bundle", [None, 1, "x", [], [1], {}, {"format": 1, "task": "srn.step", "cases": 3}, "[" * 100_000]
)
def test_what_is_no_bundle_scores_nothing(bundle):
    task = find_task("srn.step")
    verdict = referee.judge(task, [{"output_type": "display_data", "data": {MIME: bundle}}], plan_of(task))
    assert verdict.points == 0
    assert verdict.reason


def test_a_failure_of_the_grader_is_not_marked_rather_than_wrong(monkeypatch):
    def broken(*_):
        raise RuntimeError("out of order")

    monkeypatch.setattr(referee, "reference_outputs", broken)
    referee._right.cache_clear()  # what is known already needs no reference
    verdict = judged("srn.step", reference(find_task("srn.step")))
    assert verdict.points is None
    assert "out of order" in verdict.reason


def test_what_is_right_on_one_device_is_not_taken_for_another(monkeypatch):
    """The references of a stub device are all 1 too large, and so are the answers of whoever works there."""
    task, known = find_task("srn.step"), referee.reference_outputs

    def on_stub(task, case, seed, device):
        return {name: array + (device == "stub") for name, array in known(task, case, seed, "cpu").items()}

    monkeypatch.setattr(referee, "reference_outputs", on_stub)
    ours = [collect(task, reference(task), task.case(label), seed) for label, seed in plan_of(task)]
    theirs = [replace(answer, outputs={name: a + 1 for name, a in answer.outputs.items()}) for answer in ours]
    for answers, device, right in ((ours, "cpu", True), (ours, "stub", False), (theirs, "stub", True)):
        assert all(finding.right for finding in referee.findings_of(task, answers, device)) == right
    assert referee.reference_is_sound("srn.step", "cpu")
    assert not referee.reference_is_sound("srn.step", "stub")


def test_a_mistake_is_made_on_the_device_that_is_marked_on(monkeypatch):
    task, made_on = find_task("srn.step"), []

    def made(entry, task, case, seed):
        made_on.append(pick_device().type)
        return outputs_of(entry, task, case, seed)

    monkeypatch.setattr(naming, "outputs_of", made)
    no_bias = mistaken(task, next(entry for entry in bank(task) if entry.name == "no-bias"))
    wrong = [collect(task, no_bias, task.case(label), seed) for label, seed in plan_of(task)]
    naming._theirs.cache_clear()
    for device in ("cpu", "meta", "meta"):
        assert [entry.name for entry in naming.named(task, wrong, device=device)] == ["no-bias"]
    assert set(made_on) == {"cpu", "meta"}
    assert made_on.count("cpu") == made_on.count("meta")


def test_a_reference_that_left_its_recording_marks_nobody(monkeypatch):
    import solutions.srn

    monkeypatch.setattr(solutions.srn, "step", lambda x_t, h, W, U, b: np.tanh(x_t @ W.T + h @ U.T + 1.0001 * b))
    referee.reference_is_sound.cache_clear()
    verdict = judged("srn.step", reference(find_task("srn.step")))
    referee.reference_is_sound.cache_clear()
    assert verdict.points is None
    assert "recorded" in verdict.reason


def test_a_report_says_where_there_was_no_time_for_known_mistakes_and_the_points_stay():
    task = find_task("srn.step")
    answers = [
        collect(task, lambda x_t, h, W, U, b: np.tanh(x_t @ W.T + h @ U + b), task.case(label), seed)
        for label, seed in plan_of(task)
    ]
    with_time, without = referee.mark(task, answers), referee.mark(task, answers, clock=Stopwatch(0.0))
    assert with_time.misconceptions == ("transposed-U",)
    assert without.misconceptions == ()
    assert without.remarks[-1] == referee.NOT_LOOKED_FOR  # after what came out, which takes no time
    assert without.points == with_time.points
