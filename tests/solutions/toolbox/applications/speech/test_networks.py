"""Do the networks that read frames ignore padding, see every recording, and learn?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.toolbox.applications.speech import data, networks
from solutions.toolbox.nets.network import size
from tests.solutions.toolbox.applications.speech.random_frames import random_frames


@pytest.mark.parametrize("kind", [networks.Reader, networks.WordReader, networks.WordCNN])
def test_padding_changes_nothing(kind):
    torch.manual_seed(0)
    model, frames = kind(3, 4, 5), random_frames(6, 2, 1)
    together = model(*data.padded(frames))
    for n, x in enumerate(frames):
        alone = model(*data.padded([x]))
        own = together[: len(x), n] if together.ndim == 3 else together[n]
        torch.testing.assert_close(own, alone[:, 0] if alone.ndim == 3 else alone[0])


def test_batches_hold_every_recording_once_a_pass():
    frames = random_frames(*range(1, 21))
    part = data.Recordings(frames, np.arange(20), np.zeros(20, int))
    stream = networks.batches(part, 4, 0, "cpu")
    seen = [next(stream) for _ in range(5)]
    assert sorted(torch.cat([digits for *_, digits in seen]).tolist()) == list(range(20))
    assert all(x.shape[1] == len(lengths) == 4 for x, lengths, _ in seen)


def test_noise_is_the_same_for_the_same_seed():
    frames, lengths = data.padded(random_frames(3, 3))
    one, two = (next(networks.noisy([(frames, lengths, None)], 0.5, seed=1))[0] for _ in range(2))
    assert torch.equal(one, two)
    assert not torch.equal(one, frames)


def test_a_small_network_learns_two_words():
    up = [np.linspace(-1, 1, T, dtype=np.float32)[:, None] for T in range(4, 12)]
    part = data.Recordings(up + [-x for x in up], np.repeat([0, 1], 8), np.zeros(16, int))
    torch.manual_seed(0)
    model = networks.WordReader(1, 4, 2)
    stream = networks.batches(part, 8, 0, "cpu")
    curve = networks.train(model, stream, networks.word_loss, 100, lr=0.1)
    assert curve[-1] < 0.1 * curve[0]
    assert np.array_equal(networks.answers(model, part, "cpu"), part.digits)
    assert size(model) == 2 * (3 * 4 * (1 + 4) + 6 * 4) + 2 * 8 + 2
