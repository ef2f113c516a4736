"""Spoken digits as frames of features: reading them, joining them, and distances to many templates at once."""

from __future__ import annotations

import wave
from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Recordings:
    """Recordings of single digits.

    Attributes:
        frames: one array (T, 13) for each recording, float32; T differs.
        digits: what was said, (N,).
        voices: who probably said it, 0 … 5, (N,); found by clustering, see the data's SOURCE.md.
    """

    frames: list
    digits: np.ndarray
    voices: np.ndarray

    def __len__(self):
        return len(self.digits)

    def part(self, which):
        """Those recordings that a slice, a mask or a list of numbers picks, in that order."""
        at = np.arange(len(self))[which]
        return Recordings([self.frames[i] for i in at], self.digits[at], self.voices[at])

    def changed(self, change):
        """The same recordings with ``change(frames)`` in place of each one's frames."""
        return Recordings([change(x) for x in self.frames], self.digits, self.voices)


def read(path):
    """All recordings of a ``digits.npz``, in the order of the file."""
    with np.load(path) as data:
        frames = np.split(data["frames"].astype(np.float32), np.cumsum(data["lengths"].astype(int))[:-1])
        return Recordings(frames, data["digits"].astype(np.int64), data["voices"].astype(np.int64))


def centred(x):
    """Frames (T, D) with the mean of the recording taken away: most of the room and the microphone goes with it."""
    return x - x.mean(axis=0)


def stacked(x):
    """Two neighbouring frames side by side, (T, D) → (⌈T / 2⌉, 2D): half the steps. An odd last frame stands twice."""
    x = np.concatenate([x, x[-1:]]) if len(x) % 2 else x
    return x.reshape(len(x) // 2, -1)


def padded(frames, device="cpu"):
    """Arrays (T_n, D) as one batch (T, N, D), zeros after each one's end, and their lengths (N,), on the CPU."""
    batch = torch.nn.utils.rnn.pad_sequence([torch.as_tensor(x, dtype=torch.float32) for x in frames])
    return batch.to(device), torch.tensor([len(x) for x in frames])


def joined(recordings, number, rng, fewest=3, most=5):
    """Sequences of ``fewest`` to ``most`` digits, each said by one voice: recordings picked at random, end to end.

    Returns:
        ``number`` triples: centred frames (T, D); the digits, (L,); and how many frames each of them has, (L,).
    """
    sequences = []
    for _ in range(number):
        own = np.flatnonzero(recordings.voices == rng.choice(recordings.voices))
        at = rng.choice(own, rng.integers(fewest, most + 1), replace=False)
        frames = [recordings.frames[i] for i in at]
        sequences.append((centred(np.concatenate(frames)), recordings.digits[at], np.array([len(x) for x in frames])))
    return sequences


def sound(path):
    """A mono WAV file of 16 bits: samples between −1 and 1, and how many there are in a second."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 2**15, file.getframerate()


def template_distances(recording, templates):
    """DTW distance of one recording to many templates, divided by the sum of both lengths, (N,).

    All templates at once, along the anti-diagonals of their tables: those entries do not need each other.

    Args:
        recording: its frames, (T, D).
        templates: a list of N arrays (T_n, D).
    """
    order = np.argsort([len(x) for x in templates], kind="stable")
    found = np.empty(len(templates), np.float32)
    for at in np.array_split(order, max(1, len(order) // 150)):  # of about the same length: little padding
        found[at] = _distances(torch.as_tensor(recording), *padded([templates[i] for i in at]))
    return found


def _distances(x, batch, lengths):
    (N, D), (M, P, _) = x.shape, batch.shape
    local = torch.cdist(x, batch.reshape(M * P, D)).reshape(N, M, P)
    older, old = torch.full((2, N + 1, P), torch.inf)
    older[0] = 0
    ends = torch.empty(M, P)
    for k in range(N + M - 1):
        first, last = max(0, k - M + 1), min(N, k + 1)
        i = torch.arange(first, last)
        new = torch.full((N + 1, P), torch.inf)
        ways = torch.stack([old[first:last], old[first + 1 : last + 1], older[first:last]])
        new[first + 1 : last + 1] = local[i, k - i] + ways.amin(0)
        if last == N:
            ends[k - N + 1] = new[N]
        older, old = old, new
    return (ends[lengths - 1, torch.arange(P)] / (N + lengths)).numpy()
