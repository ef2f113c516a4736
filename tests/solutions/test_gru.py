"""Are the reference solutions of lesson 04 right? PyTorch, autograd and finite differences are the oracles."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np
import pytest
import torch

from grader.checks.device import pick_device
from solutions import gru
from tests.solutions.closeness import close

GRID = list(itertools.product((1, 4), (1, 3), (1, 2), (1, 5), (False, True)))
"""T, B, D, H, with initial state."""
grid = pytest.mark.parametrize(("T", "B", "D", "H", "start"), GRID)
NAMES = ("x", "h0", "W", "U", "b", "b_m")


def a_layer(D, H, dtype=torch.float64):
    """A torch.nn.GRU and its four arrays, in PyTorch's order."""
    torch.manual_seed(1)
    layer = torch.nn.GRU(D, H, dtype=dtype)
    return layer, [p.detach().numpy().copy() for p in layer.parameters()]


def a_problem(T, B, D, H, start=True, seed=2):
    """x, h0, and the gradient that each state receives."""
    rng = np.random.default_rng(seed)
    x, h0, dh = (rng.standard_normal(shape) for shape in ((T, B, D), (B, H), (T, B, H)))
    return x, h0 * start, dh


# --- against torch.nn.GRU -------------------------------------------------------------------------------------------


@grid
def test_the_states_are_those_of_torch(T, B, D, H, start):
    (layer, arrays), (x, h0, _) = a_layer(D, H), a_problem(T, B, D, H, start)
    parameters = gru.from_torch(*arrays)
    expected = layer(torch.tensor(x), torch.tensor(h0)[None])[0]
    close(gru.sequence(x, h0, *parameters), expected)
    close(gru.forward(x, h0, *parameters)[0], expected)
    close(gru.step(x[0], h0, *parameters), expected[0])


@grid
def test_every_gradient_is_that_of_torch(T, B, D, H, start):
    (layer, arrays), (x, h0, dh) = a_layer(D, H), a_problem(T, B, D, H, start)
    inputs = torch.tensor(x, requires_grad=True), torch.tensor(h0, requires_grad=True)
    (layer(inputs[0], inputs[1][None])[0] * torch.tensor(dh)).sum().backward()
    got = gru.backward(dh, x, h0, *gru.from_torch(*arrays))
    close(got["x"], inputs[0].grad)
    close(got["h0"], inputs[1].grad)
    close(got["W"], layer.weight_ih_l0.grad)
    close(got["U"], layer.weight_hh_l0.grad)
    close(got["b"], layer.bias_ih_l0.grad)
    close(got["b_m"], layer.bias_hh_l0.grad[2 * H :])


def test_there_and_back_to_torchs_weights():
    _, arrays = a_layer(3, 4)
    parameters = gru.from_torch(*arrays)
    for here, again in zip(parameters, gru.from_torch(*gru.to_torch(*parameters)), strict=True):
        close(again, here, 0)


def test_from_torch_changes_nothing_of_what_it_was_given():
    _, arrays = a_layer(3, 4)
    before = [a.copy() for a in arrays]
    gru.from_torch(*arrays)
    for now, then in zip(arrays, before, strict=True):
        close(now, then, 0)


@grid
def test_the_module_is_the_layer_of_torch_with_its_weights(T, B, D, H, start):
    (layer, arrays), (x, h0, dh) = a_layer(D, H), a_problem(T, B, D, H, start)
    device = pick_device()
    module = gru.GRU(D, H).to(device, torch.float64)
    with torch.no_grad():
        for name, value in zip(NAMES[2:], gru.from_torch(*arrays), strict=True):
            getattr(module, name).copy_(torch.tensor(value))
    h = module(torch.tensor(x, device=device), torch.tensor(h0, device=device))
    close(h.detach().cpu(), layer(torch.tensor(x), torch.tensor(h0)[None])[0], 1e-10)
    (h * torch.tensor(dh, device=device)).sum().backward()
    expected = gru.backward(dh, x, h0, *gru.from_torch(*arrays))
    for name in NAMES[2:]:
        close(getattr(module, name).grad.cpu(), expected[name], 1e-10)


@pytest.mark.parametrize(("D", "H"), [(1, 1), (3, 5), (26, 128)])
def test_the_counts_are_those_of_the_modules(D, H):
    ours, torchs = gru.parameter_count(D, H)
    assert ours == sum(p.numel() for p in gru.GRU(D, H).parameters())
    assert torchs == sum(p.numel() for p in torch.nn.GRU(D, H).parameters())


# --- against finite differences and autograd ------------------------------------------------------------------------


def central(f, value, eps=1e-6):
    """The gradient of f by its array, entry by entry."""
    slope = np.empty_like(value)
    for index in np.ndindex(value.shape):
        there, here = value.copy(), value.copy()
        there[index] += eps
        here[index] -= eps
        slope[index] = (f(there) - f(here)) / (2 * eps)
    return slope


@pytest.mark.parametrize(("T", "B", "D", "H"), [(1, 1, 1, 1), (4, 3, 2, 5)])
def test_every_gradient_is_that_of_central_differences(T, B, D, H):
    x, h0, dh = a_problem(T, B, D, H)
    given = dict(zip(NAMES, (x, h0, *gru.from_torch(*a_layer(D, H)[1])), strict=True))
    got = gru.backward(dh, **given)
    assert set(got) == set(NAMES)
    for name in NAMES:

        def loss(value, name=name):
            return (dh * gru.sequence(**{**given, name: value})).sum()

        close(got[name], central(loss, given[name]), 1e-8)


@pytest.mark.parametrize(("B", "D", "H"), [(1, 1, 1), (3, 2, 4)])
def test_the_jacobian_is_that_of_central_differences(B, D, H):
    x, h0, _ = a_problem(1, B, D, H)
    parameters = gru.from_torch(*a_layer(D, H)[1])
    J = gru.jacobian(x[0], h0, *parameters)
    for row, i in itertools.product(range(B), range(H)):
        slope = central(lambda h, row=row, i=i: gru.step(x[0], h, *parameters)[row, i], h0)
        close(J[row, i], slope[row], 1e-8)


def test_the_sweep_is_the_product_of_the_jacobians():
    x, h0, dh = a_problem(5, 2, 3, 4)
    dh[:-1] = 0
    parameters = gru.from_torch(*a_layer(3, 4)[1])
    states = [h0, *gru.sequence(x, h0, *parameters)]
    row = dh[-1][:, None]
    for x_t, before in zip(x[::-1], states[-2::-1], strict=True):
        row = row @ gru.jacobian(x_t, before, *parameters)
    close(gru.backward(dh, x, h0, *parameters)["h0"], row[:, 0])


# --- limits, dtypes, forms ------------------------------------------------------------------------------------------


def test_saturated_gates_are_the_limits():
    x, h0, _ = a_problem(1, 3, 2, 4)
    W, U, b, b_m = gru.from_torch(*a_layer(2, 4)[1])
    for (reset, update), expected in zip(
        ((0, 60), (-60, -60), (60, -60)), gru.limits(x[0], h0, W, U, b, b_m), strict=True
    ):
        push = np.repeat([reset, update, 0.0], 4)
        close(gru.step(x[0], h0, W, U, b + push, b_m), expected)


def test_a_gate_that_is_open_copies_the_state_and_its_gradient():
    x, h0, dh = a_problem(50, 2, 3, 4)
    dh[:-1] = 0
    W, U, b, b_m = gru.from_torch(*a_layer(3, 4)[1])
    b[4:8] = 60
    close(gru.sequence(x, h0, W, U, b, b_m)[-1], h0)
    close(gru.backward(dh, x, h0, W, U, b, b_m)["h0"], dh[-1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_the_inputs(dtype):
    x, h0, dh = (v.astype(dtype) for v in a_problem(3, 2, 3, 4))
    given = (x, h0, *(p.astype(dtype) for p in gru.from_torch(*a_layer(3, 4)[1])))
    results = [gru.sequence(*given), *gru.forward(*given), *gru.backward(dh, *given).values()]
    one = (x[0], *given[1:])
    results += [*gru.gates(*one), gru.step(*one), gru.jacobian(*one), *gru.limits(*one)]
    assert {result.dtype for result in results} == {np.dtype(dtype)}


def test_backward_changes_nothing_of_what_it_was_given():
    x, h0, dh = a_problem(3, 2, 3, 4)
    given = [dh, x, h0, *gru.from_torch(*a_layer(3, 4)[1])]
    before = [value.copy() for value in given]
    gru.backward(*given)
    for now, then in zip(given, before, strict=True):
        close(now, then, 0)


def test_the_two_conventions_of_the_reset_gate_differ():
    """A reset before the product is another function, not another way to write this one."""
    x, h0, _ = a_problem(1, 2, 3, 4)
    W, U, b, b_m = gru.from_torch(*a_layer(3, 4)[1])
    r, _, n = gru.gates(x[0], h0, W, U, b, b_m)
    before = np.tanh(x[0] @ W[8:].T + b[8:] + (r * h0) @ U[8:].T + b_m)
    assert np.abs(before - n).max() > 0.01


def test_forward_keeps_what_step_by_step_computes():
    x, h0, _ = a_problem(4, 2, 3, 5)
    parameters = gru.from_torch(*a_layer(3, 5)[1])
    h, r, z, n, m = gru.forward(x, h0, *parameters)
    step = partial(gru.gates, W=parameters[0], U=parameters[1], b=parameters[2], b_m=parameters[3])
    for t, before in enumerate([h0, *h[:-1]]):
        for got, expected in zip((r[t], z[t], n[t]), step(x[t], before), strict=True):
            close(got, expected)
        close(m[t], before @ parameters[1][10:].T + parameters[3])
