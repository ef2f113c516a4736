"""Are the reference solutions of lesson 02 right? PyTorch, central differences and the complex step are the oracles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp
import torch

from solutions import bptt
from solutions.srn import forward, sequence
from tests.solutions.closeness import close

CLASSES = 3
NAMES = ("W", "U", "b", "V", "c", "h0", "x")
"""The order in which `bptt.gradients` returns them."""
GRID = list(itertools.product((1, 4), (1, 3), (1, 2), (1, 5), (False, True)))
"""T, B, D, H, with initial state."""
grid = pytest.mark.parametrize(("T", "B", "D", "H", "start"), GRID)


def a_problem(T=5, B=3, D=2, H=4, start=True, dtype=float) -> dict:
    """All inputs of the network, by name."""
    rng = np.random.default_rng(T + 10 * B + 100 * D + 1000 * H)
    shapes = {"x": (T, B, D), "h0": (B, H), "W": (H, D), "U": (H, H), "b": (H,), "V": (CLASSES, H), "c": (CLASSES,)}
    drawn = {name: (0.6 * rng.standard_normal(shape)).astype(dtype) for name, shape in shapes.items()}
    drawn["h0"] *= start
    return drawn | {"targets": rng.integers(0, CLASSES, (T, B))}


def backward(given) -> tuple:
    """h, do, dz and dh0 of a problem."""
    h = sequence(*(given[name] for name in ("x", "h0", "W", "U", "b")))
    do = bptt.score_gradient(h @ given["V"].T + given["c"], given["targets"])
    return h, do, *bptt.sweep(do, h, np.zeros_like(given["h0"]), given["U"], given["V"])


def torch_loss(given) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The loss by torch.nn.RNN and torch's cross-entropy, and the tensors in which its gradients arrive."""
    D = given["x"].shape[2]
    layer = torch.nn.RNN(D, len(given["b"]), dtype=torch.float64)
    own = {name: torch.tensor(given[name], requires_grad=True) for name in ("x", "h0", "V", "c")}
    with torch.no_grad():
        values = (given["W"], given["U"], given["b"], np.zeros_like(given["b"]))
        for parameter, value in zip(layer.parameters(), values, strict=True):
            parameter.copy_(torch.as_tensor(value))
    o = layer(own["x"], own["h0"][None])[0] @ own["V"].T + own["c"]
    own |= {"W": layer.weight_ih_l0, "U": layer.weight_hh_l0, "b": layer.bias_ih_l0}
    return torch.nn.functional.cross_entropy(o.flatten(0, 1), torch.tensor(given["targets"]).flatten()), own


# --- all gradients --------------------------------------------------------------------------------------------------


@grid
def test_every_gradient_is_torchs(T, B, D, H, start):
    given = a_problem(T, B, D, H, start)
    loss, tensors = torch_loss(given)
    loss.backward()
    for name, gradient in zip(NAMES, bptt.gradients(**given), strict=True):
        close(gradient, tensors[name].grad)
        assert gradient.shape == given[name].shape, name


@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_is_that_of_central_differences(name):
    given = a_problem()
    gradient = dict(zip(NAMES, bptt.gradients(**given), strict=True))[name]
    numeric = bptt.central_difference(lambda moved: forward(**{**given, name: moved})[0], given[name], 1e-5)
    close(gradient, numeric, 1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_is_that_of_the_complex_step(name):
    """Im L(θ + i·10⁻³⁰⁰) / 10⁻³⁰⁰ has no rounding error of a difference."""
    given = a_problem()
    gradient = dict(zip(NAMES, bptt.gradients(**given), strict=True))[name]
    for index in np.ndindex(gradient.shape):
        moved = given[name].astype(complex)
        moved[index] += 1e-300j
        close(gradient[index], forward(**{**given, name: moved})[0].imag / 1e-300, 1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_their_inputs(dtype):
    given = a_problem(dtype=dtype)
    h, do, dz, dh0 = backward(given)
    results = [*bptt.gradients(**given), *bptt.truncated(**given, k1=2, k2=3), h, do, dz, dh0, *bptt.slopes(h)]
    results += bptt.double_sum(do, h, given["h0"], given["U"], given["V"])
    results += [bptt.delta_step(h[0], h[1], given["U"]), bptt.central_difference(np.sum, h[0], 0.1)]
    assert {result.dtype for result in results} == {np.dtype(dtype)}


def test_inputs_are_left_alone():
    given = a_problem()
    before = {name: value.copy() for name, value in given.items()}
    bptt.gradients(**given)
    bptt.truncated(**given, k1=2, k2=3)
    h, do, *_ = backward(given)
    copies = do.copy(), h.copy()
    bptt.double_sum(do, h, given["h0"], given["U"], given["V"])
    bptt.check_gradient(np.sum, given["U"], given["U"])
    assert all(np.array_equal(given[name], before[name]) for name in given)
    assert np.array_equal(do, copies[0])
    assert np.array_equal(h, copies[1])


# --- the pieces -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.0, 1.0, 1000.0])
def test_slopes_are_torchs(scale):
    z = scale * np.random.default_rng(0).standard_normal((3, 4))
    for slope, f in zip(bptt.slopes(z), (torch.sigmoid, torch.tanh, torch.relu, lambda z: 1 * z), strict=True):
        at = torch.tensor(z, requires_grad=True)
        f(at).sum().backward()
        close(slope, at.grad)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_the_score_gradient_is_torchs(scale):
    rng = np.random.default_rng(1)
    o, targets = scale * rng.standard_normal((4, 3, 5)), rng.integers(0, 5, (4, 3))
    scores = torch.tensor(o, requires_grad=True)
    torch.nn.functional.cross_entropy(scores.flatten(0, 1), torch.tensor(targets).flatten()).backward()
    close(bptt.score_gradient(o, targets), scores.grad)
    close(bptt.score_gradient(o, targets).sum(axis=-1), np.zeros((4, 3)))


def test_delta_is_torchs_gradient_of_each_loss_by_each_z():
    """δ_{t,k} = ∂L_t/∂z_k, for every pair: z_k is a leaf to which each loss is traced back."""
    given = a_problem(T=4)
    h, do, *_ = backward(given)
    delta, _ = bptt.double_sum(do, h, given["h0"], given["U"], given["V"])
    W, U, b, V, c, x, h0 = (torch.tensor(given[n]) for n in ("W", "U", "b", "V", "c", "x", "h0"))
    targets, zs, losses, state = torch.tensor(given["targets"]), [], [], h0
    for t in range(4):
        zs.append((x[t] @ W.T + state @ U.T + b).requires_grad_())
        state = torch.tanh(zs[-1])
        losses.append(torch.nn.functional.cross_entropy(state @ V.T + c, targets[t], reduction="sum") / targets.numel())
    for t in range(4):
        for k in range(4):
            (found,) = torch.autograd.grad(losses[t], zs[k], retain_graph=True, allow_unused=True)
            close(delta[t, k], torch.zeros_like(h0) if found is None else found)


@grid
def test_double_sum_and_sweep_agree(T, B, D, H, start):
    given = a_problem(T, B, D, H, start)
    h, do, dz, _ = backward(given)
    delta, dU = bptt.double_sum(do, h, given["h0"], given["U"], given["V"])
    close(delta.sum(axis=0), dz)
    close(dU, bptt.gradients(**given)[1])


def test_a_sweep_can_be_cut_in_two_and_joined_by_what_arrives():
    given = a_problem(T=7)
    h, do, dz, dh0 = backward(given)
    late, between = bptt.sweep(do[3:], h[3:], np.zeros_like(h[0]), given["U"], given["V"])
    early, start = bptt.sweep(do[:3], h[:3], between, given["U"], given["V"])
    close(np.concatenate([early, late]), dz)
    close(start, dh0)


def test_the_derivation_is_what_sympy_differentiates():
    symbols = u, w, b, h0, x1, x2, x3, y = sp.symbols("u w b h0 x1 x2 x3 y")
    h = h0
    for x in (x1, x2, x3):
        h = 1 / (1 + sp.exp(-(u * h + w * x + b)))
    loss = (h - y) ** 2 / 2
    *parts, by_h0 = bptt.derivation(*symbols)
    at = dict(zip(symbols, np.random.default_rng(2).uniform(-1, 1, len(symbols)), strict=True))
    close(float(sum(parts).subs(at)), float(sp.diff(loss, w).subs(at)))
    close(float(by_h0.subs(at)), float(sp.diff(loss, h0).subs(at)))


# --- truncation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("T", "k1", "k2"), [(1, 1, 1), (6, 2, 6), (6, 4, 9), (5, 9, 9), (7, 1, 7)])
def test_nothing_is_cut_when_k2_reaches_the_start(T, k1, k2):
    given = a_problem(T)
    for cut, full in zip(bptt.truncated(**given, k1=k1, k2=k2), bptt.gradients(**given), strict=False):
        close(cut, full)


@pytest.mark.parametrize(("k1", "k2"), [(1, 1), (1, 3), (2, 2), (3, 5), (4, 4)])
def test_truncation_keeps_the_deltas_that_its_definition_names(k1, k2):
    given = a_problem(T=9)
    h, do, *_ = backward(given)
    delta, _ = bptt.double_sum(do, h, given["h0"], given["U"], given["V"])
    dz = np.zeros_like(h)
    for t, k in itertools.product(range(9), repeat=2):
        end = min((t // k1 + 1) * k1, 9)
        if end - k2 <= k <= t:
            dz[k] += delta[t, k]
    before = np.concatenate([given["h0"][None], h[:-1]])
    expected = (np.einsum("tbh,tbd->hd", dz, given["x"]), np.einsum("tbh,tbk->hk", dz, before), dz.sum((0, 1)))
    for cut, wanted in zip(bptt.truncated(**given, k1=k1, k2=k2), expected, strict=True):
        close(cut, wanted)


# --- checking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 3)])
def test_central_differences_are_exact_for_a_square(shape):
    theta = np.random.default_rng(3).standard_normal(shape)
    close(bptt.central_difference(lambda at: (at**2).sum(), theta, 0.5), 2 * theta)


def test_central_differences_use_the_step_that_is_given():
    assert bptt.central_difference(lambda at: at[0] ** 3, np.zeros(1), 0.5) == pytest.approx(0.25)


def loss_of_U(given):
    return lambda U: forward(**{**given, "U": U})[0]


@pytest.mark.parametrize("scale", [1e-7, 1.0, 1e7])
def test_the_checker_accepts_right_gradients(scale):
    given = a_problem()
    loss = loss_of_U(given)
    assert bptt.check_gradient(lambda U: scale * loss(U), given["U"], scale * bptt.gradients(**given)[1]) is True


@pytest.mark.parametrize("wrong", [0.0, 2.0, -1.0, 1.0001, np.nan, np.inf])
def test_the_checker_refuses_wrong_gradients(wrong):
    given = a_problem()
    assert bptt.check_gradient(loss_of_U(given), given["U"], wrong * bptt.gradients(**given)[1]) is False


def test_the_checker_refuses_one_wrong_entry():
    given = a_problem()
    gradient = bptt.gradients(**given)[1]
    gradient[2, 1] += 1e-3 * np.abs(gradient).max()
    assert bptt.check_gradient(loss_of_U(given), given["U"], gradient) is False


def test_a_gradient_of_zeros_is_right_where_nothing_depends_on_theta():
    assert bptt.check_gradient(lambda theta: 3.0, np.ones((2, 3)), np.zeros((2, 3))) is True
    assert bptt.check_gradient(lambda theta: 3.0, np.ones((2, 3)), np.full((2, 3), 1e-9)) is False
