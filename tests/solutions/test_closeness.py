"""Does the comparison of the other tests tell apart what it should?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.solutions.closeness import close


def test_equal_numbers_pass_from_numpy_and_from_torch():
    close(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-12]))
    close(np.array([1.0, 2.0]), torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True))
    close(np.array([1.0, 2.0]), np.array([1.0, 2.1]), 0.1)


ANOTHER = {
    "value": np.array([1.0, 1.0 + 1e-11]),
    "shape": np.array([[1.0, 1.0]]),
    "single number": 1.0,
    "no number": np.array([1.0, np.nan]),
}


@pytest.mark.parametrize("expected", ANOTHER.values(), ids=ANOTHER)
def test_another_number_or_shape_fails(expected):
    with pytest.raises(AssertionError):
        close(np.ones(2), expected)
