"""Are the networks of the scoreboard equally large, trained on what they are given, and surprised as the loss says?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.toolbox.experiments import listeners
from solutions.toolbox.experiments.listeners import PARAMETERS, SIZES, K, listen, listener, surprises, trained
from solutions.toolbox.experiments.training import scores, symbol_loss
from solutions.toolbox.nets.network import size
from solutions.toolbox.text.encoding import one_hot

IDS = np.random.default_rng(0).integers(0, K, 400)


@pytest.mark.parametrize("name", SIZES)
def test_all_have_about_as_many_parameters(name):
    wanted = PARAMETERS / 2 if name == "half" else PARAMETERS
    assert size(listener(name, 0)) == pytest.approx(wanted, rel=0.01)


def test_the_mean_surprise_is_the_loss_of_training():
    model = listener("gru", 0)
    o = torch.as_tensor(scores(model, one_hot(IDS[:-1], K)))
    assert surprises(model, IDS)[1:].mean() == pytest.approx(symbol_loss(o, torch.as_tensor(IDS[1:, None])).item())
    assert surprises(model, IDS)[0] == np.log(K)


def test_what_repeats_is_learned():
    ids = np.tile([0, 1, 2, 3], 200)
    model = listen(listener("half", 0), ids, lr=3e-2, B=4, T=10, updates=100)
    assert surprises(model, ids)[10:].mean() < 0.3


def test_an_orthogonal_start_changes_u_alone():
    plain, orthogonal = (listener("srn", 3, orthogonal=value).state_dict() for value in (False, True))
    assert [name for name in plain if not torch.equal(plain[name], orthogonal[name])] == ["cell.stack.weight_hh_l0"]
    U = orthogonal["cell.stack.weight_hh_l0"]
    torch.testing.assert_close(U @ U.T, torch.eye(len(U)))


def test_weights_that_are_kept_are_used_again(monkeypatch, tmp_path):
    text, keep = np.tile(IDS, 5), tmp_path / "gru.pt"
    first = trained("gru", 0, text, 1e-2, keep, updates=2)
    assert not np.array_equal(surprises(first, IDS), surprises(listener("gru", 0), IDS))
    monkeypatch.setattr(listeners, "listen", lambda *_, **__: pytest.fail("trained again"))
    np.testing.assert_array_equal(surprises(trained("gru", 0, text, 1e-2, keep), IDS), surprises(first, IDS))
