"""Do the character models carry their state, look at the past alone, learn, and survive being stored?"""

import numpy as np
import pytest
import torch

from solutions.toolbox.applications.language_model.networks import CausalCNN, CharacterModel, fit, load, losses_of, save
from solutions.toolbox.experiments.seeds import seed_all
from solutions.toolbox.nets.network import size

K = 5
KINDS = ("SRN", "GRU", "LSTM", "CNN")


def a_model(kind, H=12):
    seed_all(0)
    return CausalCNN(K, H, layers=3) if kind == "CNN" else CharacterModel(kind, K, H, E=8)


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_two_windows_with_the_state_carried_over_are_one_long_window(kind):
    model, ids = a_model(kind), torch.randint(K, (20, 3))
    whole, _ = model(ids)
    first, state = model(ids[:9])
    second, _ = model(ids[9:], state)
    torch.testing.assert_close(torch.cat([first, second]), whole)


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_no_score_depends_on_what_comes_later(kind):
    model, ids = a_model(kind), torch.randint(K, (12, 2))
    changed = ids.clone()
    changed[7:] = (changed[7:] + 1) % K
    torch.testing.assert_close(model(changed)[0][:7], model(ids)[0][:7])


@torch.no_grad()
def test_the_cnn_sees_as_far_as_it_says():
    model, ids = a_model("CNN"), torch.randint(K, (12, 1))
    scores = model(ids)[0][-1]
    moved = []
    for back in range(12):
        changed = ids.clone()
        changed[-1 - back] = (changed[-1 - back] + 1) % K
        moved.append(not torch.allclose(model(changed)[0][-1], scores, atol=1e-7))
    assert moved == [back <= model.reach for back in range(12)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_a_text_that_repeats_itself(kind):
    ids = np.arange(400) % K
    x, y = (torch.as_tensor(ids[k : k + 384].reshape(4, 6, 16).transpose(1, 2, 0).copy()) for k in (0, 1))
    model, done = a_model(kind), []
    before = losses_of(model, x, y)
    fit(model, x, y, updates=30, lr=2e-2, then=done.append)
    assert done == list(range(1, 31))
    assert before.shape == (96, 4)
    assert losses_of(model, x, y).mean() < 0.3 * before.mean()


def test_stored_weights_are_the_same_to_half_precision(tmp_path):
    model = a_model("GRU")
    save(model, tmp_path / "weights.npz")
    other = load(CharacterModel("GRU", K, 12, E=8), tmp_path / "weights.npz")
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4)
    assert size(model) == size(other) == K * 8 + 3 * 12 * (8 + 12 + 2) + 12 * K + K
