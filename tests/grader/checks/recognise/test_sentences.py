"""Does a recogniser say what came out in place of the right answer, and nothing of what is right or merely odd?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.checks.answers import Answer, collect
from grader.checks.compare import compare
from grader.checks.expected import expected_outputs, noise_floors, public_seed
from grader.checks.recognise import recognised
from grader.checks.recognise.sentences import true_again
from grader.checks.task import all_tasks, find_task
from grader.marking.answers.misconceptions import bank, mistaken
from grader.marking.answers.references.live import reference


def tried(task, function):
    cases = [case for case in task.cases if case.public]
    with np.errstate(all="ignore"):
        answers = [collect(task, function, case, public_seed(task, case)) for case in cases]
    return [
        (answer, expected_outputs(task, case), noise_floors(task, case))
        for answer, case in zip(answers, cases, strict=True)
    ]


def told(task, answers):
    findings = [found for answer, right, floors in answers for found in _compared(task, answer, right, floors)]
    return recognised(task, answers, findings)


def _compared(task, answer, right, floors):
    return compare(task, task.case(answer.case), answer, right, floors)


def said(name, entry):
    """What is said of a mistake of the bank, by its name."""
    task = find_task(name)
    (found,) = (each for each in bank(task) if each.name == entry)
    return " ".join(told(task, tried(task, mistaken(task, found))))


@pytest.mark.parametrize(
    ("name", "entry", "says"),
    [
        ("srn.step", "transposed-U", "the right answer but for `U` transposed before the tanh."),
        ("srn.step", "no-bias", "but for `b` taken away before the tanh, as if it was left out."),
        ("srn.step", "no-tanh", "the right answer before tanh: tanh of it is right."),
        ("srn.step", "tanh-twice", "tanh of the right answer: as after one tanh too many."),
        ("srn.step", "old-state-added", "the right answer plus `h`."),
        ("srn.sequence", "h0-ignored", "the product of `h0` and `U`ᵀ taken away before the tanh"),
        ("srn.sequence", "states-one-late", "the right answer one time step late."),
        ("srn.sequence", "states-overwritten", "the right answer of the last time step, at every time step."),
        ("srn.sequence", "states-reversed", "the right answer in reverse order along the axis time step."),
        ("srn.sequence", "state-not-carried", "right at the first time step, and wrong at every later one."),
        ("srn.sequence", "last-state-only", "the right answer at the last time step alone"),
        ("srn.sequence", "h0-among-states", "the right answer with one time step more before it."),
        ("srn.sequence", "batch-first", "transposed: its axes are (row, time step, unit)"),
        ("srn.parameter_count", "two-biases", "What came out is H too many."),
        ("srn.parameter_count", "output-sees-input-too", "What came out is D·O too many."),
        ("srn.output_layer", "not-normalised", "along the axis class, but it does not sum to 1 there."),
        ("srn.output_layer", "softmax-twice", "the softmax of the right answer over the axis class"),
        ("srn.cross_entropy", "sum", "What came out as `loss` is T·B times the right answer."),
        ("srn.cross_entropy", "bits", "the right answer divided by ln 2: as with logarithms of another base."),
        ("bptt.score_gradient", "sum-instead-of-mean", "What came out is T·B times the right answer."),
        ("bptt.delta_step", "no-slope", "divided by (1 − `h_k`²), as if that factor was left out."),
        ("gru.gates", "order-z-r-n", "`r_t` and `z_t` are exchanged: what came out as each is what is asked for as"),
        ("gru.from_torch", "bias-hh-ignored", "What came out as `b` is `bias_ih` as it was given."),
        ("lstm.step_back", "order-figo", "in the order f, i, g, o in place of i, f, g, o."),
        (
            "lstm.step_back",
            "no-slope-of-f",
            "in block 2 of 4 (f) along the axis unit (all blocks); elsewhere it is right.",
        ),
        ("lstm.step_back", "slope-of-c", "right in block 4 of 4 (o) along the axis unit (all blocks), and wrong"),
        (
            "deep.forward",
            "c-goes-up",
            "What came out as `states` is right at the first layer, and wrong at every later",
        ),
        ("bidirectional.join", "sum-is-mean", "What came out is half the right answer"),
        ("bidirectional.keep", "one-too-many", "right in the real steps, and wrong in the padding after them."),
        ("language_model.measures", "nats", "as `bits of each text` and as `bits` is ln 2 times the right answer"),
        ("clipping.orthogonal", "gain-forgotten", "What came out is the right answer divided by `gain`."),
    ],
)
def test_what_came_out_is_told(name, entry, says):
    assert says in said(name, entry)


@pytest.mark.parametrize("name", all_tasks())
def test_of_a_right_answer_nothing_is_said(name):
    task = find_task(name)
    assert told(task, tried(task, reference(task))) == ()


@pytest.mark.parametrize(
    "name", ["srn.sequence", "bptt.gradients", "gru.backward", "lstm.backward", "translation.attend"]
)
def test_of_numbers_that_follow_from_nothing_nothing_is_said(name):
    task = find_task(name)
    rng = np.random.default_rng(1)
    noisy = [(_noisy(answer, rng), right, floors) for answer, right, floors in tried(task, reference(task))]
    assert told(task, noisy) == ()


def _noisy(answer: Answer, rng) -> Answer:
    outputs = {name: array + 0.1 * rng.standard_normal(array.shape) for name, array in answer.outputs.items()}
    return replace(answer, outputs=outputs)


def test_a_sentence_holds_in_every_case_that_is_wrong():
    """Twice the right answer in one case, three times in another: neither is said."""
    task = find_task("srn.step")
    changed = [
        (replace(answer, outputs={"h_t": times * answer.outputs["h_t"]}), right, floors)
        for times, (answer, right, floors) in zip((2, 3, 2), tried(task, reference(task)), strict=True)
    ]
    assert told(task, changed) == ("What came out is the right answer times a number, one for each case.",)


def test_it_is_said_where_cases_are_right_that_the_mistake_would_spoil():
    task = find_task("srn.step")
    first, *rest = tried(task, reference(task))
    changed = [(replace(a, outputs={"h_t": np.tanh(a.outputs["h_t"])}), right, floors) for a, right, floors in rest]
    (sentence,) = told(task, [first, *changed])
    assert sentence.endswith("one tanh too many, in the cases that are wrong.")


# --- what would be true of the public inputs alone ---


@pytest.mark.parametrize(
    ("name", "entry", "says"),
    [
        (
            "srn.word_starts",
            "one-early-but-first",
            "What came out is the right answer one letter early, but for the ends.",
        ),
        ("deep.from_torch", "order-of-the-dict", "`U` is the right answer in another order along the axis layer."),
        ("deep.backward", "dlayers-turned-round", "the right answer in reverse order along the axis layer."),
        ("forecasting.seasonal_naive", "each-value-repeated", "and others never, in the cases that are wrong."),
        ("clipping.clip_by_norm", "sum-of-norms", "is the right answer times a number, one for each case."),
    ],
)
def test_no_more_is_said_than_the_cases_tell(name, entry, says):
    """One end of a row of booleans, an order of two places, cases that are right: each may be so by chance."""
    assert says in said(name, entry)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("deep.width", "D-for-every-layer"),  # 4 too many twice, at the same sizes, which tells once
        (
            "clipping.clip_by_norm",
            "by-value",
        ),  # U and b are in proportion, as none of their entries is clipped; W is not
    ],
)
def test_of_what_fits_by_chance_nothing_is_said(name, entry):
    assert "What came out" not in said(name, entry)


@pytest.mark.parametrize(("function", "says"), [(lambda h: h / 2, "half the right"), (np.square, "answer, squared")])
def test_numbers_within_the_tolerance_of_0_are_no_case_that_is_right(function, says):
    """There the mistake cannot show, whatever it is."""
    task = find_task("srn.step")
    (answer, right, floors), *rest = tried(task, reference(task))
    tiny = {"h_t": 1e-16 * right["h_t"]}
    changed = [(replace(answer, outputs=tiny), tiny, floors)]
    changed += [(replace(a, outputs={"h_t": function(right["h_t"])}), right, floors) for a, right, floors in rest]
    (sentence,) = told(task, changed)
    assert says in sentence
    assert "in the cases that are wrong" not in sentence


def test_whether_a_sentence_is_true_of_further_inputs_is_seen():
    task = find_task("srn.step")
    twice = [
        (replace(answer, outputs={"h_t": 2 * answer.outputs["h_t"]}), right, floors)
        for answer, right, floors in tried(task, reference(task))
    ]
    says = "What came out is twice the right answer."
    assert true_again(task, twice[:2], twice[2:]) == {says: True}
    assert true_again(task, twice[:2], tried(task, reference(task))[2:]) == {says: False}


def test_no_size_is_said_where_another_tells_as_well():
    """Divided by the largest score: right where there is one class, and all such cases have one row."""

    def divided(h, V, c):
        scores = h @ V.T + c
        powers = np.exp(scores / np.abs(scores).max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    task = find_task("srn.output_layer")
    right = reference(task)
    with np.errstate(all="ignore"):
        pairs = [(collect(task, divided, case, 5), collect(task, right, case, 5)) for case in task.cases]
    assert told(task, [(answer, expected.outputs, {}) for answer, expected in pairs]) == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", all_tasks())
def test_no_known_mistake_stops_a_recogniser(name):
    task = find_task(name)
    for entry in bank(task):
        assert len(told(task, tried(task, mistaken(task, entry)))) <= 2
