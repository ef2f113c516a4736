"""Does the network learn, do its arrays compute what it computes, and do measures and baselines measure?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.applications.captioning import caption_loss, caption_states, convolve, write
from solutions.gru import from_torch
from solutions.toolbox.applications.captioning import network
from solutions.toolbox.applications.captioning.album import END
from solutions.toolbox.experiments.seeds import seed_all

TINY = {"maps": (4, 5, 6), "H": 12, "D": 7}


def few(album, count=12):
    at = album.at("train")[:count]
    return torch.as_tensor(album.inputs(at)), torch.as_tensor(album.numbers(at))


@pytest.mark.parametrize("normalised", [True, False])
def test_the_arrays_compute_what_the_network_computes(album, normalised):
    seed_all(0)
    x, y = few(album)
    model = network.Captioner(len(album.words), **TINY, normalised=normalised)
    network.train(model, x, y, seed=0, epochs=2, B=4)
    own = network.as_arrays(model)
    maps = x.numpy()
    for K, b in own["layers"]:
        frame = (K.shape[2] // 2,) * 2
        maps = convolve(np.pad(maps, ((0, 0), (0, 0), frame, frame)), K, b, network.STRIDE)
    np.testing.assert_allclose(maps.reshape(len(x), -1), network.features(model, x, B=5), atol=1e-4)
    cell = dict(zip(("W", "U", "b", "b_m"), from_torch(*own["gru"]), strict=True))
    h = caption_states(maps.reshape(len(x), -1), y.numpy(), own["A"], own["a"], own["E"], cell)[1]
    np.testing.assert_allclose(h @ own["V"].T + own["c"], model(x, y).detach().numpy(), atol=1e-4)


def test_the_loss_falls_and_the_same_seed_gives_the_same_curve(album):
    x, y = few(album)
    curves = []
    for _ in range(2):
        seed_all(0)
        curves.append(network.train(network.Captioner(len(album.words), **TINY), x, y, seed=1, epochs=30, B=4))
    assert curves[0] == curves[1]
    assert curves[0][-1] < 0.7 * curves[0][0]


def test_what_is_noted_after_each_epoch_changes_nothing(album):
    x, y = few(album)
    models, curves, noted = [], [], []

    def note():
        noted.append(network.losses(models[-1], x, y)[0].sum())

    for called in (None, note):
        seed_all(0)
        models.append(network.Captioner(len(album.words), **TINY))
        curves.append(network.train(models[-1], x, y, seed=1, epochs=3, B=4, note=called))
    assert curves[0] == curves[1]
    assert len(noted) == 3
    assert not models[-1].training


def test_losses_are_those_of_the_exercise_and_right_is_what_search_writes(album):
    x, y = few(album, 4)
    seed_all(0)
    model = network.Captioner(len(album.words), **TINY)
    network.train(model, x, y, seed=0, epochs=5, B=2)
    loss, words, right = network.losses(model, x, y)
    own = network.as_arrays(model)
    cell = dict(zip(("W", "U", "b", "b_m"), from_torch(*own["gru"]), strict=True))
    h0, h = caption_states(network.features(model, x), y.numpy(), own["A"], own["a"], own["E"], cell)
    per_word = caption_loss(h @ own["V"].T + own["c"], y.numpy(), END)[0]
    assert loss.sum() / words.sum() == pytest.approx(per_word, rel=1e-4)
    said = write(h0, own["E"], cell, own["V"], own["c"], END, len(y))[0]
    assert right.tolist() == (said == y.numpy()).all(axis=0).tolist()
    assert network.losses(model, x, torch.as_tensor(said))[2].all()


def test_without_ends_the_end_symbol_is_never_learnt(album):
    x, y = few(album)
    for ends in (True, False):
        seed_all(0)
        model = network.Captioner(len(album.words), **TINY)
        network.train(model, x, y, seed=0, epochs=40, B=4, lr=1e-2, ends=ends)
        share = model(x, y).softmax(2)[..., END]
        assert (share.max() > 0.2) == ends


def test_slots_write_a_word_at_each_place(album):
    x, y = few(album)
    model = network.Slots(len(album.words), **TINY, T=len(y))
    assert model(x, y[:3]).shape == (3, len(x), len(album.words))
    assert model.write(x).shape == (len(y), len(x))


# --- measures and baselines -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "true", "expected"),
    [
        ("a b", "a b", 1.0),
        ("b a", "a b", 1.0),
        ("a a", "a b", 0.5),
        ("a", "b", 0.0),
        ("", "a", 0.0),
        ("a b c", "a", 0.5),
    ],
)
def test_f1_of_words(said, true, expected):
    assert network.word_f1(said.split(), true.split()) == expected


def test_the_nearest_row_is_found():
    rows = np.random.default_rng(0).standard_normal((6, 2, 3))
    assert network.nearest(rows[[4, 1]] + 0.01, rows).tolist() == [4, 1]


def test_ridge_learns_what_is_linear():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 5))
    y = np.stack([(x[:, 0] > 0).astype(int), 2 * (x[:, 1] > 0)])
    assert (network.ridge(x, y, x, 3, strength=0.1) == y).mean() > 0.85
