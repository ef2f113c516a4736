"""Are the reference solutions of lesson 03 right? PyTorch, autograd and finite differences are the oracles."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from solutions import clipping, srn
from tests.solutions.closeness import close

NAMES = ("W", "U", "b")
GRID = list(itertools.product((1, 2, 5), (1, 3), (1, 4)))
"""T, B, H."""
grid = pytest.mark.parametrize(("T", "B", "H"), GRID)


def a_network(T, B, H, D=2):
    """Inputs, first state, parameters and states of a tanh network."""
    rng = np.random.default_rng(3)
    x, h0 = rng.standard_normal((T, B, D)), rng.standard_normal((B, H))
    parameters = {"W": rng.standard_normal((H, D)), "U": rng.standard_normal((H, H)), "b": rng.standard_normal(H)}
    return x, h0, parameters, srn.sequence(x, h0, **parameters)


def gradients(seed=0, H=4, D=3, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = {"W": (H, D), "U": (H, H), "b": (H,)}
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}


def torchs_clipping(values, limit, clip=torch.nn.utils.clip_grad_norm_):
    """What PyTorch makes of the gradients, and what its function returns."""
    tensors = {name: torch.nn.Parameter(torch.zeros(value.shape).to(torch.float64)) for name, value in values.items()}
    for name, tensor in tensors.items():
        tensor.grad = torch.tensor(value := values[name], dtype=torch.float64).reshape(value.shape)
    returned = clip(tensors.values(), limit)
    return {name: tensor.grad.numpy() for name, tensor in tensors.items()}, returned


# --- Jacobians and γ ------------------------------------------------------------------------------------------------


@grid
def test_jacobian_norms_are_those_of_autograds_jacobians(T, B, H):
    x, h0, parameters, h = a_network(T, B, H)
    norms = clipping.jacobian_norms(parameters["U"], 1 - h**2)
    assert norms.shape == (T + 1, B)
    tensors = {name: torch.tensor(value) for name, value in parameters.items()}
    states = [torch.tensor(h0), *torch.tensor(h)]
    for row, lag in itertools.product(range(B), range(T + 1)):

        def last(state, row=row, lag=lag):
            for x_t in torch.tensor(x[T - lag :, row]):
                state = torch.tanh(tensors["W"] @ x_t + tensors["U"] @ state + tensors["b"])
            return state

        jacobian = torch.autograd.functional.jacobian(last, states[T - lag][row])
        close(norms[lag, row], torch.linalg.matrix_norm(jacobian, 2))


def test_the_product_is_that_of_finite_differences():
    T, H = 4, 3
    x, h0, parameters, h = a_network(T, 1, H)
    columns = []
    for j in range(H):
        shift = 1e-6 * np.eye(H)[j]
        ends = [srn.sequence(x, h0 + sign * shift, **parameters)[-1, 0] for sign in (1, -1)]
        columns.append((ends[0] - ends[1]) / 2e-6)
    norms = clipping.jacobian_norms(parameters["U"], 1 - h**2)
    close(norms[-1, 0], np.linalg.norm(np.stack(columns, axis=1), 2), 1e-8)


@grid
def test_no_norm_is_above_the_bound(T, B, H):
    *_, parameters, h = a_network(T, B, H)
    U, slopes = parameters["U"], 1 - h**2
    bound, _ = clipping.predicted_gamma(U, slopes)
    limits = float(bound) ** np.arange(T + 1)[:, None]
    assert (clipping.jacobian_norms(U, slopes) <= limits * (1 + 1e-12)).all()


def test_the_prediction_of_a_scaled_rotation_with_equal_slopes_is_exact():
    turn = np.array([[math.cos(1.0), -math.sin(1.0)], [math.sin(1.0), math.cos(1.0)]])
    slopes = np.full((9, 1, 2), 0.5)
    assert clipping.predicted_gamma(3 * turn, slopes) == pytest.approx((1.5, 1.5))
    close(clipping.measured_gamma(clipping.jacobian_norms(3 * turn, slopes)), [1.5])


def test_the_spectral_radius_counts_complex_and_negative_eigenvalues():
    slopes = np.ones((1, 1, 2))
    assert clipping.predicted_gamma(np.array([[0.0, -2.0], [2.0, 0.0]]), slopes)[1] == pytest.approx(2)
    assert clipping.predicted_gamma(np.diag([-3.0, 1.0]), slopes)[1] == pytest.approx(3)


def test_a_matrix_that_is_not_normal_grows_before_it_decays():
    A = np.array([[0.9, 4.0], [0.0, 0.9]])
    norms = clipping.jacobian_norms(A, np.ones((200, 1, 2)))[:, 0]
    assert norms.max() > 10
    assert norms[-1] < 1e-5
    bound, predicted = clipping.predicted_gamma(A, np.ones((1, 1, 2)))
    assert predicted == pytest.approx(0.9, rel=1e-6)
    assert bound > 4


@given(st.floats(0.3, 3), st.floats(0.01, 100), st.integers(1, 30))
def test_a_geometric_sequence_gives_its_ratio_back(gamma, first, T):
    norms = first * gamma ** np.arange(T + 1.0)[:, None] * np.ones(3)
    close(clipping.measured_gamma(norms), np.full(3, gamma), 1e-9)


def test_the_measured_line_is_polyfits():
    norms = np.exp(np.random.default_rng(0).standard_normal((12, 4)))
    close(np.log(clipping.measured_gamma(norms)), np.polyfit(np.arange(12), np.log(norms), 1)[0])


# --- clipping -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0.01, 1.0, 5.0, 1e3])
@pytest.mark.parametrize(("H", "D"), [(1, 1), (4, 3), (2, 5)])
def test_clipping_by_norm_is_torchs_but_for_its_epsilon(limit, H, D):
    values = gradients(1, H, D)
    clipped, norm = clipping.clip_by_norm(values, limit)
    theirs, their_norm = torchs_clipping(values, limit)
    close(norm, their_norm)
    for name in NAMES:
        close(clipped[name], theirs[name], 2e-6)


@given(st.integers(0, 1000), st.floats(1e-3, 1e3))
def test_clipping_by_norm_keeps_the_direction_and_the_limit(seed, limit):
    values = gradients(seed)
    clipped, norm = clipping.clip_by_norm(values, limit)
    after = math.sqrt(sum(float((value**2).sum()) for value in clipped.values()))
    assert after == pytest.approx(min(limit, norm), rel=1e-12)
    for name in NAMES:
        close(clipped[name] * norm, values[name] * after, 1e-9)


def test_a_short_gradient_is_left_exactly_alone():
    values = gradients()
    clipped, _ = clipping.clip_by_norm(values, 1e6)
    assert all(np.array_equal(clipped[name], values[name]) for name in NAMES)


@pytest.mark.parametrize(("spoil", "told"), [(math.inf, math.inf), (-math.inf, math.inf), (math.nan, math.nan)])
def test_a_gradient_that_is_not_finite_becomes_zero_and_its_norm_tells(spoil, told):
    values = gradients()
    values["U"][0, 0] = spoil
    for order in (NAMES, NAMES[::-1]):
        clipped, norm = clipping.clip_by_norm({name: values[name] for name in order}, 1.0)
        assert all(not value.any() for value in clipped.values())
        assert np.array_equal(norm, told, equal_nan=True)


def test_inf_beside_nan_has_the_norm_nan_as_in_torch():
    values = {"a": np.array([math.inf, math.nan]), "b": np.array([math.inf])}
    assert math.isnan(clipping.clip_by_norm(values, 1.0)[1])
    assert math.isnan(torchs_clipping(values, 1.0)[1])


def test_a_zero_gradient_stays_zero():
    clipped, norm = clipping.clip_by_norm({name: 0 * value for name, value in gradients().items()}, 1.0)
    assert norm == 0
    assert all(not value.any() for value in clipped.values())


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 1e25), (np.float64, 1e200), (np.float32, 1e-30)])
def test_no_finite_gradient_overflows_or_underflows(dtype, size):
    values = {"a": np.array([3, 0], dtype) * dtype(size), "b": np.array([4], dtype) * dtype(size)}
    clipped, norm = clipping.clip_by_norm(values, size)
    assert norm / size == pytest.approx(5, rel=1e-6)
    close(clipped["a"] / dtype(size), [0.6, 0], 1e-6)
    close(clipped["b"] / dtype(size), [0.8], 1e-6)


@pytest.mark.parametrize("limit", [0.1, 1.0, 50.0])
def test_clipping_by_value_is_torchs(limit):
    values = gradients(2)
    values["b"][:2] = math.inf, -math.inf
    theirs, _ = torchs_clipping(values, limit, torch.nn.utils.clip_grad_value_)
    clipped = clipping.clip_by_value(values, limit)
    assert all(np.array_equal(clipped[name], theirs[name]) for name in NAMES)


# --- the step -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("limit", [0.5, 1e3])
def test_a_step_is_torchs_sgd_after_clipping(decay, limit):
    parameters, values = gradients(3), gradients(4)
    tensors = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in parameters.items()}
    clipped, _ = clipping.clip_by_norm(values, limit)
    for name, tensor in tensors.items():
        tensor.grad = torch.tensor(clipped[name])
    torch.optim.SGD(tensors.values(), lr=0.2, weight_decay=decay).step()
    new = clipping.sgd_step(parameters, values, lr=0.2, decay=decay, limit=limit)
    for name in NAMES:
        close(new[name], tensors[name])


def test_a_step_is_gradient_descent_on_the_loss_with_its_penalty():
    """The gradient of the penalty ½ · decay · θ², by central differences, is what the step adds."""
    theta = {"b": np.array([0.7, -1.3])}

    def loss(b):
        return np.sin(b).sum() + 0.5 * 0.4 * (b**2).sum()

    slopes = [(loss(theta["b"] + s) - loss(theta["b"] - s)) / 2e-6 for s in 1e-6 * np.eye(2)]
    new = clipping.sgd_step(theta, {"b": np.cos(theta["b"])}, lr=0.1, decay=0.4, limit=10)
    close(new["b"], theta["b"] - 0.1 * np.array(slopes), 1e-9)


# --- initial weights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (7, 3), (3, 7), (5, 1), (1, 5)])
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_orthogonal_is_torchs_of_the_same_normal_numbers(shape, gain):
    draw = {"generator": torch.Generator().manual_seed(5)}
    expected = torch.nn.init.orthogonal_(torch.empty(shape, dtype=torch.float64), gain, **draw)
    rows = max(shape), min(shape)
    A = torch.empty(shape, dtype=torch.float64).normal_(generator=torch.Generator().manual_seed(5)).numpy()
    U = clipping.orthogonal(A, gain)
    assert U.shape == shape
    close(np.linalg.svd(U)[1], np.full(rows[1], gain))
    close(U, expected)


def test_the_signs_do_not_depend_on_the_library():
    A = np.random.default_rng(0).standard_normal((6, 4))
    Q = clipping.orthogonal(A, 1.0)
    assert (np.diag(Q.T @ A) > 0).all()
    close(np.tril(Q.T @ A, -1), np.zeros((4, 4)))


def test_an_irnn_copies_its_state():
    W, U, b = clipping.irnn(np.random.default_rng(0).standard_normal((4, 2)), 0.1, 1.0)
    h = np.array([0.0, 1.0, 2.0, 0.5])
    close(np.maximum(U @ h + W @ np.zeros(2) + b, 0), h)
    close(clipping.jacobian_norms(U, np.ones((50, 1, 4))), np.ones((51, 1)))


# --- all of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_their_inputs(dtype):
    values, (*_, parameters, h) = gradients(dtype=dtype), a_network(3, 2, 4)
    U, slopes = parameters["U"].astype(dtype), (1 - h**2).astype(dtype)
    norms = clipping.jacobian_norms(U, slopes)
    clipped, norm = clipping.clip_by_norm(values, 0.1)
    new = clipping.sgd_step(values, values, 0.1, 0.1, 1.0)
    others = [norms, norm, clipping.measured_gamma(norms), *clipping.predicted_gamma(U, slopes)]
    starts = [clipping.orthogonal(U, 0.9), *clipping.irnn(values["W"], 0.1, 0.9)]
    dicts = [clipped, new, clipping.clip_by_value(values, 0.1)]
    results = [*others, *starts, *(value for each in dicts for value in each.values())]
    assert {np.asarray(result).dtype for result in results} == {np.dtype(dtype)}


def test_inputs_are_left_alone():
    values, parameters = gradients(0), gradients(1)
    before = [value.copy() for each in (values, parameters) for value in each.values()]
    clipping.clip_by_norm(values, 0.1)
    clipping.clip_by_value(values, 0.1)
    clipping.sgd_step(parameters, values, 0.1, 0.1, 0.1)
    after = [value for each in (values, parameters) for value in each.values()]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
