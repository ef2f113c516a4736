"""Does the toolbox read, join and compare recordings as it says?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from solutions.applications.speech import dtw
from solutions.toolbox.applications import speech_data, speech_networks

DATA = Path(__file__).resolve().parents[4] / "lessons" / "08-applications" / "data" / "speech"


@pytest.fixture(scope="module")
def recordings():
    return speech_data.read(DATA / "digits.npz")


def random_frames(*lengths, D=3, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((T, D)).astype(np.float32) for T in lengths]


def test_the_data_hold_3000_recordings_by_six_voices(recordings):
    assert len(recordings) == 3000
    assert np.bincount(recordings.digits).tolist() == [300] * 10
    assert all(x.shape[1] == 13 and x.dtype == np.float32 for x in recordings.frames)
    assert [int((recordings.voices == voice).sum()) for voice in (1, 3, 5)] == [500] * 3


def test_a_part_keeps_what_belongs_together(recordings):
    part = recordings.part([5, 2]).changed(lambda x: x + 1)
    assert part.digits.tolist() == recordings.digits[[5, 2]].tolist()
    np.testing.assert_array_equal(part.frames[0], recordings.frames[5] + 1)
    assert len(recordings.part(recordings.digits == 7)) == 300


def test_frames_are_centred_and_stacked():
    x = np.arange(15.0).reshape(5, 3)
    assert speech_data.centred(x).mean(axis=0).tolist() == [0, 0, 0]
    assert speech_data.stacked(x).shape == (3, 6)
    assert speech_data.stacked(x)[0].tolist() == [0, 1, 2, 3, 4, 5]
    assert speech_data.stacked(x)[2].tolist() == [12, 13, 14, 12, 13, 14]


def test_a_batch_is_padded_at_the_end():
    batch, lengths = speech_data.padded(random_frames(2, 5, 1))
    assert batch.shape == (5, 3, 3)
    assert lengths.tolist() == [2, 5, 1]
    assert not batch[2:, 0].any()


def test_joined_digits_come_from_one_voice_and_say_what_they_are(recordings):
    for frames, digits, lengths in speech_data.joined(recordings, 20, np.random.default_rng(0)):
        assert 3 <= len(digits) == len(lengths) <= 5
        assert len(frames) == lengths.sum()
        starts = np.cumsum(lengths) - lengths
        found = []
        for start, length in zip(starts, lengths, strict=True):
            moves = np.diff(frames[start : start + length], axis=0)
            found += [
                i
                for i, x in enumerate(recordings.frames)
                if len(x) == length and np.allclose(np.diff(x, axis=0), moves, atol=1e-2)
            ]
        assert recordings.digits[found].tolist() == digits.tolist()
        assert len(set(recordings.voices[found])) == 1


def test_many_distances_at_once_are_those_of_single_tables():
    x, *templates = random_frames(7, 1, 4, 12, 4, 7)
    found = speech_data.template_distances(x, templates)
    expected = [dtw(x, y)[-1, -1] / (len(x) + len(y)) for y in templates]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_sound_is_read_as_samples_between_minus_one_and_one():
    for digit in range(10):
        samples, rate = speech_data.sound(DATA / "voice" / f"{digit}.wav")
        assert rate == 8000
        assert 0.05 < np.abs(samples).max() <= 1


@pytest.mark.parametrize("kind", [speech_networks.Reader, speech_networks.WordReader, speech_networks.WordCNN])
def test_padding_changes_nothing(kind):
    torch.manual_seed(0)
    model, frames = kind(3, 4, 5), random_frames(6, 2, 1)
    together = model(*speech_data.padded(frames))
    for n, x in enumerate(frames):
        alone = model(*speech_data.padded([x]))
        own = together[: len(x), n] if together.ndim == 3 else together[n]
        torch.testing.assert_close(own, alone[:, 0] if alone.ndim == 3 else alone[0])


def test_batches_hold_every_recording_once_a_pass():
    frames = random_frames(*range(1, 21))
    part = speech_data.Recordings(frames, np.arange(20), np.zeros(20, int))
    stream = speech_networks.batches(part, 4, 0, "cpu")
    seen = [next(stream) for _ in range(5)]
    assert sorted(torch.cat([digits for *_, digits in seen]).tolist()) == list(range(20))
    assert all(x.shape[1] == len(lengths) == 4 for x, lengths, _ in seen)


def test_noise_is_the_same_for_the_same_seed():
    frames, lengths = speech_data.padded(random_frames(3, 3))
    one, two = (next(speech_networks.noisy([(frames, lengths, None)], 0.5, seed=1))[0] for _ in range(2))
    assert torch.equal(one, two)
    assert not torch.equal(one, frames)


def test_a_small_network_learns_two_words():
    up = [np.linspace(-1, 1, T, dtype=np.float32)[:, None] for T in range(4, 12)]
    part = speech_data.Recordings(up + [-x for x in up], np.repeat([0, 1], 8), np.zeros(16, int))
    torch.manual_seed(0)
    model = speech_networks.WordReader(1, 4, 2)
    data = speech_networks.batches(part, 8, 0, "cpu")
    curve = speech_networks.train(model, data, speech_networks.word_loss, 100, lr=0.1)
    assert curve[-1] < 0.1 * curve[0]
    assert np.array_equal(speech_networks.answers(model, part, "cpu"), part.digits)
    assert speech_networks.size(model) == 2 * (3 * 4 * (1 + 4) + 6 * 4) + 2 * 8 + 2
