"""Is the norm that says where a guess came from that of the Jacobian, and are share and reach read off it rightly?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.toolbox.experiments.connectivity import connectivity, reach, shares
from solutions.toolbox.nets.layers import Layered
from solutions.toolbox.nets.network import Network
from solutions.toolbox.text.encoding import one_hot

K, H, T = 4, 3, 5
IDS = np.array([2, 0, 3, 3, 1])


def small(kind):
    torch.manual_seed(1)
    return Network(Layered(kind, K, H, 1), H, K)


def jacobian(model):
    """∂y/∂x as autograd's own function gives it: (T, K, T, K)."""

    def guess(x):
        return torch.softmax(model(x[:, None])[0][:, 0], -1)

    return torch.autograd.functional.jacobian(guess, one_hot(IDS, K)).numpy()


@pytest.mark.parametrize("kind", ["srn", "gru", "lstm"])
def test_each_norm_is_that_of_a_block_of_the_jacobian(kind):
    model = small(kind)
    blocks = np.linalg.norm(jacobian(model), axis=(1, 3))
    np.testing.assert_allclose(connectivity(model, IDS), blocks, rtol=1e-4, atol=1e-8)


def test_no_guess_comes_from_a_letter_that_is_read_later():
    norms = connectivity(small("gru"), IDS)
    assert np.triu(norms, 1).max() == 0
    assert norms[np.tril_indices(T)].min() > 0


def test_only_the_guesses_that_are_asked_for():
    model = small("lstm")
    np.testing.assert_allclose(connectivity(model, IDS, [4, 1]), connectivity(model, IDS)[[4, 1]], rtol=1e-5)


def test_the_shares_of_a_guess_add_up():
    np.testing.assert_allclose(shares([[1, 3], [2, 0]]), [[0.25, 0.75], [1, 0]])


@pytest.mark.parametrize(
    ("row", "letters"), [([0, 0, 1], 1), ([0, 5, 5], 2), ([1, 0, 9], 3), ([1, 19, 80], 2), ([7], 1)]
)
def test_how_far_back_95_of_100_reach(row, letters):
    assert reach(row) == letters
