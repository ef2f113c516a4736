"""Are windows cut, networks trained and losses measured as they say?"""

from __future__ import annotations

from itertools import islice

import numpy as np
import torch

from solutions.srn import SRN
from solutions.toolbox.experiments.seeds import seed_all
from solutions.toolbox.experiments.training import (
    descend,
    joined,
    scores,
    shuffled,
    squared_error,
    symbol_loss,
    train,
    warm_up_and_decay,
)
from solutions.toolbox.nets.network import Network
from solutions.toolbox.text.encoding import columns

X = columns(torch.arange(24.0).reshape(24, 1), 2)
Y = X + 1


def alternating(**options):
    """A network that learns 0 1 0 1 …, and the loss of each update."""
    seed_all(0)
    model, bits = Network(SRN(1, 4), 4, 1), torch.tensor([0.0, 1.0] * 60).reshape(-1, 1)
    windows = joined(columns(bits[:-1], 4), columns(bits[1:], 4), 7)
    return model, train(model, windows, squared_error, updates=80, lr=0.05, **options)


def test_joined_windows_follow_each_other_and_start_afresh_after_a_pass():
    windows = list(islice(joined(X, Y, 4), 4))
    assert [start for *_, start in windows] == [True, False, False, True]
    assert torch.equal(torch.cat([x for x, *_ in windows[:3]]), X)


def test_shuffled_windows_hold_the_same_steps_in_another_order():
    windows = list(islice(shuffled(X, Y, 4, seed=0), 3))
    assert all(start for *_, start in windows)
    assert sorted(torch.cat([x for x, *_ in windows]).flatten().tolist()) == sorted(X.flatten().tolist())


def test_a_shuffled_window_is_a_consecutive_stretch_with_its_targets():
    for x, y, _ in islice(shuffled(X, Y, 4, seed=1), 6):
        assert torch.equal(x[1:] - x[:-1], torch.ones(3, 2, 1))
        assert torch.equal(y, x + 1)


def test_training_lowers_the_loss():
    curve = alternating()[1]
    assert curve[-1] < 0.1 * curve[0]


def test_the_same_seed_trains_the_same_network():
    assert alternating()[1] == alternating()[1]


def test_the_state_is_carried_into_the_next_window():
    seen = []

    class Spy(Network):
        def forward(self, x, h0=None):
            seen.append(h0)
            return super().forward(x, h0)

    train(Spy(SRN(1, 3), 3, 1), joined(X, Y, 4), squared_error, updates=4, lr=0.01)
    assert [h is None for h in seen] == [True, False, False, True]
    assert not seen[1].requires_grad


def test_scores_have_the_shape_that_cross_entropy_takes():
    assert scores(Network(SRN(2, 5), 5, 3), torch.zeros(7, 2)).shape == (7, 1, 3)


def test_a_blind_guess_costs_the_logarithm_of_the_number_of_symbols():
    y = torch.zeros(4, 2, dtype=torch.int64)
    torch.testing.assert_close(symbol_loss(torch.zeros(4, 2, 26), y), torch.tensor(26.0).log())


def test_the_squared_error_of_one_half_is_one_quarter():
    assert squared_error(torch.zeros(4, 2, 1), torch.ones(4, 2, 1)) == 0.25


def test_the_learning_rate_rises_for_a_twentieth_and_falls_in_a_line_to_zero():
    shares = [warm_up_and_decay(k, 100) for k in range(100)]
    np.testing.assert_allclose(shares[:5], [0.2, 0.4, 0.6, 0.8, 1.0])
    assert max(shares) == 1
    np.testing.assert_allclose(np.diff(shares[6:]), -1 / 95)
    assert 0 < shares[-1] < 0.011


def test_one_update_is_against_a_gradient_that_is_clipped_and_fresh():
    """Two updates by plain descent: the first one's gradient, of norm 5, is cut to 2; nothing of it stays."""
    w = torch.nn.Parameter(torch.tensor([0.0, 0.0]))
    optimizer = torch.optim.SGD([w], lr=99.0)
    descend(optimizer, w @ torch.tensor([3.0, 4.0]), lr=0.5, clip=2.0)
    torch.testing.assert_close(w.detach(), torch.tensor([-0.6, -0.8]))
    descend(optimizer, w @ torch.tensor([0.0, 1.0]), lr=0.1, clip=2.0)
    torch.testing.assert_close(w.detach(), torch.tensor([-0.6, -0.9]))
