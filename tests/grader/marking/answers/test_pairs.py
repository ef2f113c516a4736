"""Are two mistakes at once named, and nothing where no pair fits?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.answers import collect
from grader.checks.task import all_tasks, find_task
from grader.marking.answers.misconceptions import bank, named, pairs
from grader.marking.answers.misconceptions.entries import with_both
from grader.marking.answers.references import recording
from solutions.srn import cross_entropy


def answered(name, function) -> list:
    """A student's answers to the recorded inputs, and to one draw."""
    task = find_task(name)
    asked = [*recording(task.module).seeds[name].items(), *((case.label, 11) for case in task.cases)]
    with np.errstate(all="ignore"):
        return [collect(task, function, task.case(label), seed) for label, seed in asked]


def names(name, function) -> list[str]:
    return [entry.name for entry in named(find_task(name), answered(name, function))]


def step_with_another_U_and_no_bias(x_t, h, W, U, b):
    return np.stack([np.tanh(W @ x + s @ U) for x, s in zip(x_t, h, strict=True)])


def sweep_from_zeros_without_slope(do, h, dh, U, V):
    dz, dh = [], np.zeros_like(dh)
    for k in range(len(h) - 1, -1, -1):
        dz.insert(0, do[k] @ V + dh)
        dh = dz[0] @ U
    return np.array(dz), dh


def step_of_1997_without_tanh_and_input_gate(x_t, h, c, W, U, b):
    z = np.einsum("bd,kd->bk", x_t, W) + h @ U.T + b
    _, g, o = z[:, : len(U) // 3], z[:, len(U) // 3 : 2 * len(U) // 3], z[:, 2 * len(U) // 3 :]
    c = c + np.tanh(g)
    return c / (1 + np.exp(-o)), c


PAIRS = [
    ("srn.step", step_with_another_U_and_no_bias, {"transposed-U", "no-bias"}),
    ("bptt.sweep", sweep_from_zeros_without_slope, {"dh-ignored", "no-slope"}),
    ("lstm.step_1997", step_of_1997_without_tanh_and_input_gate, {"not-squashed", "no-input-gate"}),
]


@pytest.mark.parametrize(("task", "function", "expected"), PAIRS)
def test_both_are_named(task, function, expected):
    assert set(names(task, function)) == expected


def test_a_single_mistake_is_not_made_two():
    assert names("srn.step", lambda x_t, h, W, U, b: np.tanh(x_t @ W.T + h @ U + b)) == ["transposed-U"]


def test_noise_is_no_pair():
    assert names("srn.step", lambda x_t, h, W, U, b: np.tanh(x_t @ W.T + h @ U + b) + 1e-3) == []


@pytest.mark.parametrize("nothing", [lambda h: h * np.nan, lambda h: h[len(h)]], ids=["NaN", "an exception"])
def test_what_has_no_number_is_no_pair(nothing):
    """Many pairs give NaN everywhere: which of them was made, nobody can tell."""
    assert names("srn.step", lambda x_t, h, W, U, b: nothing(h)) == []


def test_an_entry_that_calls_the_rest_right_takes_no_part():
    def doubled_and_summed(o, targets):
        losses = 2 * cross_entropy(o, targets)[1]
        return losses.sum(), losses / 2 / np.log(2)

    assert "sum" not in names("srn.cross_entropy", doubled_and_summed)


def test_none_tried_none_named(monkeypatch):
    monkeypatch.setattr(pairs, "MOST", {False: 0, True: 0})
    assert names("srn.step", step_with_another_U_and_no_bias) == []


def test_what_a_pair_explains_is_not_explained_again():
    """h_0 is not used, so its gradient is 0; together with the wrong bias the pair says that, and nothing else does."""
    task = find_task("srn.module")
    one, other = (entry for entry in bank(task) if entry.name in ("no-bias", "h0-ignored"))
    assert set(names(task.name, with_both(task, one, other))) == {"no-bias", "h0-ignored"}


def test_a_pair_explains_everything_or_nothing():
    """h shows the old cell state, and tanh bends the belt: a pair that leaves h right is not named for the belt."""
    task = find_task("lstm.step_1997")
    one, other = (entry for entry in bank(task) if entry.name in ("tanh-on-the-belt", "old-state-shown"))
    assert "not-squashed" not in names(task.name, with_both(task, one, other))


def test_so_many_pairs_are_tried_and_no_more(monkeypatch):
    """A count, not a time: what a report says must not depend on the machine."""
    answers = answered(
        "lstm.sequence", lambda x, h0, c0, W, U, b: (x.sum() + np.zeros((len(x), *h0.shape)),) * 2 + (W,)
    )
    tried, whole = [], pairs.solution
    monkeypatch.setattr(pairs, "solution", lambda *given: tried.append(given) or whole(*given))
    monkeypatch.setattr(pairs, "MOST", {False: 7, True: 7})
    named(find_task("lstm.sequence"), answers)
    assert len(set(tried)) == 7


@pytest.mark.parametrize(
    ("name", "mistakes"),
    [
        ("srn.step", ("no-bias", "transposed-U")),
        ("gru.sequence", ("zero-start", "no-reset")),
        ("bidirectional.deep", ("cell-state-goes-up", "keep-inverted")),
    ],
)
def test_the_quick_way_to_edit_is_the_slow_one(name, mistakes):
    """Only the edited definitions are compiled anew; what comes out is what `with_both` makes of the whole module."""
    task = find_task(name)
    one, other = (entry for entry in bank(task) if entry.name in mistakes)
    slow, quick = (
        answered(name, function) for function in (with_both(task, one, other), pairs.solution(name, one, other))
    )
    assert [each.problem for each in quick] == [each.problem for each in slow]
    assert all(
        np.array_equal(a.outputs[key], b.outputs[key], equal_nan=True)
        for a, b in zip(quick, slow, strict=True)
        for key in a.outputs
    )


def test_tasks_left_out_exist():
    assert set(all_tasks()) >= pairs.ENDLESS
