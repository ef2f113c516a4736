"""Frames of noise, for the tests of this folder."""

from __future__ import annotations

import numpy as np


def random_frames(*lengths, D=3, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((T, D)).astype(np.float32) for T in lengths]
