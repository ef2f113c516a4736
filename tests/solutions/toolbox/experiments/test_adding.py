import numpy as np
import pytest
import torch

from solutions.toolbox.experiments.adding import BASELINE, adding_batches, adding_problem, error_on_new, last_error
from solutions.toolbox.experiments.training import train
from solutions.toolbox.nets.layers import Gated, Recurrent
from solutions.toolbox.nets.network import Network


def draw(T, B, seed=0):
    return adding_problem(T, B, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("T", [2, 3, 10, 11])
def test_two_steps_are_marked_one_in_each_half_and_their_sum_is_asked(T):
    x, y = draw(T, 200)
    assert x.shape == (T, 200, 2)
    assert y.shape == (200, 1)
    marks = x[..., 1]
    assert torch.equal(marks[: T // 2].sum(0), torch.ones(200))
    assert torch.equal(marks[T // 2 :].sum(0), torch.ones(200))
    torch.testing.assert_close((x[..., 0] * marks).sum(0), y[:, 0])


def test_every_place_is_marked_sometimes():
    assert (draw(10, 1000)[0][..., 1].sum(1) > 100).all()


def test_the_baseline_is_the_error_of_always_answering_1():
    _, y = draw(4, 1_000_000)
    assert (y - 1).pow(2).mean().item() == pytest.approx(BASELINE, abs=6e-4)


def test_batches_follow_from_the_seed_and_differ_from_each_other():
    one, two = adding_batches(6, 3, seed=1), adding_batches(6, 3, seed=1)
    first, second = next(one), next(one)
    assert torch.equal(first[0], next(two)[0])
    assert not torch.equal(first[0], second[0])
    assert first[2] is True


def test_the_error_is_that_of_the_last_step():
    o = torch.zeros(5, 2, 1)
    o[-1] = 3.0
    assert last_error(o, torch.ones(2, 1)) == 4.0


def test_a_network_without_numbers_has_an_infinite_error():
    model = Network(Recurrent(2, 3), 3, 1)
    assert error_on_new(model, 4) < 10
    with torch.no_grad():
        model.output.bias.fill_(float("nan"))
    assert error_on_new(model, 4) == float("inf")


def test_training_on_short_problems_beats_the_baseline():
    torch.manual_seed(0)
    model = Network(Recurrent(2, 16, "relu", 0.1 * torch.randn(16, 2), torch.eye(16)), 16, 1)
    train(model, adding_batches(2, 20, seed=0), last_error, updates=150, lr=1e-2)
    assert error_on_new(model, 2) < BASELINE / 3


@pytest.mark.parametrize("f", ["tanh", "relu"])
def test_the_layer_is_the_lessons_with_the_weights_that_it_was_given(f):
    rng = np.random.default_rng(0)
    W, U, h = rng.standard_normal((4, 3)), rng.standard_normal((4, 4)), rng.standard_normal((2, 4))
    x = rng.standard_normal((5, 2, 3))
    cell = Recurrent(3, 4, f, W, U).double()
    with torch.no_grad():  # float32 on the way in
        cell.layer.weight_ih_l0.copy_(torch.tensor(W))
        cell.U.copy_(torch.tensor(U))
    states = cell(torch.tensor(x), torch.tensor(h)).detach().numpy()
    for x_t, state in zip(x, states, strict=True):
        z = x_t @ W.T + h @ U.T
        h = np.tanh(z) if f == "tanh" else np.maximum(z, 0)
        np.testing.assert_allclose(state, h, rtol=1e-12, atol=1e-12)


def test_one_of_torchs_two_biases_is_not_trained():
    trained = {name for name, tensor in Recurrent(2, 3).named_parameters() if tensor.requires_grad}
    assert trained == {"layer.weight_ih_l0", "layer.weight_hh_l0", "layer.bias_ih_l0"}


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_a_gated_layer_is_that_of_torch_from_the_given_state(kind):
    layer, x, h0 = Gated(kind, 2, 4), torch.randn(5, 3, 2), torch.randn(3, 4)
    start = h0[None] if kind == "GRU" else (h0[None], torch.zeros(1, 3, 4))
    torch.testing.assert_close(layer(x, h0), layer.layer(x, start)[0])
