"""Are the references of lesson 06 right? PyTorch's stacks, autograd and central differences are the oracles."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.device import pick_device
from solutions import deep
from solutions.cells import CELLS
from tests.solutions import closeness

close = partial(closeness.close, tolerance=1e-11)

TORCHS = {"srn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
GRID = [*itertools.product((1, 4), (1, 3), (1, 2), (1, 5)), (3, 2, 4, 4)]
"""T, B, D, H."""

every_kind = pytest.mark.parametrize("kind", CELLS)
every_depth = pytest.mark.parametrize("L", [1, 2, 3])
every_size = pytest.mark.parametrize(("T", "B", "D", "H"), GRID)


def a_stack(kind, L, T=4, B=3, D=2, H=5, seed=0):
    """x, starts, layers, kind."""
    rng = np.random.default_rng([seed, L, T, B, D, H])
    starts = [tuple(rng.normal(size=(B, H)) for _ in CELLS[kind].carries) for _ in range(L)]
    layers = [CELLS[kind].draw(rng, D if k == 0 else H, H) for k in range(L)]
    return rng.normal(size=(T, B, D)), starts, layers, kind


def like(tuples, seed=9):
    rng = np.random.default_rng(seed)
    return [tuple(rng.normal(size=each.shape) for each in entry) for entry in tuples]


def masks_for(L, T, B, H, p=0.4):
    return list((np.random.default_rng(7).random((L - 1, T, B, H)) >= p).astype(float))


def torchs(kind, L, D, H):
    torch.manual_seed(3)
    stack = TORCHS[kind](D, H, num_layers=L).double()
    return stack, {name: value.detach().numpy() for name, value in stack.named_parameters()}


# --- against PyTorch's stacks ---------------------------------------------------------------------------------------


@every_kind
@every_depth
@every_size
def test_values_and_every_gradient_are_those_of_torchs_stack(kind, L, T, B, D, H):
    """torch.nn.GRU(num_layers=3), LSTM(num_layers=2) and the rest; the loss sees the top layer and all last states."""
    stack, named = torchs(kind, L, D, H)
    x, starts, _, _ = a_stack(kind, L, T, B, D, H)
    layers = deep.from_torch(named, kind)
    states = deep.forward(x, starts, layers, kind)
    their_x = torch.tensor(x, requires_grad=True)
    their_starts = [torch.tensor(np.stack(each), requires_grad=True) for each in zip(*starts, strict=True)]
    top, last = stack(their_x, tuple(their_starts) if len(their_starts) > 1 else their_starts[0])
    last = last if isinstance(last, tuple) else (last,)
    close(states[-1][0], top)
    for theirs, ours in zip(last, zip(*states, strict=True), strict=True):
        close(np.stack([each[-1] for each in ours]), theirs)

    rng = np.random.default_rng(5)
    dtop, dlast = rng.normal(size=top.shape), [rng.normal(size=each.shape) for each in last]
    torch.autograd.backward([top, *last], [torch.tensor(each) for each in (dtop, *dlast)])
    dstates = [tuple(np.zeros_like(each) for each in entry) for entry in states]
    dstates[-1][0][...] = dtop
    for k, entry in enumerate(dstates):
        for array, each in zip(entry, dlast, strict=True):
            array[-1] += each[k]
    dx, dstarts, dlayers = deep.backward(dstates, x, starts, layers, kind)
    close(dx, their_x.grad)
    for ours, theirs in zip(zip(*dstarts, strict=True), their_starts, strict=True):
        close(np.stack(ours), theirs.grad)
    theirs = {name: value.grad for name, value in stack.named_parameters()}
    for k, layer in enumerate(dlayers):
        close(layer["W"], theirs[f"weight_ih_l{k}"])
        close(layer["U"], theirs[f"weight_hh_l{k}"])
        close(layer["b"], theirs[f"bias_ih_l{k}"])
        if kind == "gru":
            close(layer["b_m"], theirs[f"bias_hh_l{k}"][2 * H :])


@every_kind
def test_layers_of_torch_are_found_by_number_whatever_their_order(kind):
    _, named = torchs(kind, 12, 2, 3)
    turned = dict(sorted(named.items(), reverse=True))
    for ours, turned_round in zip(deep.from_torch(named, kind), deep.from_torch(turned, kind), strict=True):
        assert all(np.array_equal(ours[name], turned_round[name]) for name in ours)
    assert np.array_equal(deep.from_torch(turned, kind)[10]["W"], named["weight_ih_l10"])


# --- every gradient by central differences --------------------------------------------------------------------------


def variables(x, starts, layers):
    yield x
    for start in starts:
        yield from start
    for layer in layers:
        yield from layer.values()


def check_by_differences(loss, found, given):
    dx, dstarts, dlayers = found
    gradients = variables(dx, dstarts, [{n: d[n] for n in p} for d, p in zip(dlayers, given[2], strict=True)])
    for variable, gradient in zip(variables(*given[:3]), gradients, strict=True):
        assert gradient.shape == variable.shape
        for index in np.ndindex(variable.shape):
            kept, values = variable[index], []
            for shift in (-1e-5, 1e-5):
                variable[index] = kept + shift
                values.append(loss())
            variable[index] = kept
            close((values[1] - values[0]) / 2e-5, gradient[index], tolerance=1e-7)


def weighted(states, dstates):
    pairs = zip(itertools.chain(*states), itertools.chain(*dstates), strict=True)
    return sum(np.sum(one * two) for one, two in pairs)


@every_kind
@every_depth
def test_backward_is_the_gradient_of_all_states_of_all_layers(kind, L):
    given = a_stack(kind, L, 2, 2, 3, 2)
    dstates = like(deep.forward(*given))
    found = deep.backward(dstates, *given)
    check_by_differences(lambda: weighted(deep.forward(*given), dstates), found, given)


@every_kind
@every_depth
def test_dropout_backward_is_the_gradient_of_dropout_forward_in_training(kind, L):
    given, p = a_stack(kind, L, 2, 2, 3, 2), 0.4
    masks = masks_for(L, 2, 2, 2)
    dstates = like(deep.forward(*given))
    found = deep.dropout_backward(dstates, *given, masks, p)
    check_by_differences(lambda: weighted(deep.dropout_forward(*given, masks, p, True), dstates), found, given)


@every_kind
@pytest.mark.parametrize("L", [1, 2, 4])
def test_residual_backward_is_the_gradient_of_y(kind, L):
    given = a_stack(kind, L, 2, 2, 3, 2)
    dy = np.random.default_rng(1).normal(size=(2, 2, 2))
    found = deep.residual_backward(dy, *given)
    check_by_differences(lambda: np.sum(deep.residual_forward(*given)[1] * dy), found, given)


# --- dropout --------------------------------------------------------------------------------------------------------


@every_kind
def test_without_dropped_numbers_and_in_evaluation_it_is_the_plain_stack(kind):
    given = a_stack(kind, 3)
    masks, plain = masks_for(3, 4, 3, 5), deep.forward(*given)
    for states in (
        deep.dropout_forward(*given, masks, 0.4, False),
        deep.dropout_forward(*given, [np.ones_like(mask) for mask in masks], 0.0, True),
    ):
        for ours, theirs in zip(itertools.chain(*states), itertools.chain(*plain), strict=True):
            close(ours, theirs)


def test_the_lowest_layer_and_what_goes_on_in_time_are_not_dropped():
    x, starts, layers, kind = a_stack("gru", 2)
    masks = [np.zeros((4, 3, 5))]
    low, high = deep.dropout_forward(x, starts, layers, kind, masks, 0.4, True)
    close(low[0], deep.forward(x, starts, layers, kind)[0][0])
    alone = CELLS[kind].forward(np.zeros((4, 3, 5)), starts[1], layers[1])
    close(high[0], alone[0])


def test_it_is_where_torch_drops():
    """PyTorch draws its own masks; with seed and sizes known, they can be read off a stack whose layers copy."""
    torch.manual_seed(0)
    stack = torch.nn.RNN(4, 4, num_layers=2, dropout=0.5, nonlinearity="relu").double()
    with torch.no_grad():
        for name, value in stack.named_parameters():
            value.copy_(torch.eye(4) if name.startswith("weight_ih") else torch.zeros_like(value))
    top = stack(torch.ones(50, 3, 4, dtype=torch.float64))[0]
    assert set(top.unique().tolist()) == {0.0, 2.0}  # each number dropped, or scaled by 1 / (1 − p)
    assert len({tuple(step.flatten().tolist()) for step in top}) > 40  # another mask at each step


def test_the_mean_over_many_masks_is_what_evaluation_reads():
    rng, h = np.random.default_rng(0), np.random.default_rng(1).normal(size=(2, 3, 5))
    read = np.mean([h * (rng.random(h.shape) >= 0.3) / 0.7 for _ in range(20_000)], axis=0)
    np.testing.assert_allclose(read, h, atol=0.06)


# --- residual paths and the rest -------------------------------------------------------------------------------------


@every_kind
def test_y_is_the_sum_of_all_hidden_states(kind):
    states, y = deep.residual_forward(*a_stack(kind, 4))
    close(y, sum(h for h, *_ in states))


def test_the_lowest_layer_has_no_path_even_where_sizes_agree():
    given = a_stack("gru", 1, D=5, H=5)
    states, y = deep.residual_forward(*given)
    assert np.array_equal(y, states[0][0])


def test_a_transition_whose_second_layer_nearly_copies_is_the_simple_cell():
    rng, small = np.random.default_rng(0), 1e-4
    x, h0, U, b = rng.normal(size=(4, 3, 2)), rng.normal(size=(3, 5)), rng.normal(size=(5, 5)) / 5, rng.normal(size=5)
    W = rng.normal(size=(5, 2))
    h = deep.transition(x, h0 * small, W, U / small, b, small * np.eye(5), np.zeros(5))
    (simple,) = CELLS["srn"].forward(x, (h0,), {"W": W, "U": U, "b": b})
    close(h / small, simple, tolerance=1e-6)


@every_kind
@settings(max_examples=30)
@given(D=st.integers(1, 9), H=st.integers(1, 9), L=st.integers(1, 4))
def test_the_count_is_that_of_the_cells_shapes(kind, D, H, L):
    _, _, layers, _ = a_stack(kind, L, 1, 1, D, H)
    assert deep.count(D, H, L, kind) == sum(value.size for layer in layers for value in layer.values())


@every_kind
@settings(max_examples=30)
@given(D=st.integers(1, 30), L=st.integers(1, 4), size=st.integers(400, 30_000))
def test_the_width_is_the_largest_that_fits(kind, D, L, size):
    H = deep.width(size, D, L, kind)
    assert deep.count(D, H, L, kind) <= size < deep.count(D, H + 1, L, kind)


@every_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_their_inputs_and_inputs_stay(kind, dtype):
    x, starts, layers, _ = a_stack(kind, 3)
    x, starts = x.astype(dtype), [tuple(each.astype(dtype) for each in start) for start in starts]
    layers = [{name: value.astype(dtype) for name, value in layer.items()} for layer in layers]
    masks = [mask.astype(dtype) for mask in masks_for(3, 4, 3, 5)]
    given = x, starts, layers, kind
    before = [each.copy() for each in variables(x, starts, layers)]
    states = deep.forward(*given)
    dstates = [tuple(each.astype(dtype) for each in entry) for entry in like(states)]
    kept = [each.copy() for each in itertools.chain(*dstates)]
    residual, y = deep.residual_forward(*given)
    results = [*itertools.chain(*states, *residual, *deep.dropout_forward(*given, masks, 0.4, True)), y]
    for found in (
        deep.backward(dstates, *given),
        deep.dropout_backward(dstates, *given, masks, 0.4),
        deep.residual_backward(dstates[0][0], *given),
    ):
        results += variables(*found)
    assert {result.dtype for result in results} == {np.dtype(dtype)}
    assert all(np.array_equal(a, b) for a, b in zip(before, variables(x, starts, layers), strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(kept, itertools.chain(*dstates), strict=True))


# --- the module -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("train", [True, False])
@every_depth
def test_the_module_is_our_stack_on_the_device(train, L):
    device, p, masks = pick_device(), 0.4, masks_for(L, 4, 3, 5)
    module = deep.Stack(2, 5, L, p).to(device, torch.float64).train(train)
    x, starts, _, _ = a_stack("gru", L)
    named = {}
    for name, value in module.named_parameters():
        number, part = name.removeprefix("layers.").split(".")
        named[part.removesuffix("0") + number] = value.detach().cpu().numpy()
    expected = deep.dropout_forward(x, starts, deep.from_torch(named, "gru"), "gru", masks, p, train)
    h0 = torch.tensor(np.stack([h for (h,) in starts]), device=device)
    given = torch.tensor(np.array(masks).reshape(L - 1, 4, 3, 5), device=device)
    h, last = module(torch.tensor(x, device=device), h0, given)
    close(h.detach().cpu().numpy(), expected[-1][0])
    close(last.detach().cpu().numpy(), np.stack([h[-1] for (h,) in expected]))
    (h.sum() + last.sum()).backward()
    assert all(value.grad is not None and value.grad.abs().sum() > 0 for value in module.parameters())
