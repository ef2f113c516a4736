"""Are the reference solutions of lesson 01 right? PyTorch is the oracle."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.device import pick_device
from solutions import srn
from tests.solutions.closeness import close

CLASSES = 3
GRID = list(itertools.product((1, 4), (1, 3), (1, 2), (1, 5), (False, True), (False, True)))
"""T, B, D, H, with bias, with initial state."""
grid = pytest.mark.parametrize(("T", "B", "D", "H", "bias", "start"), GRID)


def parameters_of(layer: torch.nn.RNN) -> list[np.ndarray]:
    """W, U and b of a torch.nn.RNN, as arrays: the one place that knows torch's names."""
    bias = layer.bias_ih_l0 + layer.bias_hh_l0
    return [tensor.detach().numpy() for tensor in (layer.weight_ih_l0, layer.weight_hh_l0, bias)]


def a_layer(D: int, H: int, bias: bool = True, dtype: torch.dtype = torch.float64) -> torch.nn.RNN:
    torch.manual_seed(1)
    layer = torch.nn.RNN(D, H, dtype=dtype)
    if not bias:
        torch.nn.init.zeros_(layer.bias_ih_l0)
        torch.nn.init.zeros_(layer.bias_hh_l0)
    return layer


def a_problem(T: int, B: int, D: int, H: int, start: bool = True) -> tuple[torch.Tensor, ...]:
    """x, h0, targets, V, c; every floating one asks for a gradient."""
    make = torch.Generator().manual_seed(2)
    x, h0 = torch.randn(T, B, D, generator=make).double(), torch.randn(B, H, generator=make).double() * start
    V, c = torch.randn(CLASSES, H, generator=make).double(), torch.randn(CLASSES, generator=make).double()
    targets = torch.randint(CLASSES, (T, B), generator=make)
    return x.requires_grad_(), h0.requires_grad_(), targets, V.requires_grad_(), c.requires_grad_()


def arrays(*tensors: torch.Tensor) -> list[np.ndarray]:
    return [tensor.detach().numpy() for tensor in tensors]


# --- against torch.nn.RNN and autograd ------------------------------------------------------------------------------


@grid
def test_the_states_are_those_of_torch(T, B, D, H, bias, start):
    layer, (x, h0, *_) = a_layer(D, H, bias), a_problem(T, B, D, H, start)
    close(srn.sequence(*arrays(x, h0), *parameters_of(layer)), layer(x, h0[None])[0])


@grid
def test_loss_and_scores_are_those_of_torch(T, B, D, H, bias, start):
    layer, (x, h0, targets, V, c) = a_layer(D, H, bias), a_problem(T, B, D, H, start)
    expected_scores = layer(x, h0[None])[0] @ V.T + c
    expected = torch.nn.functional.cross_entropy(expected_scores.flatten(0, 1), targets.flatten())
    x, h0, targets, V, c = arrays(x, h0, targets, V, c)
    loss, h, o = srn.forward(x, h0, targets, *parameters_of(layer), V, c)
    close(loss, expected)
    close(o, expected_scores)
    assert h.shape == (T, B, H)


def test_one_step_is_a_sequence_of_one():
    x, h0, *_ = arrays(*a_problem(1, 3, 2, 4))
    parameters = parameters_of(a_layer(2, 4))
    close(srn.step(x[0], h0, *parameters), srn.sequence(x, h0, *parameters)[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_their_inputs(dtype):
    x, h0, targets, V, c = arrays(*a_problem(3, 2, 3, 4))
    x, h0, V, c = (array.astype(dtype) for array in (x, h0, V, c))
    W, U, b = (array.astype(dtype) for array in parameters_of(a_layer(3, 4)))
    loss, h, o = srn.forward(x, h0, targets, W, U, b, V, c)
    results = [srn.step(x[0], h0, W, U, b), srn.output_layer(h, V, c), loss, h, o]
    assert {result.dtype for result in results} == {np.dtype(dtype)}


def test_inputs_are_left_alone():
    x, h0, targets, V, c = arrays(*a_problem(3, 2, 3, 4))
    given = [x, h0, targets, *parameters_of(a_layer(3, 4)), V, c]
    before = [array.copy() for array in given]
    srn.forward(*given)
    assert all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))


# --- output layer and loss ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1.0, 1e4])
def test_the_output_layer_is_torchs_softmax(size):
    _, _, _, V, c = a_problem(1, 1, 1, 5)
    h = torch.randn(4, 2, 5, generator=torch.Generator().manual_seed(3)).double()
    expected = torch.softmax(h @ (size * V).T + c, -1)
    close(srn.output_layer(*arrays(h, size * V, c)), expected)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-6)])
@pytest.mark.parametrize("size", [0.0, 1.0, 1e4])
def test_the_loss_is_torchs(size, dtype, tolerance):
    make = torch.Generator().manual_seed(4)
    o = torch.empty(6, 3, 5, dtype=dtype).uniform_(-size, size, generator=make)
    targets = torch.randint(5, (6, 3), generator=make)
    loss, losses = srn.cross_entropy(*arrays(o, targets))
    close(losses, torch.nn.functional.cross_entropy(o.movedim(-1, 1), targets, reduction="none"), tolerance)
    close(loss, torch.nn.functional.cross_entropy(o.movedim(-1, 1), targets), tolerance)


def test_the_loss_is_the_negative_logarithm_of_the_output_layer():
    _, h0, targets, V, c = a_problem(1, 3, 2, 5)
    y = srn.output_layer(*arrays(h0[None], V, c))
    _, losses = srn.cross_entropy(*arrays(h0[None] @ V.T + c, targets))
    close(losses, -np.log(np.take_along_axis(y, targets.numpy()[..., None], -1)[..., 0]))


def test_the_least_certain_prediction_costs_log_of_the_number_of_classes():
    loss, _ = srn.cross_entropy(np.zeros((4, 2, 7)), np.full((4, 2), 3))
    close(loss, np.log(7))


# --- word starts, scores, counts ------------------------------------------------------------------------------------

letters = st.lists(st.integers(0, 9), min_size=1, max_size=30)


@given(letters, st.integers(-3, 3))
def test_a_word_starts_where_the_loss_rises_by_more(losses, rise):
    starts = srn.word_starts(np.array(losses, float), rise)
    by_hand = [True] + [after - before > rise for before, after in itertools.pairwise(losses)]
    assert starts.dtype == bool
    assert starts.tolist() == by_hand


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(pairs):
    cuts = {t for t, (found, _) in enumerate(pairs) if found and t > 0}
    words = {t for t, (_, true) in enumerate(pairs) if true and t > 0}
    precision = len(cuts & words) / len(cuts) if cuts else 0.0
    recall = len(cuts & words) / len(words) if words else 0.0
    harmonic = 2 / (1 / precision + 1 / recall) if precision and recall else 0.0
    got = srn.f1_score(*np.array(pairs).T)
    assert got == pytest.approx((precision, recall, harmonic), rel=1e-12)
    assert all(type(value) is float for value in got)


def test_f1_by_hand():
    found = np.array([1, 0, 1, 1, 0, 1, 0], dtype=bool)
    true = np.array([1, 0, 1, 0, 0, 1, 1], dtype=bool)
    assert srn.f1_score(found, true) == pytest.approx((2 / 3, 2 / 3, 2 / 3))


@given(*[st.integers(1, 20)] * 3)
def test_as_many_parameters_as_a_torch_model_with_one_bias_has(D, H, O):
    layer, output = torch.nn.RNN(D, H), torch.nn.Linear(H, O)
    both = [*layer.named_parameters(), *output.named_parameters()]
    assert srn.parameter_count(D, H, O) == sum(tensor.numel() for name, tensor in both if name != "bias_hh_l0")


# --- the module -----------------------------------------------------------------------------------------------------


def test_the_module_is_torch_nn_rnn_on_the_device():
    """Are states and all gradients those of torch's layer, on whatever device there is?"""
    device = pick_device()
    layer, (x, h0, *_) = a_layer(2, 5).to(device), a_problem(4, 3, 2, 5)
    module = srn.SRN(2, 5).to(device, torch.float64)
    with torch.no_grad():
        for own, torchs in zip((module.W, module.U, module.b), parameters_of(a_layer(2, 5)), strict=True):
            own.copy_(torch.as_tensor(torchs))
    states, expected = module(x.to(device), h0.to(device)), layer(x.to(device), h0[None].to(device))[0]
    close(states.detach().cpu(), expected.cpu())
    for output in (states, expected):
        (output**2).sum().backward()
    pairs = [(module.W, layer.weight_ih_l0), (module.U, layer.weight_hh_l0), (module.b, layer.bias_ih_l0)]
    for own, torchs in pairs:
        close(own.grad.cpu(), torchs.grad.cpu())


def test_the_module_is_the_numpy_sequence():
    module = srn.SRN(2, 5).double()
    x, h0, *_ = a_problem(4, 3, 2, 5)
    close(srn.sequence(*arrays(x, h0, module.W, module.U, module.b)), module(x, h0))


def test_the_module_registers_its_parameters_and_draws_them_within_the_bound():
    module = srn.SRN(3, 16)
    assert {name: tuple(tensor.shape) for name, tensor in module.named_parameters()} == {
        "W": (16, 3),
        "U": (16, 16),
        "b": (16,),
    }
    assert all(0.2 < tensor.abs().max() <= 0.25 for tensor in module.parameters() if tensor.numel() > 40)
    assert all(tensor.abs().max() <= 0.25 for tensor in module.parameters())
