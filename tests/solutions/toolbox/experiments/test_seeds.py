"""Does a seed bring the same numbers back, and is their spread the sample deviation?"""

import numpy as np
import torch

from solutions.toolbox.experiments.seeds import seed_all, spread


def test_spread_is_mean_and_sample_deviation():
    assert spread([1.0, 2.0, 3.0], 1) == "2.0 ± 1.0"
    assert spread([0.5]) == "0.500"


def test_seed_all_seeds_numpy_and_torch():
    seed_all(3)
    first = (np.random.rand(), torch.rand(1).item())
    seed_all(3)
    assert first == (np.random.rand(), torch.rand(1).item())
