"""Does the toolbox read, join and compare recordings as it says?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from solutions.applications.speech import dtw
from solutions.toolbox.applications.speech import data
from tests.solutions.toolbox.applications.speech.random_frames import random_frames

DATA = Path(__file__).resolve().parents[5] / "lessons" / "08-applications" / "data" / "speech"


@pytest.fixture(scope="module")
def recordings():
    return data.read(DATA / "digits.npz")


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
    assert data.centred(x).mean(axis=0).tolist() == [0, 0, 0]
    assert data.stacked(x).shape == (3, 6)
    assert data.stacked(x)[0].tolist() == [0, 1, 2, 3, 4, 5]
    assert data.stacked(x)[2].tolist() == [12, 13, 14, 12, 13, 14]


def test_a_batch_is_padded_at_the_end():
    batch, lengths = data.padded(random_frames(2, 5, 1))
    assert batch.shape == (5, 3, 3)
    assert lengths.tolist() == [2, 5, 1]
    assert not batch[2:, 0].any()


def test_joined_digits_come_from_one_voice_and_say_what_they_are(recordings):
    for frames, digits, lengths in data.joined(recordings, 20, np.random.default_rng(0)):
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
    found = data.template_distances(x, templates)
    expected = [dtw(x, y)[-1, -1] / (len(x) + len(y)) for y in templates]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_sound_is_read_as_samples_between_minus_one_and_one():
    for digit in range(10):
        samples, rate = data.sound(DATA / "voice" / f"{digit}.wav")
        assert rate == 8000
        assert 0.05 < np.abs(samples).max() <= 1
