"""Is the album read rightly, does the network learn, and do its arrays compute what it computes?"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from solutions.applications.captioning import caption_states, convolve
from solutions.gru import from_torch
from solutions.toolbox.applications import captioning_network as network
from solutions.toolbox.applications import captioning_pictures as drawn
from solutions.toolbox.seeds import seed_all

FOLDER = Path(__file__).resolve().parents[4] / "lessons/08-applications/data/captioning"
TINY = {"maps": (4, 5, 6), "H": 12, "D": 7}


@pytest.fixture(scope="module")
def album():
    return network.Album.read(FOLDER)


# --- the album ------------------------------------------------------------------------------------------------------


def test_every_picture_has_a_caption_of_its_own(album):
    assert album.pictures.shape == (1880, 32, 32, 3)
    assert len({tuple(caption) for caption in album.captions}) == 1880
    assert (album.pictures.reshape(1880, -1).std(axis=1) > 5).all()


def test_the_parts_are_new_in_the_way_they_say(album):
    def without_tone(k):
        words = album.captions[k]
        cut = words.index("skin") - 1 if "skin" in words else len(words)
        return tuple(words[:cut] + words[cut + 3 :])

    trained = {without_tone(k) for k in album.at("train")}
    known = set(album.words)
    assert all(without_tone(k) in trained for k in album.at("tone"))
    assert not any(without_tone(k) in trained for part in ("pair", "new") for k in album.at(part))
    assert all(word in known for part in ("tone", "pair") for k in album.at(part) for word in album.captions[k])


def test_numbers_are_words_again(album):
    at = album.at("pair")
    numbers = album.numbers(at)
    assert (numbers[-1] == network.END).all()
    assert [album.read_numbers(column) for column in numbers.T] == [album.captions[k] for k in at]


def test_inputs_are_centred(album):
    x = album.inputs(album.at("train"))
    assert x.dtype == np.float32
    assert abs(x.mean(axis=0)).max() < 1e-4
    assert 0.5 < x.std() < 1.5


# --- the network ----------------------------------------------------------------------------------------------------


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


def test_without_ends_the_end_symbol_is_never_learnt(album):
    x, y = few(album)
    for ends in (True, False):
        seed_all(0)
        model = network.Captioner(len(album.words), **TINY)
        network.train(model, x, y, seed=0, epochs=40, B=4, lr=1e-2, ends=ends)
        share = model(x, y).softmax(2)[..., network.END]
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


# --- pictures -------------------------------------------------------------------------------------------------------


def test_the_pictures_can_be_drawn(album):
    some = album.pictures[:5]
    drawn.gallery(some, ["a\n(true: b)"] * 5, [True, False] * 2 + [True], columns=3)
    drawn.network(some[0], ("a", "b", "■"))
    drawn.maps(some[0], np.ones((2, 4, 4)), "maps")
    drawn.likely_words(some[0], ["a", "■"], np.full((2, 6), 1 / 6), list("abcdef"), shown=3)
    drawn.scores_by_part({"one": np.ones((1, 2)), "two": np.zeros((3, 2))}, ("x", "y"))
    drawn.neighbours(album.pictures, np.arange(6).reshape(2, 3), ["asked", "one", "two"])
    drawn.learning({"seed 0": [2.0, 1.0]})
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
